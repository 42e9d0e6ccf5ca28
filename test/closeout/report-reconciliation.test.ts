import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkItems, itemsReadOf, standingOf } from '../../functions/closeout/report-reconciliation.ts';
import { minor, sum } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import { discrepanciesOf, listedKindOf } from '../../functions/reconciliation/reconciliation.ts';
import { DISCREPANCY_CLASSES, type Finding, foundItem } from '../../functions/reconciliation/reconciliation-item.ts';

const NOW = instantOf('2026-09-11T10:00:00+08:00');
const COMPARISON = { campaignId: 'cmp_a', organisationId: 'org_a', foundBy: 'bills', now: NOW };

const amount = fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined });
const findingOf = fc.record({
  kind: fc.constantFrom(...DISCREPANCY_CLASSES),
  number: fc.integer({ min: 1, max: 6 }),
  ours: amount,
  theirs: amount,
});
/** Findings as a comparison makes them: one of each class for one payment. */
const findings = fc
  .uniqueArray(findingOf, { selector: ({ kind, number }) => `${kind} ${number}`, maxLength: 20 })
  .map((list) =>
    list.map(
      ({ kind, number, ours, theirs }): Finding => ({
        class: kind,
        provider: 'wechat-pay',
        merchantId: '1900000109',
        day: `2026-09-0${number}` as LocalDate,
        transactionId: `t${number}`,
        orderNo: '',
        ...(ours === undefined ? {} : { ourAmountMinor: minor(ours) }),
        ...(theirs === undefined ? {} : { theirAmountMinor: minor(theirs) }),
      }),
    ),
  );

function readOf(found: readonly Finding[]) {
  const items = found.map((finding) => foundItem(finding, COMPARISON));
  const signedOver = {
    by: 'approver-zhao',
    at: NOW,
    reason: 'the board agrees',
    itemIds: items.map(({ itemId }) => itemId),
    sumMinor: 0,
  };
  const counts = { version: 1, open: items.length, resolved: 0, carried: 0, uncovered: 0, openMinor: minor(0) };
  return itemsReadOf({ ...counts, signedOver, items }, (personId) => personId);
}

type Amount = number | undefined;
type Place = { readonly transactionId: string; readonly ourAmountMinor?: Amount; readonly theirAmountMinor?: Amount };
const placesOf = (kinded: readonly (Place & { readonly kind: string })[]): string[] =>
  kinded.map((one) => `${one.kind} ${one.transactionId} ${one.ourAmountMinor} ${one.theirAmountMinor}`).toSorted();

describe('discrepancies and items of a report', () => {
  it('are the same, with the same amounts, but for items that change no sum of a bill', () => {
    fc.assert(
      fc.property(findings, (found) => {
        const read = readOf(found);
        const discrepancies = discrepanciesOf(found);
        expect(() => checkItems(read, discrepancies)).not.toThrow();
        const listed = read.items.flatMap((item) => {
          const kind = listedKindOf(item);
          return kind === undefined ? [] : [{ ...item, kind }];
        });
        expect(placesOf(listed)).toEqual(placesOf(discrepancies));
      }),
    );
  });

  it('differ in the second payment of an order, which is listed as missing only while the books do not have it', () => {
    const second = {
      class: 'duplicate',
      provider: 'wechat-pay',
      merchantId: '1900000109',
      day: '2026-09-07' as LocalDate,
      transactionId: 't1',
      orderNo: 'o1',
      theirAmountMinor: minor(500),
    } as const;
    expect(discrepanciesOf([second]).map(({ kind }) => kind)).toEqual(['missing-here']);
    expect(discrepanciesOf([{ ...second, ourAmountMinor: minor(500) }])).toEqual([]);
  });

  it('are refused as soon as one that is listed is missing among the items', () => {
    fc.assert(
      fc.property(findings, fc.nat(), (found, pick) => {
        const listed = found.filter((finding) => listedKindOf(finding) !== undefined);
        const gone = listed[pick % Math.max(1, listed.length)];
        fc.pre(gone !== undefined);
        // A payment may be listed as missing once as such and once as a second payment: then its number is still there.
        const read = readOf(found.filter(({ transactionId }) => transactionId !== gone?.transactionId));
        expect(() => checkItems(read, discrepanciesOf(found))).toThrow('items of the discrepancy');
      }),
    );
  });

  it('add up by state and by how they were resolved', () => {
    fc.assert(
      fc.property(findings, (found) => {
        const { open, resolved, carried, resolvedAs } = standingOf(readOf(found));
        const { items } = readOf(found);
        expect(open.items + resolved.items + carried.items).toBe(items.length);
        expect(sum([open, resolved, carried].map(({ atStakeMinor }) => atStakeMinor))).toBe(
          sum(items.map(({ atStakeMinor }) => atStakeMinor)),
        );
        expect(sum(resolvedAs.map(({ atStakeMinor }) => atStakeMinor))).toBe(resolved.atStakeMinor);
      }),
    );
  });
});
