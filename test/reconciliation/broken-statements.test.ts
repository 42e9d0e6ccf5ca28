import fc from 'fast-check';
import { expect, it } from 'vitest';
import { localDateSchema } from '../../functions/kernel/time.ts';
import type { ReadLines } from '../../functions/reconciliation/account-line.ts';
import { parsePlatformStatement } from '../../functions/reconciliation/platform-statement.ts';
import { parseStripeStatement } from '../../functions/reconciliation/stripe-statement.ts';
import { charge, PAID_AT } from '../donations/stripe-maker.ts';

const transaction = {
  object: 'balance_transaction',
  id: 'txn_1',
  type: 'charge',
  reporting_category: 'charge',
  amount: 1770,
  fee: 60,
  net: 1710,
  currency: 'cny',
  created: PAID_AT,
  fee_details: [{ type: 'stripe_fee', amount: 60, currency: 'cny' }],
  source: charge(),
};
const STRIPE = `${JSON.stringify(transaction)}\n{"object":"end","lines":1}\n`;
const PLATFORM = [
  'type,paymentId,reference,orderNo,campaignId,amountMinor,currency,feeMinor,occurredAt',
  'payment,p-1,,int_1,,1770,CNY,11,2026-09-07T20:00:00+08:00',
  'refund,p-1,r-1,,,700,CNY,-4,2026-09-07T21:00:00+08:00',
  'total,,2,,,1063,CNY,,',
].join('\n');
const billDate = localDateSchema.parse('2026-09-07');
const readers: readonly (readonly [string, string, (bytes: Uint8Array) => ReadLines])[] = [
  ['Stripe', STRIPE, parseStripeStatement],
  ['a platform', PLATFORM, (bytes) => parsePlatformStatement(bytes, { billDate, paymentOf: (id) => id })],
];
const netOf = (read: ReadLines): number =>
  read.kind === 'bill' ? read.lines.reduce((sum, { changeMinor, feeMinor }) => sum + changeMinor - feeMinor, 0) : 0;

it.each(readers)(
  'a statement of %s that was damaged on its way is read or refused with a reason, and never a crash',
  (_of, whole, read) => {
    const damage = fc.record({
      at: fc.nat({ max: whole.length }),
      without: fc.nat({ max: 40 }),
      put: fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom('"', ',', '\n', '-', '9', '{', '0x', '\u0000', '1e99', 'null'),
      ),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const text = damages.reduce(
          (so, { at, without, put }) => so.slice(0, at) + put + so.slice(at + without),
          whole,
        );
        const statement = read(Buffer.from(text));
        if (statement.kind === 'refused') expect(statement.reason).not.toBe('');
        else expect(Number.isSafeInteger(netOf(statement))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  },
);

it.each(readers)('a statement of %s that was cut off anywhere is refused', (_of, whole, read) => {
  expect(netOf(read(Buffer.from(whole)))).toBeGreaterThan(0);
  for (let length = 0; length < whole.trimEnd().length; length += 1) {
    const statement = read(Buffer.from(whole.slice(0, length)));
    expect([length, statement.kind]).toEqual([length, 'refused']);
  }
});

it.each(readers)('bytes that are no statement are refused by the reader of %s', (_of, _whole, read) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(read(bytes).kind).toBe('refused');
    }),
  );
});
