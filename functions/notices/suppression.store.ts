import { TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { suppressionCountsKey, suppressionKey, unsubscriptionKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import {
  afterReport,
  type DeliveryReport,
  isSuppressed,
  type Suppression,
  type SuppressionReason,
  suppressionSchema,
} from './suppression.ts';
import type { Unsubscription } from './unsubscribe-token.ts';

/** Two reports about one address in the same moment are rare, and about the counts not rare: both are tried again. */
const ATTEMPTS = 8;

/** What keeps an address from being written to, of what is asked for. */
export type Blocks = { readonly suppressed: SuppressionReason | undefined; readonly unsubscribed: boolean };

/** Reads what keeps an address from letters, and from those of one group of an organisation. One batch read. */
export async function readBlocks(
  table: Table,
  contactHash: string,
  organisationId: string,
  group: string | undefined,
): Promise<Blocks> {
  const items = await table.getMany([
    suppressionKey(contactHash),
    ...(group === undefined ? [] : [unsubscriptionKey(contactHash, organisationId, group)]),
  ]);
  const suppression = items.find(({ type }) => type === 'suppression');
  return {
    suppressed: suppressionSchema.optional().parse(suppression)?.reason,
    unsubscribed: items.some(({ type }) => type === 'unsubscription'),
  };
}

async function findSuppression(table: Table, contactHash: string): Promise<Suppression | undefined> {
  return suppressionSchema.optional().parse(await table.get(suppressionKey(contactHash)));
}

/** Notes a report about an address, once. Gives what it made of it; throws TransientError where it could not be noted. */
export async function noteReport(
  table: Table,
  contactHash: string,
  report: DeliveryReport,
  now: Instant,
): Promise<'suppressed' | 'noted' | 'known'> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const known = await findSuppression(table, contactHash);
    const next = afterReport(known, report, now);
    if (next === undefined) return 'known';
    if (await put(table, contactHash, known, next)) return next.reason === known?.reason ? 'noted' : 'suppressed';
  }
  throw new TransientError('a report about an address could not be noted just now');
}

/** Lets an address be written to again. `unknown`: it was not suppressed. */
export async function liftSuppression(table: Table, contactHash: string, now: Instant): Promise<'lifted' | 'unknown'> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const known = await findSuppression(table, contactHash);
    if (!isSuppressed(known)) return 'unknown';
    const { reason: _, suppressedAt: __, ...rest } = known;
    if (await put(table, contactHash, known, { ...rest, liftedAt: now, version: known.version + 1 })) return 'lifted';
  }
  throw new TransientError('the suppression could not be lifted just now');
}

/** Writes what is known of an address together with the counts, so that they are the counts of what is written. */
async function put(
  table: Table,
  contactHash: string,
  known: Suppression | undefined,
  next: Suppression,
): Promise<boolean> {
  const add: Record<string, number> = {};
  const change = (name: string, by: number): void => {
    add[name] = (add[name] ?? 0) + by;
  };
  if (known?.reason !== next.reason) {
    if (known?.reason !== undefined) change(known.reason, -1);
    if (next.reason === undefined) change('lifted', 1);
    else change(next.reason, 1);
  }
  if (next.transientBounces > (known?.transientBounces ?? 0)) change('transientBounces', 1);
  const outcome = await table.transact([
    {
      put: { ...suppressionKey(contactHash), ...next },
      when: known === undefined ? { absent: true } : { equals: { version: known.version } },
    },
    { update: suppressionCountsKey, set: { type: 'suppression-counts' }, add },
  ]);
  return outcome.kind === 'committed';
}

export type SuppressionCounts = Readonly<Record<SuppressionReason | 'transientBounces' | 'lifted', number>>;

export async function readSuppressionCounts(table: Table): Promise<SuppressionCounts> {
  const item = await table.get(suppressionCountsKey);
  const of = (name: string): number => (typeof item?.[name] === 'number' ? item[name] : 0);
  return {
    bounced: of('bounced'),
    complained: of('complained'),
    transientBounces: of('transientBounces'),
    lifted: of('lifted'),
  };
}

/** Remembers that somebody wants no more letters of a group; the same again changes nothing. */
export async function unsubscribe(table: Table, unsubscription: Unsubscription, now: Instant): Promise<void> {
  const { contactHash, organisationId, group } = unsubscription;
  await table.write({
    put: {
      ...unsubscriptionKey(contactHash, organisationId, group),
      type: 'unsubscription',
      organisationId,
      group,
      unsubscribedAt: now,
    },
    when: { absent: true },
  });
}
