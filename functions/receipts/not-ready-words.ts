import type { NotReceiptable } from './receiptable.ts';

/** Why a gift has no receipt yet, as staff are told. */
export const NOT_READY_WORDS: Readonly<Record<NotReceiptable, string>> = {
  'unknown-gift': 'There is no such gift.',
  unassigned: 'The money is of no campaign yet. Assign it first.',
  'not-counted': 'The gift is not in the books of its campaign yet. That takes seconds; try again.',
  'match-held': 'The match of this gift is held, and with it who gave. Decide on the match first.',
  disputed: "The payer's bank contests the payment. Wait until that is decided.",
  'nothing-left': 'All of the gift went back to its donor.',
  'other-currency': 'Receipts are of yuan; this gift is in another currency.',
  'goods-partly-returned':
    'A part of these goods went back. Enter what is left as a gift of its own and issue a receipt for that.',
};
