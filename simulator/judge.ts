import type { Adjustment, Change } from '../functions/matching/adjustment.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import { frameOf, type MatchingPool } from '../functions/matching/matching-pool.ts';
import { NaiveMatcher } from '../functions/matching/naive-matcher.ts';
import { ChallengeTally } from './challenge-tally.ts';
import { changeOf, drawDifferences, sameParts, sumOfShares } from './judged-draws.ts';
import { type JudgedGift, judgedGift, keepAtMost } from './judged-gift.ts';
import { type CountedGift, roundProblems } from './round-judge.ts';

/** A challenge that must turn now: an entry of the same transaction has to say so. */
type Turn = { readonly ruleId: string; readonly sequence: number };

/**
 * Says of every gift and every adjustment, as soon as it is written, what it must have been, and gives what is wrong in
 * words. Gifts are drawn by the product's own naive matcher, which shares no code with the engine, one at a time; what
 * follows from refunds, decisions and challenges is worked out here from the sentences of docs/matching.md, and from
 * neither the settlement's code nor the oracle's.
 */
export class Judge {
  readonly #matcher: NaiveMatcher;
  readonly #tally: ChallengeTally;
  readonly #opening: MatchingPool;
  readonly #gifts = new Map<string, JudgedGift>();
  readonly #pools: Map<string, number>;
  /** What each round has given in all, and its last shares. */
  readonly #rounds = new Map<string, NonNullable<Adjustment['shares']>>();
  #turns: Turn[] = [];
  #finalised = false;
  #sequence = 0;

  /** `opening` is the pool as it was opened. */
  constructor(opening: MatchingPool, seeds: Readonly<Record<string, string>>) {
    const frame = frameOf(opening);
    this.#opening = opening;
    this.#matcher = new NaiveMatcher(opening.plan, frame, seeds);
    this.#tally = new ChallengeTally(opening.plan, frame);
    this.#pools = new Map(opening.plan.rules.map(({ id, poolMinor }) => [id, poolMinor]));
  }

  finalise(): void {
    this.#finalised = true;
  }

  *gift(line: JournalLine): Generator<string> {
    this.#sequence += 1;
    if (this.#gifts.has(line.giftId)) return;
    if (this.#finalised) {
      this.#gifts.set(line.giftId, judgedGift(line, { draws: [], held: false, late: true }));
      if (line.matchMinor !== 0 || line.draws.length > 0)
        yield `gift ${line.giftId} has ${line.matchMinor} after the end`;
      return;
    }
    const { draws, hold } = this.#matcher.gift(line);
    const held = hold !== '';
    this.#gifts.set(line.giftId, judgedGift(line, { draws, held, late: false }));
    yield* drawDifferences(line, draws, hold);
    if (!held) this.#count(line, BigInt(line.amountMinor), 1);
  }

  /** Takes a gift, or part of it, into the challenges or out of them. */
  #count(line: JournalLine, amount: bigint, gifts: -1 | 0 | 1): void {
    this.#tally.count(line, Number(amount), gifts);
    for (const ruleId of this.#matcher.challenges(line, amount, BigInt(gifts)))
      this.#turns.push({ ruleId, sequence: this.#sequence });
  }

  /** `confirmed` is whether the matches had been confirmed before: then challenges and rounds stay as they are. */
  *adjustment(adjustment: Adjustment, confirmed: boolean): Generator<string> {
    const about = `adjustment ${adjustment.number} (${adjustment.kind})`;
    if ((adjustment.confirmed === true) !== confirmed) yield `${about} says wrongly whether it is a correction`;
    switch (adjustment.kind) {
      case 'refund':
        return yield* this.#told(about, this.#refund(adjustment, confirmed));
      case 'void':
      case 'release':
        if (confirmed) yield `${about} comes after the confirmation`;
        return yield* this.#told(about, this.#decision(adjustment));
      case 'claim':
        if (confirmed) yield `${about} comes after the confirmation`;
        return yield* this.#told(about, this.#claim(adjustment));
      case 'challenge':
        return yield* this.#told(about, this.#challenge(adjustment));
      case 'pool':
        return yield* this.#told(about, this.#resize(adjustment));
      case 'round':
        if (confirmed) yield `${about} comes after the confirmation`;
        return yield* this.#told(about, this.#round(adjustment));
    }
  }

  *#told(about: string, problems: Iterable<string>): Generator<string> {
    for (const problem of problems) yield `${about}: ${problem}`;
  }

  /** `floor(match * (gift - refunded) / what it was drawn for)` of every draw is kept. */
  *#refund(adjustment: Adjustment, confirmed: boolean): Generator<string> {
    const known = this.#gifts.get(adjustment.giftId ?? '');
    if (known === undefined) return yield 'it is about no gift that was counted';
    const gift = BigInt(known.line.amountMinor);
    const refund = BigInt(adjustment.refundMinor ?? 0);
    known.refunded += refund;
    if (known.refunded > gift) yield `${known.refunded} of ${gift} went back`;
    const changes = known.void
      ? []
      : keepAtMost(this.#matcher, known, (drawn, of) => (drawn * (gift - known.refunded)) / of);
    if (!confirmed && !known.held && !known.void && !known.late)
      this.#count(known.line, -refund, known.refunded === gift ? -1 : 0);
    yield* this.#sameChanges(adjustment, changes);
  }

  *#decision(adjustment: Adjustment): Generator<string> {
    const known = this.#gifts.get(adjustment.giftId ?? '');
    if (known === undefined) return yield 'it is about no gift that was counted';
    if (known.void) yield 'the match was void before';
    if (adjustment.kind === 'release' && !known.held) yield 'the match was not held';
    const rest = BigInt(known.line.amountMinor) - known.refunded;
    const counted = !known.held && rest > 0n && !known.late;
    let changes: Change[] = [];
    if (adjustment.kind === 'void') {
      changes = keepAtMost(this.#matcher, known, () => 0n);
      if (counted) this.#count(known.line, -rest, -1);
    } else if (rest > 0n && !known.late) this.#count(known.line, rest, 1);
    known.held = false;
    known.void ||= adjustment.kind === 'void';
    yield* this.#sameChanges(adjustment, changes);
  }

  /** What is left of the gift is matched as the plan says, once for each rule. */
  *#claim(adjustment: Adjustment): Generator<string> {
    const known = this.#gifts.get(adjustment.giftId ?? '');
    const { ruleId = '', yearBeforeMinor } = adjustment.draw ?? {};
    if (known === undefined || known.late) return yield 'it is about no gift that may be claimed for';
    if (known.held || known.void) yield 'the match is held or void';
    if (known.draws.some((draw, position) => draw.ruleId === ruleId && position >= known.line.draws.length))
      yield `the match of rule ${ruleId} was claimed before`;
    const whole = BigInt(known.line.amountMinor) - known.refunded;
    const already = known.left.reduce((sum, left) => sum + left, 0n);
    const yearBefore = yearBeforeMinor === undefined ? undefined : BigInt(yearBeforeMinor);
    const draw = this.#matcher.claim(ruleId, known.line, { whole, already }, yearBefore);
    if (draw === undefined || draw.amount === 0n) return yield `rule ${ruleId} gives nothing for it`;
    known.draws.push(draw);
    known.left.push(draw.amount);
    known.of.push(whole);
    yield* this.#sameChanges(adjustment, [changeOf(draw, draw.amount)]);
  }

  *#challenge(adjustment: Adjustment): Generator<string> {
    const [turn] = this.#turns.splice(0, 1);
    if (turn === undefined) return yield 'no challenge turns by a gift just now';
    if (adjustment.afterSequence !== turn.sequence)
      yield `it stands after gift ${adjustment.afterSequence}, but gift ${turn.sequence} turned it`;
    yield* sameParts([this.#lumpOf(turn.ruleId)], adjustment.changes);
    yield* this.#sameTurns(adjustment, [turn]);
  }

  *#sameChanges(adjustment: Adjustment, changes: readonly Change[]): Generator<string> {
    const turns = this.#turns.splice(0);
    yield* sameParts([...changes, ...turns.map(({ ruleId }) => this.#lumpOf(ruleId))], adjustment.changes);
    yield* this.#sameTurns(adjustment, turns);
  }

  *#sameTurns(adjustment: Adjustment, turns: readonly Turn[]): Generator<string> {
    const expected = turns.map(({ ruleId }) => `${ruleId} ${this.#matcher.isUnlocked(ruleId) ? 'unlocked' : 'locked'}`);
    const recorded = (adjustment.challenges ?? []).map(({ ruleId, kind }) => `${ruleId} ${kind}`);
    if (expected.join() !== recorded.join()) yield `challenges are [${recorded}], not [${expected}]`;
  }

  #lumpOf(ruleId: string): Change {
    const lump = this.#pools.get(ruleId) ?? 0;
    return { ruleId, matchMinor: this.#matcher.isUnlocked(ruleId) ? lump : -lump };
  }

  *#resize({ resizes, changes }: Adjustment): Generator<string> {
    if (this.#finalised) yield 'pools do not change after the end';
    if (changes.length > 0) yield 'it takes money from somebody';
    for (const { ruleId, subPoolId, fromMinor, toMinor } of resizes ?? []) {
      this.#matcher.resize(ruleId, subPoolId ?? '', BigInt(toMinor - fromMinor));
      this.#pools.set(ruleId, (this.#pools.get(ruleId) ?? 0) + toMinor - fromMinor);
    }
  }

  *#round(adjustment: Adjustment): Generator<string> {
    if (!this.#finalised) yield 'no round is split before the end';
    const ruleId = adjustment.ruleId ?? '';
    const shares = adjustment.shares ?? [];
    const more = sumOfShares(shares) - sumOfShares(this.#rounds.get(ruleId) ?? []);
    this.#rounds.set(ruleId, shares);
    this.#matcher.spend(ruleId, BigInt(more));
    yield* sameParts(more === 0 ? [] : [{ ruleId, matchMinor: more }], adjustment.changes);
    yield* this.#roundProblems(ruleId);
  }

  *#roundProblems(ruleId: string): Generator<string> {
    const rule = this.#opening.plan.rules.find(({ id }) => id === ruleId);
    const now = { ...rule, poolMinor: this.#pools.get(ruleId) } as typeof rule;
    yield* roundProblems(now, this.#rounds.get(ruleId), [...this.#countedGifts()], this.#tally.isInTime);
  }

  *#countedGifts(): Generator<CountedGift> {
    for (const { line, refunded, held, void: isVoid, late } of this.#gifts.values()) {
      const amountMinor = line.amountMinor - Number(refunded);
      if (!late && !isVoid && !held && amountMinor > 0) yield { line, amountMinor };
    }
  }

  /** What must hold when matches are confirmed: nothing waits for a person, and every round is split by what counts now. */
  *confirmation(): Generator<string> {
    for (const [giftId, { held }] of this.#gifts) if (held) yield `gift ${giftId} is still held`;
    for (const rule of this.#opening.plan.rules)
      if (rule.kind === 'quadratic' || rule.kind === 'performance') yield* this.#roundProblems(rule.id);
  }

  /** What differs between the pool as it is stored after a transaction and as it must be. */
  *pool(pool: MatchingPool): Generator<string> {
    for (const { ruleId } of this.#turns.splice(0)) yield `challenge ${ruleId} should have turned`;
    for (const fund of pool.funds) {
      const { ruleId, poolMinor, remainingMinor, subPools = { '': remainingMinor }, challenge } = fund;
      if (poolMinor !== this.#pools.get(ruleId)) yield `rule ${ruleId} has a pool of ${poolMinor}`;
      let together = 0;
      for (const [part, left] of Object.entries(subPools)) {
        together += left;
        const expected = Number(this.#matcher.left.get(`${ruleId}/${part}`) ?? 0n);
        if (left !== expected) yield `rule ${ruleId} has ${left} left in its pool ${part}, not ${expected}`;
      }
      if (together !== remainingMinor) yield `the parts of rule ${ruleId} sum to ${together}, not ${remainingMinor}`;
      if (challenge !== undefined) yield* this.#tally.differences(ruleId, challenge, this.#matcher.isUnlocked(ruleId));
    }
  }
}
