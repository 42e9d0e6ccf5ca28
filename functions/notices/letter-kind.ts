/** Every kind of letter that a donor may get, each with a template of its own. */
export const LETTER_KINDS = [
  'thank-you',
  /** The thank-you for one charge of a mandate. */
  'regular-gift',
  'match-confirmed',
  /** A refund, or what a person decided about a match. */
  'gift-changed',
  'receipt-issued',
  'progress',
  'closeout',
] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];
export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * News can be done without and is unsubscribed from with one click (RFC 8058). All other letters are about a donor's own money: they
 * are owed, so that nobody can shut them off by mistake (docs/decisions/0031-which-letters-can-be-refused.md).
 */
export const NEWS_KINDS: ReadonlySet<LetterKind> = new Set(['progress', 'closeout']);
/** The one group of letters that is unsubscribed from together. */
export const NEWS = 'news';

const OF_EVERY_LETTER = ['donorName', 'campaign', 'organisation', 'amount', 'giftNo', 'paidAt', 'unit'] as const;
const OF_A_GIFTS_MATCH = ['match', 'refunded', 'together'] as const;

/** Stands for our own sentences about what happened: a paragraph of its own. */
export const WHAT_HAPPENED = 'whatHappened';

/** What a template may name between double braces, by kind. */
export const PLACEHOLDERS: Readonly<Record<LetterKind, readonly string[]>> = {
  'thank-you': [...OF_EVERY_LETTER, ...OF_A_GIFTS_MATCH],
  'regular-gift': [...OF_EVERY_LETTER, ...OF_A_GIFTS_MATCH],
  'match-confirmed': [...OF_EVERY_LETTER, ...OF_A_GIFTS_MATCH],
  'gift-changed': [...OF_EVERY_LETTER, ...OF_A_GIFTS_MATCH],
  'receipt-issued': [...OF_EVERY_LETTER, 'receiptNo'],
  progress: [...OF_EVERY_LETTER, 'updateTitle'],
  closeout: [...OF_EVERY_LETTER, 'gifts', 'given', 'matched', 'raised'],
};
