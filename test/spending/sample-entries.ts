import { minor } from '../../functions/kernel/money.ts';
import { type SpendingEntry, spendingEntrySchema } from '../../functions/spending/spending-entry.ts';

/** An entry as the book keeps it; a test says what matters of it. */
export const entry = (kind: SpendingEntry['kind'], number: number, fields: object = {}): SpendingEntry =>
  spendingEntrySchema.parse({
    type: 'spending-entry',
    campaignId: 'cmp_openopenopenopenopen',
    number,
    requestId: `spd_${number}`,
    enteredBy: 'finance-chen',
    bookedAt: '2026-10-08T02:00:00.000Z',
    kind,
    lineNo: 1,
    lineItem: '急救箱',
    lineKind: 'programme',
    amountMinor: minor(10_000),
    paidOn: '2026-10-08',
    purpose: '采购',
    voucherNo: `记-${number}`,
    evidence: [{ kind: 'invoice', number: `FP-${number}` }],
    payee: '达州医疗器械公司',
    beneficiaryId: 'bnf_00000000000000000001',
    reversedOn: '2026-10-09',
    of: 1,
    reason: '退货',
    fromLineNo: 1,
    toLineNo: 2,
    destination: 'similar-project',
    destinationName: '红十字博爱家园',
    decidedOn: '2026-12-01',
    fromCampaignId: 'cmp_other',
    counterpart: 1,
    ...fields,
  });
