import { PermanentError } from '../kernel/errors.ts';
import { closeoutKey } from '../platform/keys.ts';
import type { Item, Table } from '../platform/table.ts';
import { type Closeout, closeoutSchema } from './closeout.ts';

export async function findCloseout(table: Table, campaignId: string): Promise<Closeout | undefined> {
  const item = await table.get(closeoutKey(campaignId));
  return item === undefined ? undefined : closeoutSchema.parse(item);
}

/** For workflow tasks, which speak only of reports that have been written. Throws PermanentError otherwise. */
export async function readCloseout(table: Table, campaignId: string): Promise<Closeout> {
  const closeout = await findCloseout(table, campaignId);
  if (closeout === undefined) throw new PermanentError(`no closeout report of ${campaignId} has been written`);
  return closeout;
}

export const closeoutItem = (closeout: Closeout): Item => ({ ...closeoutKey(closeout.campaignId), ...closeout });
