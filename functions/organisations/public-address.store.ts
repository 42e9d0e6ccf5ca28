import type { Instant } from '../kernel/time.ts';
import { type Key, noticeSettingsKey, publicAddressKey, receiptSettingsKey } from '../platform/keys.ts';
import type { Item, Table } from '../platform/table.ts';
import { type AddressInForce, type PublicAddress, publicAddressSchema } from './public-address.ts';

export async function findPublicAddress(table: Table, organisationId: string): Promise<PublicAddress | undefined> {
  const item = await table.get(publicAddressKey(organisationId));
  return item === undefined ? undefined : publicAddressSchema.parse(item);
}

/**
 * Where an organisation's public pages are reached: what it says itself, else the nearest above it. `path`: from the root of the tree down
 * to the organisation. Before there was this one setting, letters and receipts each had their own: what was said there still counts, for
 * an organisation that has said nothing here. One batch read, consistent.
 */
export async function publicAddressOf(table: Table, path: readonly string[]): Promise<AddressInForce | undefined> {
  return addressAmong(await table.getMany(path.flatMap(addressKeysOf)), path);
}

/** The items of an organisation that may say its address, for who reads others of the same organisations beside them. */
export const addressKeysOf = (organisationId: string): Key[] => [
  publicAddressKey(organisationId),
  noticeSettingsKey(organisationId),
  receiptSettingsKey(organisationId),
];

/** Whose attribute holds the address, in the order in which they count. */
const SAID_IN = [
  ['public-address', 'address'],
  ['notice-settings', 'publicAddress'],
  ['receipt-settings', 'publicUrl'],
] as const;

/** The address in force among the items of a path that were read with `addressKeysOf`. */
export function addressAmong(items: readonly Item[], path: readonly string[]): AddressInForce | undefined {
  for (const from of path.toReversed())
    for (const [type, attribute] of SAID_IN) {
      const said = items.find((item) => item.type === type && item['organisationId'] === from)?.[attribute];
      if (typeof said === 'string') return { address: said.replace(/\/+$/, ''), from };
    }
  return undefined;
}

export type SaveAddressOutcome =
  | { readonly kind: 'saved'; readonly saved: PublicAddress }
  | { readonly kind: 'changed-meanwhile'; readonly version: number };

/** Puts an address in place of version `version`, or where there was none (0). */
export async function savePublicAddress(
  table: Table,
  about: Pick<PublicAddress, 'organisationId' | 'address' | 'savedBy'>,
  version: number,
  now: Instant,
): Promise<SaveAddressOutcome> {
  const saved: PublicAddress = { type: 'public-address', ...about, version: version + 1, updatedAt: now };
  const outcome = await table.write({
    put: { ...publicAddressKey(about.organisationId), ...saved },
    when: version === 0 ? { absent: true } : { equals: { version } },
  });
  if (outcome.kind === 'written') return { kind: 'saved', saved };
  return { kind: 'changed-meanwhile', version: publicAddressSchema.optional().parse(outcome.existing)?.version ?? 0 };
}

/** Takes an address away, as it was read: what holds above counts again. */
export async function removePublicAddress(
  table: Table,
  { organisationId, version }: PublicAddress,
): Promise<'removed' | 'changed-meanwhile'> {
  const outcome = await table.write({ delete: publicAddressKey(organisationId), when: { equals: { version } } });
  return outcome.kind === 'written' ? 'removed' : 'changed-meanwhile';
}
