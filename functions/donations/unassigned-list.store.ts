import { organisationsOf } from '../organisations/organisation.store.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { intentKey, refundRequestKey, refundsKey } from '../platform/keys.ts';
import { readMany, type Table } from '../platform/table.ts';
import { donationIntentSchema } from './donation-intent.ts';
import { refundedOf } from './refund-request.store.ts';
import { refundRequestSchema } from './refund-request.ts';
import { unassignedMoney } from './unassigned-money.store.ts';
import type { UnassignedMoney } from './unassigned-money.ts';
import type { Beside } from './unassigned-view.ts';

/** On one page. */
const PAGE_SIZE = 50;
/** Looked at for one page: other organisations' money is passed over, so that a page may hold few and not be the last. */
const LOOKED_AT = 500;

export type UnassignedPage = { readonly money: readonly UnassignedMoney[]; readonly next: string | undefined };

/**
 * Whether money is an organisation's to look after: its own campaigns' and those' below it; and at the top of a tree also what was
 * meant for no campaign that is known. `owner`: the organisation of the campaign that was meant.
 */
export function mayHandle(
  { organisationId }: Pick<Organisation, 'organisationId'>,
  isTop: boolean,
  owner: Organisation | undefined,
): boolean {
  return owner === undefined ? isTop : owner.path.includes(organisationId);
}

/** A page of what waits for an organisation, oldest payment first, after the place `after` (`next` of the page before). */
export async function listUnassigned(
  table: Table,
  viewer: Organisation,
  after: string | undefined,
): Promise<UnassignedPage> {
  const isTop = viewer.path.length === 1;
  const owners = new Map<string, Organisation | undefined>();
  const money: UnassignedMoney[] = [];
  let looked = 0;
  let last: UnassignedMoney | undefined;
  for await (const one of unassignedMoney(table, after)) {
    if (placeOf(one) === after) continue;
    if (money.length === PAGE_SIZE || looked === LOOKED_AT)
      return { money, next: last === undefined ? undefined : placeOf(last) };
    looked += 1;
    last = one;
    const { organisationId: ownerId } = one;
    if (ownerId !== undefined && !owners.has(ownerId))
      owners.set(ownerId, (await organisationsOf(table, [ownerId])).get(ownerId));
    if (mayHandle(viewer, isTop, ownerId === undefined ? undefined : owners.get(ownerId))) money.push(one);
  }
  return { money, next: undefined };
}

const placeOf = ({ occurredAt, giftId }: UnassignedMoney): string => `${occurredAt}#${giftId}`;
/** A place in the list, as `next` gives it: the time of payment and the gift. */
export const UNASSIGNED_PLACE = /^\d{4}-\d{2}-\d{2}T[0-9:.]{8,12}Z#gft_[a-z0-9]{20}$/;

/** What stands beside each of these, by gift. */
export async function besideOf(table: Table, money: readonly UnassignedMoney[]): Promise<Map<string, Beside>> {
  const keys = money.flatMap(({ giftId, orderNo }) => [
    refundsKey(giftId),
    refundRequestKey(giftId, 'unassigned'),
    intentKey(orderNo),
  ]);
  // Two payments of one order name it twice, and a batch reads each key once.
  const items = await readMany(table, [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()]);
  const beside = new Map<string, Beside>();
  for (const { giftId, orderNo } of money) {
    const has = (type: string) => items.find((item) => item.type === type && item['giftId'] === giftId);
    const intent = items.find((item) => item.type === 'donation-intent' && item['orderNo'] === orderNo);
    beside.set(giftId, {
      refundedMinor: has('refunds') === undefined ? 0 : await refundedOf(table, giftId),
      intent: donationIntentSchema.optional().parse(intent),
      request: refundRequestSchema.optional().parse(has('refund-request')),
    });
  }
  return beside;
}
