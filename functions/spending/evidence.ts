import * as z from 'zod';
import { attachmentIdSchema } from '../campaigns/attachment-id.ts';
import { fingerprint } from '../kernel/ids.ts';
import { lineSchema } from '../kernel/plain-text.ts';

/** Papers that are known by a number of their own, wherever they are kept. */
export const PAPER_KINDS = ['invoice', 'bank-slip', 'receipt', 'contract', 'signature-list', 'other'] as const;

/** A paper by its number. */
export const paperSchema = z.strictObject({
  kind: z.enum(PAPER_KINDS, {
    error: `must be one of ${PAPER_KINDS.join(', ')}: a paper by its number, and no file, which all staff of the campaign read`,
  }),
  number: lineSchema(64),
});
/** What shows that something happened: a file of the campaign, or a paper by its number. */
export const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('attachment'), attachmentId: attachmentIdSchema }),
  z.strictObject({ kind: z.enum(PAPER_KINDS), number: lineSchema(64) }),
]);
export type Evidence = z.infer<typeof evidenceSchema>;

/** The papers of one payment: an invoice, a slip, a contract, a list and some photos. */
export const MOST_EVIDENCE = 10;
/** Nothing is booked on a word alone. */
export const evidenceListSchema = z.array(evidenceSchema).min(1, 'needs at least one paper or file').max(MOST_EVIDENCE);

/** The same where a person is concerned: a scan would show who it is. */
export const paperListSchema = z.array(paperSchema).min(1, 'needs at least one paper').max(MOST_EVIDENCE);

/** Papers that pay for one thing once: where one comes again, it is paid twice, or in parts, and somebody has to say which. */
const ONCE: ReadonlySet<string> = new Set(['invoice', 'bank-slip', 'receipt']);

/** Of what is booked once: a fingerprint each, however the number is spaced and written. */
export function papersOf(voucherNo: string, evidence: readonly Evidence[]): string[] {
  const papers = evidence.flatMap((one) =>
    one.kind !== 'attachment' && ONCE.has(one.kind) ? [[one.kind, plain(one.number)]] : [],
  );
  return [...new Set([['voucher', plain(voucherNo)], ...papers].map(fingerprint))];
}

const plain = (number: string): string => number.normalize('NFKC').replace(/\s+/g, '').toUpperCase();

/** The files among them. */
export const attachmentIdsOf = (evidence: readonly Evidence[]): string[] =>
  evidence.flatMap((one) => (one.kind === 'attachment' ? [one.attachmentId] : []));
