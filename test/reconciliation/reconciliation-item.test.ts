import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import {
  agreed,
  type Comparison,
  decided,
  type Finding,
  foundAgain,
  foundItem,
  type ItemDecision,
  itemIdOf,
  type RESOLUTION_KINDS,
  type ReconciliationItem,
} from '../../functions/reconciliation/reconciliation-item.ts';

const NOW = instantOf('2026-09-11T11:00:00+08:00');
const COMPARISON: Comparison = { campaignId: 'cmp_1', organisationId: 'dazhou', foundBy: 'the bills', now: NOW };
const FINDING: Finding = {
  class: 'amount-differs',
  provider: 'wechat-pay',
  merchantId: '1900000109',
  day: '2026-09-07' as LocalDate,
  transactionId: '4200002345202609071234567890',
  orderNo: 'int_1',
  ourAmountMinor: minor(500),
  theirAmountMinor: minor(501),
};
const item = foundItem(FINDING, COMPARISON);
const said = { by: 'finance', now: NOW, today: '2026-09-11' as LocalDate, lastDueOn: '2027-10-12' as LocalDate };

function itemAfter(decision: ItemDecision, of: ReconciliationItem = item): ReconciliationItem {
  const outcome = decided(of, decision, said);
  if (outcome.kind === 'refused') throw new Error(outcome.code);
  return outcome.item;
}
const resolve = (kind: (typeof RESOLUTION_KINDS)[number]): ItemDecision => ({
  decision: 'resolve',
  version: 1,
  kind,
  reason: 'seen',
});
const carry = (dueOn: string): ItemDecision => ({
  decision: 'carry',
  version: 1,
  reason: 'later',
  dueOn: dueOn as LocalDate,
});

describe('a discrepancy', () => {
  it('is the same item whoever finds it, on whichever day', () => {
    expect(itemIdOf({ ...FINDING, day: '2026-09-08' as LocalDate, theirAmountMinor: minor(9) }, 'cmp_1')).toBe(
      item.itemId,
    );
    expect(itemIdOf({ ...FINDING, class: 'missing-there' }, 'cmp_1')).not.toBe(item.itemId);
  });

  it.each([
    ['booked', true],
    ['provider-corrected', true],
    ['refunded', true],
    ['explained', false],
    ['not-ours', false],
    ['duplicate', false],
  ] as const)('resolved as %s is open again when it is found again: %s', (kind, isOpen) => {
    const again = foundAgain(itemAfter(resolve(kind)), FINDING, COMPARISON);
    expect(again?.state === 'open').toBe(isOpen);
    expect(again?.resolution).toBeUndefined();
    if (again !== undefined) expect(again).toMatchObject({ reopened: 1, revision: 2 });
  });

  it('is open again whatever was said of it when the amounts are others', () => {
    const other = { ...FINDING, theirAmountMinor: minor(700) };
    for (const settled of [itemAfter(resolve('explained')), itemAfter(carry('2026-12-31'))])
      expect(foundAgain(settled, other, COMPARISON)).toMatchObject({
        state: 'open',
        theirAmountMinor: 700,
        revision: 2,
      });
  });

  it('that agrees by a later bill is resolved with what showed it, carried or not, and what people resolved stays theirs', () => {
    const evidence = { ...COMPARISON, foundBy: 'the bill of 9 September' };
    for (const open of [item, itemAfter(carry('2026-12-31'))])
      expect(agreed(open, evidence)).toMatchObject({
        state: 'resolved',
        resolution: { kind: 'agreed', by: 'workflow', evidence: 'the bill of 9 September' },
      });
    expect(agreed(itemAfter(resolve('explained')), evidence)).toBeUndefined();
  });

  it('is carried to a day that comes, and within thirteen months', () => {
    for (const dueOn of ['2026-09-11', '2026-09-01', '2027-10-13'])
      expect(decided(item, carry(dueOn), said)).toMatchObject({ kind: 'refused', code: 'invalid' });
    expect(itemAfter(carry('2027-10-12'))).toMatchObject({
      state: 'carried',
      carried: { dueOn: '2027-10-12', by: 'finance' },
    });
  });

  it('is not resolved twice, and not opened twice', () => {
    expect(decided(itemAfter(resolve('explained')), resolve('booked'), said)).toMatchObject({
      code: 'already-resolved',
    });
    const reopen: ItemDecision = { decision: 'reopen', version: 1, reason: 'new evidence' };
    expect(decided(item, reopen, said)).toMatchObject({ code: 'not-settled' });
    expect(itemAfter(reopen, itemAfter(resolve('explained')))).toMatchObject({
      state: 'open',
      reopened: 1,
      revision: 2,
    });
  });
});
