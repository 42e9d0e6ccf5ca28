import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Table } from '../platform/table.ts';
import type { Issuer } from './issuing.ts';
import { findReceiptSettings } from './receipt-settings.store.ts';

/** Who issues for an organisation; `undefined` until it has said what its receipts say. */
export async function findIssuer(
  table: Table,
  organisationId: string,
  { secret, by, now }: { readonly secret: string; readonly by: string; readonly now: Instant },
): Promise<Issuer | undefined> {
  const [settings, organisation] = await Promise.all([
    findReceiptSettings(table, organisationId),
    findOrganisation(table, organisationId),
  ]);
  if (settings === undefined) return undefined;
  return { settings, organisationName: organisation?.name ?? organisationId, secret, by, now };
}
