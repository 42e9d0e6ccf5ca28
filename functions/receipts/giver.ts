import type { DonationIntent, DonorContact } from '../donations/donation-intent.ts';
import type { OfflineGift } from '../donations/offline-gift.ts';
import type { Payer, WaiverReason } from './receipt.ts';
import type { ReceiptRequest } from './receipt-request.ts';
import type { ReceiptPolicy } from './receipt-settings.ts';

/** Who gave, as far as a receipt may know it. */
export type Giver = {
  /** Whom a receipt names; nobody where no name was left, or it has been erased. */
  readonly payer: Payer | undefined;
  readonly wish: 'wanted' | 'waived' | undefined;
  /** An address, a telephone number or an openid: which of them a letter can take is decided when it is sent (notices/channel.ts). */
  readonly hasContact: boolean;
  /** That they have asked after the order. */
  readonly isRequested: boolean;
  readonly goods: OfflineGift['goods'];
};

/**
 * Reads a giver out of what stands with an order. What was asked for later goes before what was said at the order. That a gift is
 * anonymous in public lists does not matter: the receipt goes to its donor and to nobody else, in the name that they left for it.
 */
export function giverOf(known: {
  readonly intent: DonationIntent | undefined;
  readonly contact: DonorContact | undefined;
  readonly request: ReceiptRequest | undefined;
  readonly goods: OfflineGift['goods'];
}): Giver {
  const { intent, contact, request, goods } = known;
  const name = request?.payerName ?? contact?.payerName ?? contact?.name;
  const creditCode = request === undefined ? contact?.payerCreditCode : request.creditCode;
  return {
    payer: name === undefined ? undefined : { name, ...(creditCode === undefined ? {} : { creditCode }) },
    wish: request === undefined ? intent?.receipt : 'wanted',
    hasContact: [contact?.email, contact?.phone, contact?.openid].some((one) => one !== undefined),
    isRequested: request !== undefined,
    goods,
  };
}

/** What a batch does with a settled gift. */
export type BatchDecision =
  | { readonly do: 'issue'; readonly payer: Payer }
  | { readonly do: 'waive'; readonly reason: WaiverReason }
  /** The donor gave a name and has not asked, where only those who ask get a receipt. */
  | { readonly do: 'leave' };

/** By the organisation's policy. Who has no name is on record as anonymous (Charity Law art. 38), and may ask later. */
export function batchDecision({ payer, wish }: Giver, policy: ReceiptPolicy): BatchDecision {
  if (wish === 'waived') return { do: 'waive', reason: 'waived' };
  if (payer === undefined) return { do: 'waive', reason: 'anonymous' };
  return wish === 'wanted' || policy === 'identified' ? { do: 'issue', payer } : { do: 'leave' };
}
