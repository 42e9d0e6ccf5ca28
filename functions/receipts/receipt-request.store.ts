import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import { findContact, findIntent } from '../donations/donation-intent.store.ts';
import { epochSeconds, type Instant } from '../kernel/time.ts';
import { receiptRequestIndexKey, receiptRequestKey, receiptRequestsOf, receiptTriesKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { isSamePayer, type Payer } from './receipt.ts';
import { isOwnContact, type ReceiptAsk, type ReceiptRequest, receiptRequestSchema } from './receipt-request.ts';

/** Wrong contacts for one order before it takes no more of them: enough for who mistypes, too few for who tries a list of addresses. */
export const MOST_TRIES = 10;
/** Requests in one answer. */
export const REQUESTS_PER_PAGE = 50;

/**
 * Keeps that a donor wants the receipt of an order, if what they say proves that it is theirs. `not-theirs` is told to nobody outside:
 * who asks gets the same answer. What is asked again changes the names of a request that is not met yet.
 */
export async function keepReceiptRequest(
  table: Table,
  ask: ReceiptAsk,
  now: Instant,
): Promise<'kept' | 'not-theirs' | 'too-many-tries'> {
  const { orderNo, contact: said, payerName, creditCode } = ask;
  const [intent, contact] = await Promise.all([findIntent(table, orderNo), findContact(table, orderNo)]);
  if (intent === undefined || contact === undefined) return 'not-theirs';
  const tries = Number((await table.get(receiptTriesKey(orderNo)))?.['tries'] ?? 0);
  if (tries >= MOST_TRIES) return 'too-many-tries';
  if (!isOwnContact(said, contact)) {
    const { expiresAt } = contact;
    await table.write({
      update: receiptTriesKey(orderNo),
      set: { type: 'receipt-tries', orderNo, expiresAt },
      add: { tries: 1 },
    });
    return 'not-theirs';
  }
  const organisationId = await organisationOfCampaign(table, intent.campaignId);
  if (organisationId === undefined) return 'not-theirs';
  const request: ReceiptRequest = {
    type: 'receipt-request',
    orderNo,
    organisationId,
    campaignId: intent.campaignId,
    payerName,
    ...(creditCode === undefined ? {} : { creditCode }),
    requestedAt: now,
    expiresAt: Math.max(contact.expiresAt, epochSeconds(now)),
  };
  const index = receiptRequestIndexKey(organisationId, now, orderNo);
  await table.write({ put: { ...receiptRequestKey(orderNo), ...index, ...request } });
  return 'kept';
}

/** What waits in an organisation, oldest first, a page at a time; `next` is where the following page begins. */
export async function receiptRequestsWaiting(
  table: Table,
  organisationId: string,
  from: string | undefined,
): Promise<{ readonly requests: readonly ReceiptRequest[]; readonly next: string | null }> {
  const { items } = await table.query(receiptRequestsOf(organisationId, from), { limit: REQUESTS_PER_PAGE + 1 });
  const requests = items.map((item) => receiptRequestSchema.parse(item));
  const further = items[REQUESTS_PER_PAGE];
  return {
    requests: requests.slice(0, REQUESTS_PER_PAGE),
    next: further === undefined ? null : String(further['indexSk']),
  };
}

/**
 * Takes a request out of those that wait, where it asks for a receipt in the name of `payer`: that one is there. Whoever has asked for
 * another name, before or since, goes on waiting. The request itself stays with the order.
 */
export async function requestIsMet(table: Table, orderNo: string, payer: Payer): Promise<void> {
  const item = await table.get(receiptRequestKey(orderNo));
  if (item === undefined || item['indexPk'] === undefined) return;
  const { payerName: name, creditCode } = receiptRequestSchema.parse(item);
  if (!isSamePayer({ name, creditCode }, payer)) return;
  const { indexPk: _pk, indexSk: _sk, ...request } = item;
  await table.write({
    put: { ...request, pk: item.pk, sk: item.sk, type: item.type },
    when: { equals: { requestedAt: String(item['requestedAt']) } },
  });
}
