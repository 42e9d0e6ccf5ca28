import type { ReceiptAbout } from './issuing.ts';
import type { Receipt, ReceiptReference, WaiverReason } from './receipt.ts';
import type { NotReceiptable } from './receiptable.ts';

/** What is to become of a gift: a receipt, or the record that there is none. */
export type ReceiptOrder = { readonly giftId: string } & (
  | { readonly do: 'issue'; readonly about: ReceiptAbout }
  | { readonly do: 'waive'; readonly reason: WaiverReason }
);

export type IssueOutcome =
  | { readonly kind: 'issued'; readonly receipt: Receipt }
  /** `by`: who issued it, so that who begins again after a crash knows what was their own. */
  | {
      readonly kind: 'already-issued';
      readonly receipt: ReceiptReference;
      readonly amountMinor: number;
      readonly by: string;
    }
  | { readonly kind: 'waived' }
  | { readonly kind: 'already-waived' }
  | { readonly kind: 'not-ready'; readonly why: NotReceiptable };
export type IssueOutcomes = ReadonlyMap<string, IssueOutcome>;
