import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import {
  changesForRefund,
  changesForVoid,
  type MatchStanding,
  standingOf,
} from '../../functions/matching/gift-account.ts';
import type { Draw } from '../../functions/matching/matching-engine.ts';

const draw = (ruleId: string, matchMinor: number, more: Partial<Draw> = {}): Draw => ({
  ruleId,
  outcome: 'matched',
  matchMinor: minor(matchMinor),
  ...more,
});
type Settlement = Parameters<typeof standingOf>[1][number];
const refund = (refundMinor: number, ...changes: Settlement['changes']): Settlement => ({
  kind: 'refund',
  refundMinor: minor(refundMinor),
  changes,
});
const matched = (...draws: Draw[]) => ({ draws: draws as never[] });

/** Refunds a gift bit by bit, each settled as the allocator does, and gives what stands after each. */
function refunded(giftMinor: number, draws: readonly Draw[], parts: readonly number[]): MatchStanding[] {
  const settlements: Settlement[] = [];
  return parts.map((part) => {
    const before = standingOf(matched(...draws), settlements);
    settlements.push(refund(part, ...changesForRefund(before, giftMinor, before.refundedMinor + part)));
    return standingOf(matched(...draws), settlements);
  });
}
const nets = (standing: MatchStanding | undefined) => standing?.draws.map(({ netMinor }) => netMinor);

describe('how a match stands', () => {
  it('is what was drawn, as long as nothing has happened to it', () => {
    const standing = standingOf(matched(draw('a', 500), draw('b', 250)), []);
    expect(standing).toMatchObject({ netMinor: 750, refundedMinor: 0, isHeld: false, isVoid: false });
  });

  it('is held until a person has released it or taken it away', () => {
    const held = { held: 'velocity' as const, ...matched(draw('a', 500)) };
    const standingAfter = (...kinds: Settlement['kind'][]) => {
      const { isHeld, isVoid } = standingOf(
        held,
        kinds.map((kind) => ({ kind, changes: [] })),
      );
      return { isHeld, isVoid };
    };
    expect(standingAfter()).toEqual({ isHeld: true, isVoid: false });
    expect(standingAfter('refund')).toEqual({ isHeld: true, isVoid: false });
    expect(standingAfter('release')).toEqual({ isHeld: false, isVoid: false });
    expect(standingAfter('void')).toEqual({ isHeld: false, isVoid: true });
    expect(standingAfter('release', 'void')).toEqual({ isHeld: false, isVoid: true });
  });

  it('has what an approved claim drew beside what the count drew, by the same rule', () => {
    const standing = standingOf(matched(draw('works', 0, { outcome: 'awaits-claim' })), [
      { kind: 'claim', draw: draw('works', 900) as never, changes: [{ ruleId: 'works', matchMinor: 900 }] },
      refund(100, { ruleId: 'works', matchMinor: -90 }),
    ]);
    expect(nets(standing)).toEqual([0, 810]);
    expect(standing.netMinor).toBe(810);
  });

  it('is not touched by lump sums that turned with it', () => {
    const standing = standingOf(matched(draw('a', 500)), [
      refund(100, { ruleId: 'a', matchMinor: -50 }, { ruleId: 'goal', matchMinor: -5_000 }),
    ]);
    expect(standing.netMinor).toBe(450);
  });
});

describe('a refund', () => {
  it('takes its part of every match back, in favour of the pool where a fen does not divide', () => {
    // 10.00 yuan with 3.33 and 10.00: after 1.00 went back, floor(333 x 900 / 1000) = 299 and 900 stay.
    const [standing] = refunded(1_000, [draw('third', 333), draw('full', 1_000, { subPoolId: 'day-1' })], [100]);
    expect(nets(standing)).toEqual([299, 900]);
    expect(changesForRefund(standingOf(matched(draw('full', 1_000, { subPoolId: 'day-1' })), []), 1_000, 100)).toEqual([
      { ruleId: 'full', subPoolId: 'day-1', matchMinor: -100 },
    ]);
  });

  it('of the whole gift takes the whole match back', () => {
    expect(nets(refunded(1_000, [draw('third', 333)], [1_000])[0])).toEqual([0]);
    expect(nets(refunded(1_000, [draw('third', 333)], [1, 998, 1]).at(-1))).toEqual([0]);
  });

  it('takes the fen that does not divide any more with its first part, and no fen twice', () => {
    // 3 fen were matched: 999 of 1,000 keep floor(2.997) = 2, 667 keep floor(2.001) = 2, 666 keep floor(1.998) = 1.
    expect(refunded(1_000, [draw('a', 3)], [1, 332, 1]).map(nets)).toEqual([[2], [2], [1]]);
  });

  it('of a gift without a match changes nothing', () => {
    expect(changesForRefund(standingOf(matched(draw('a', 0)), []), 1_000, 500)).toEqual([]);
  });

  it('after a void changes nothing more', () => {
    const standing = standingOf(matched(draw('a', 500)), [
      { kind: 'void', changes: [{ ruleId: 'a', matchMinor: -500 }] },
    ]);
    expect(changesForRefund(standing, 1_000, 400)).toEqual([]);
  });

  it('leaves the same, however a sum is split and in whatever order its parts come', () => {
    const cases = fc.record({
      draws: fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 3 }),
      parts: fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 8 }),
      rest: fc.integer({ min: 0, max: 5_000 }),
    });
    fc.assert(
      fc.property(cases, fc.integer(), ({ draws, parts, rest }, turn) => {
        const all = draws.map((amount, n) => draw(`rule-${n}`, amount));
        const refundedMinor = parts.reduce((sum, part) => sum + part, 0);
        const giftMinor = refundedMinor + rest;
        const start = Math.abs(turn) % parts.length;
        const turned = [...parts.slice(start), ...parts.slice(0, start)].reverse();
        const expected = draws.map((amount) =>
          Number((BigInt(amount) * BigInt(giftMinor - refundedMinor)) / BigInt(giftMinor)),
        );
        for (const split of [parts, turned, [refundedMinor]])
          expect(nets(refunded(giftMinor, all, split).at(-1))).toEqual(expected);
      }),
    );
  });
});

describe('a void', () => {
  it('takes all back that a refund has left', () => {
    const standing = refunded(1_000, [draw('a', 333), draw('b', 1_000, { subPoolId: 'x' })], [100])[0];
    expect(standing && changesForVoid(standing)).toEqual([
      { ruleId: 'a', matchMinor: -299 },
      { ruleId: 'b', subPoolId: 'x', matchMinor: -900 },
    ]);
  });
});
