import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyOfLines, otherMovementsIn } from '../../functions/reconciliation/account-line.ts';
import { balanceTransactionSchema, parseStripeStatement } from '../../functions/reconciliation/stripe-statement.ts';
import { CHARGE, charge, dispute, INTENT, ORDER, PAID_AT, refund } from '../donations/stripe-maker.ts';

const transaction = (changes: object = {}) => ({
  id: 'txn_3MovementOfAnAccount0001',
  object: 'balance_transaction',
  amount: 1770,
  available_on: PAID_AT + 604_800,
  balance_type: 'payments',
  created: PAID_AT,
  currency: 'cny',
  description: null,
  exchange_rate: null,
  fee: 60,
  fee_details: [
    { amount: 52, application: null, currency: 'cny', description: 'Stripe processing fees', type: 'stripe_fee' },
    { amount: 8, application: null, currency: 'cny', description: 'VAT', type: 'tax' },
  ],
  net: 1710,
  reporting_category: 'charge',
  source: charge(),
  status: 'pending',
  type: 'charge',
  ...changes,
});
const bytesOf = (...lines: object[]): Uint8Array =>
  Buffer.from([...lines, { object: 'end', lines: lines.length }].map((line) => `${JSON.stringify(line)}\n`).join(''));
const read = (...lines: object[]) => parseStripeStatement(bytesOf(...lines));
const lineOf = (changes: object) => {
  const statement = read(transaction({ fee: 0, fee_details: [], ...changes }));
  return statement.kind === 'bill' ? statement.lines[0] : statement;
};
const noFee = (amount: number) => ({ amount, net: amount });

describe('a balance transaction of Stripe', () => {
  it('of a charge is a payment by its intent, with the order, the fee and what the donor paid', () => {
    expect(read(transaction())).toEqual({
      kind: 'bill',
      lines: [
        {
          kind: 'payment',
          type: 'charge',
          paymentId: INTENT,
          orderNo: ORDER,
          reference: '',
          paidMinor: 1770,
          paidCurrency: 'CNY',
          isPending: false,
          changeMinor: 1770,
          feeMinor: 60,
          currency: 'CNY',
          occurredAt: '2026-09-07T12:00:00.000Z',
        },
      ],
    });
  });

  it('of a charge without an intent is a payment by the charge, as the door books it', () => {
    expect(lineOf({ net: 1770, source: charge({ payment_intent: null }) })).toMatchObject({ paymentId: CHARGE });
  });

  it('of a payment in another currency keeps what was paid apart from what came to the account', () => {
    const source = charge({ amount_captured: 1000, currency: 'eur' });
    expect(lineOf({ amount: 1234, net: 1234, currency: 'usd', exchange_rate: 1.234, source })).toMatchObject({
      paidMinor: 1000,
      paidCurrency: 'EUR',
      changeMinor: 1234,
      currency: 'USD',
    });
  });

  it.each([
    ['refund', 'refund', refund(), noFee(-700), 'refund'],
    ['payment_refund', 'refund', refund(), noFee(-700), 'refund'],
    ['refund_failure', 'refund_failure', refund({ status: 'failed' }), noFee(700), 'refund-returned'],
    ['adjustment', 'dispute', dispute(), noFee(-1770), 'dispute'],
    ['adjustment', 'dispute_reversal', dispute({ status: 'won' }), noFee(1770), 'dispute-returned'],
    // Before there were categories, the side of the money says which.
    ['adjustment', null, dispute(), noFee(-1770), 'dispute'],
    ['adjustment', null, dispute({ status: 'won' }), noFee(1770), 'dispute-returned'],
  ])(
    'of type %s and category %s is about its payment, by the number of what it is',
    (type, category, source, sums, kind) => {
      expect(lineOf({ type, reporting_category: category, source, ...sums })).toMatchObject({
        kind,
        paymentId: INTENT,
        reference: source.id,
        paidMinor: source.amount,
      });
    },
  );

  it.each(['payment_failure_refund', 'payment_reversal'])('of type %s takes the whole payment back', (type) => {
    const source = charge({ id: 'py_3PaymentOfADonor00000001', status: 'failed' });
    expect(lineOf({ type, reporting_category: 'charge_failure', source, ...noFee(-1770) })).toMatchObject({
      kind: 'reversal',
      paymentId: INTENT,
    });
  });

  it('of a payout, of one that came back, of a fee of its own and of what nobody knows is of no payment', () => {
    const payout = { id: 'po_1JuocEGanfOWO3CzQ3WNxtrM', object: 'payout', amount: 49_108, currency: 'cny' };
    const about = { source: payout, reporting_category: 'payout' };
    expect(lineOf({ type: 'payout', ...about, ...noFee(-49_108) })).toMatchObject({
      kind: 'payout',
      paymentId: '',
      reference: payout.id,
      changeMinor: -49_108,
    });
    expect(lineOf({ type: 'payout_failure', ...about, ...noFee(49_108) })).toMatchObject({ kind: 'payout-returned' });
    expect(lineOf({ type: 'payout_cancel', ...about, ...noFee(49_108) })).toMatchObject({ kind: 'payout-returned' });
    expect(lineOf({ type: 'stripe_fee', source: null, ...noFee(-2_000) })).toMatchObject({ kind: 'fee' });
    expect(
      lineOf({ type: 'adjustment', reporting_category: 'other_adjustment', source: null, ...noFee(5) }),
    ).toMatchObject({
      kind: 'other',
    });
    expect(lineOf({ type: 'something_of_2031', source: 'xyz_1', ...noFee(-3) })).toMatchObject({
      kind: 'other',
      type: 'something_of_2031',
    });
  });

  it('is not final while the payment or the refund may still fail', () => {
    expect(lineOf({ net: 1770, type: 'payment', source: charge({ status: 'pending' }) })).toMatchObject({
      isPending: true,
    });
    expect(lineOf({ type: 'refund', source: refund({ status: 'pending' }), ...noFee(-700) })).toMatchObject({
      isPending: true,
    });
  });
});

describe('a statement of Stripe is refused whole', () => {
  const reasonOf = (bytes: Uint8Array) => {
    const statement = parseStripeStatement(bytes);
    return statement.kind === 'refused' ? statement.reason : 'it was read';
  };

  it.each([
    ['a net that is not amount less fee', { net: 1711 }, 'a net that is not its amount less its fee'],
    ['details that do not add up to the fee', { fee: 61, net: 1709 }, 'do not add up'],
    ['details in another currency', { fee_details: [{ amount: 60, currency: 'usd', type: 'tax' }] }, 'do not add up'],
    ['a source that was not expanded', { source: 'ch_1' }, 'expand[]=data.source'],
    ['a source of no payment', { source: { object: 'charge_group', id: 'x_1' } }, 'names no payment'],
    ['an amount with a point', { amount: 17.7 }, 'amount is not as in a balance transaction'],
    ['another object', { object: 'charge' }, 'object is not as in a balance transaction'],
  ])('for %s', (_what, changes, reason) => {
    expect(reasonOf(bytesOf(transaction(changes)))).toContain(reason);
    expect(reasonOf(bytesOf(transaction(changes)))).toContain('line 1');
  });

  it('for a transaction that stands twice, for a missing or wrong end, and for what is no text', () => {
    expect(reasonOf(bytesOf(transaction(), transaction()))).toContain('stands there twice');
    const whole = Buffer.from(bytesOf(transaction())).toString();
    expect(reasonOf(Buffer.from(whole.split('\n')[0] ?? ''))).toContain('cut off');
    expect(reasonOf(Buffer.from(whole.replace('"lines":1', '"lines":2')))).toContain('says that it has 2');
    expect(reasonOf(Buffer.from([0xff, 0xfe]))).toContain('UTF-8');
    expect(reasonOf(Buffer.from(''))).toContain('cut off');
  });

  it('and is kept without who paid, by which card', () => {
    const kept = JSON.stringify(balanceTransactionSchema.parse(transaction()));
    expect(kept).not.toContain('donor@example.org');
    expect(kept).not.toContain('欧阳');
    expect(kept).not.toContain('cus_');
    expect(parseStripeStatement(bytesOf(JSON.parse(kept)))).toEqual(read(transaction()));
  });
});

it('the sums of an account explain all that moved on it, whatever its lines are', () => {
  const kinds = [
    ['charge', 'charge', charge(), 1],
    ['refund', 'refund', refund(), -1],
    ['refund_failure', 'refund_failure', refund(), 1],
    ['adjustment', 'dispute', dispute(), -1],
    ['adjustment', 'dispute_reversal', dispute(), 1],
    ['payout', 'payout', { id: 'po_1', object: 'payout' }, -1],
    ['payout_failure', 'payout_reversal', { id: 'po_1', object: 'payout' }, 1],
    ['stripe_fee', 'fee', null, -1],
    ['topup', 'topup', null, 1],
  ] as const;
  const movement = fc.record({
    kind: fc.constantFrom(...kinds),
    amount: fc.nat({ max: 10_000 }),
    fee: fc.integer({ min: -50, max: 50 }),
    currency: fc.constantFrom('cny', 'cny', 'usd'),
  });
  fc.assert(
    fc.property(fc.array(movement, { maxLength: 30 }), (movements) => {
      const lines = movements.map(({ kind: [type, category, source, sign], amount, fee, currency }, position) => {
        const sums = { amount: sign * amount, fee, net: sign * amount - fee, fee_details: [], currency };
        return transaction({ id: `txn_${position}`, type, reporting_category: category, source, ...sums });
      });
      const statement = read(...lines);
      if (statement.kind === 'refused') throw new Error(statement.reason);
      const money = moneyOfLines(statement.lines);
      for (const { currency, grossMinor, refundsMinor, feesMinor, settledMinor, otherMinor, balanceMinor } of money) {
        const own = lines.filter((line) => line.currency.toUpperCase() === currency);
        expect(balanceMinor).toBe(own.reduce((sum, { net }) => sum + net, 0));
        expect(grossMinor - refundsMinor - feesMinor - settledMinor + otherMinor).toBe(balanceMinor);
      }
      expect(money.reduce((all, one) => all + one.lines, 0)).toBe(lines.length);
      const listed = otherMovementsIn(statement.lines).reduce((all, one) => all + one.lines, 0);
      expect(listed).toBe(lines.filter(({ type }) => ['payout_failure', 'stripe_fee', 'topup'].includes(type)).length);
    }),
    { numRuns: 200 },
  );
});
