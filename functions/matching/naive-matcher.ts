import { createHmac } from 'node:crypto';
import type { Instant, LocalDateTime } from '../kernel/time.ts';
import { instantOfLocal } from '../kernel/time.ts';
import type { JournalLine } from './match-entry.ts';
import type { MatchingPlan } from './matching-plan.ts';
import type { MatchingRule } from './matching-rule.ts';

/** What the naive matcher has found one gift to draw from one rule. */
export type NaiveDraw = {
  readonly ruleId: string;
  amount: bigint;
  readonly part: string;
  readonly year: string | undefined;
  readonly bonus: boolean;
};
export type NaiveFrame = { readonly zone: string; readonly opensAt: Instant; readonly closesAt: Instant };
type Dial = Map<string, bigint>;
type Rule = MatchingRule;
type Follower = Extract<Rule, { kind: 'ratio' | 'random' | 'loyalty' | 'employer' }>;

const take = (dial: Dial, name: string): bigint => dial.get(name) ?? 0n;
const turn = (dial: Dial, name: string, by: bigint): void => void dial.set(name, take(dial, name) + by);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const notBelowZero = (a: bigint): bigint => (a < 0n ? 0n : a);

/**
 * Matching as a clerk with a ledger and no hurry would do it: one gift after another, whole numbers of any size, every
 * running sum on a dial of its own with a name. Shares no code with the engine, so that the same mistake would have to be
 * made twice. It is what finalisation, audits and the simulator hold the engine against.
 */
export class NaiveMatcher {
  readonly #plan: MatchingPlan;
  readonly #frame: NaiveFrame;
  readonly #seeds: Readonly<Record<string, string>>;
  /** What is left, by rule and part of a rule's pool. */
  readonly left: Dial = new Map();
  readonly #pools: Dial = new Map();
  readonly #drawn: Dial = new Map();
  readonly #bonusGiven = new Set<string>();
  readonly #paymentsOf = new Map<string, number[]>();
  readonly #challenge: Dial = new Map();
  readonly #unlocked = new Set<string>();
  readonly #moments = new Map<LocalDateTime, number>();

  constructor(plan: MatchingPlan, frame: NaiveFrame, seeds: Readonly<Record<string, string>>) {
    this.#plan = plan;
    this.#frame = frame;
    this.#seeds = seeds;
    for (const rule of plan.rules) {
      this.#pools.set(rule.id, BigInt(rule.poolMinor));
      const parts =
        'subPools' in rule && rule.subPools !== undefined ? rule.subPools : [{ id: '', poolMinor: rule.poolMinor }];
      for (const part of parts) this.left.set(`${rule.id}/${part.id}`, BigInt(part.poolMinor));
    }
  }

  /** What this gift draws from each rule, in the plan's order, drawn at once; and whether it is to be held. */
  gift(line: JournalLine): { draws: NaiveDraw[]; held: boolean } {
    const draws: NaiveDraw[] = [];
    const { maxMultiple } = this.#plan;
    let room =
      maxMultiple === undefined
        ? undefined
        : (BigInt(line.amountMinor) * BigInt(maxMultiple.numerator)) / BigInt(maxMultiple.denominator);
    for (const rule of this.#plan.rules) {
      if (!isFollower(rule)) continue;
      const draw = this.#drawOf(rule, line, room);
      if (room !== undefined) room -= draw.amount;
      draws.push(draw);
    }
    const total = draws.reduce((sum, draw) => sum + draw.amount, 0n);
    for (const draw of draws) this.move(draw, line, draw.amount);
    return { draws, held: this.#isHeld(line, total) };
  }

  /** Moves money of a draw; a negative amount brings it back. */
  move(draw: NaiveDraw, line: Pick<JournalLine, 'donorId' | 'unitId' | 'day'>, amount: bigint): void {
    if (amount === 0n) return;
    turn(this.left, `${draw.ruleId}/${draw.part}`, -amount);
    turn(this.#drawn, `${draw.ruleId} unit ${line.unitId ?? '-'}`, amount);
    turn(this.#drawn, `${draw.ruleId} donor ${line.donorId}`, amount);
    turn(this.#drawn, `${draw.ruleId} donor ${line.donorId} day ${line.day}`, amount);
    if (draw.bonus && amount > 0n) this.#bonusGiven.add(`${draw.ruleId} ${line.donorId}`);
  }

  /** A sponsor has made a pool, or a part of one, larger or smaller. */
  resize(ruleId: string, part: string, by: bigint): void {
    turn(this.#pools, ruleId, by);
    turn(this.left, `${ruleId}/${part}`, by);
  }

  /** A sum that was split over the units has left its pool. */
  spend(ruleId: string, amount: bigint): void {
    turn(this.left, `${ruleId}/`, -amount);
  }

  /** What an approved claim draws for a gift that has drawn `already` from all rules. */
  claim(ruleId: string, line: JournalLine, already: bigint, yearBefore: bigint | undefined): NaiveDraw | undefined {
    const rule = this.#plan.rules.find(({ id }) => id === ruleId);
    if (rule?.kind !== 'employer') return undefined;
    const window = this.#windowOf(rule, line.occurredAt);
    if (window === undefined) return undefined;
    const { maxMultiple } = this.#plan;
    const room =
      maxMultiple === undefined
        ? undefined
        : (BigInt(line.amountMinor) * BigInt(maxMultiple.numerator)) / BigInt(maxMultiple.denominator) - already;
    const offer = (BigInt(line.amountMinor) * BigInt(rule.numerator)) / BigInt(rule.denominator);
    const draw = this.#cut(rule, line, offer, window, room, false, yearBefore);
    this.move(draw, line, draw.amount);
    return draw;
  }

  /** Counts a gift for the challenges (or takes it out) and names those that turn by it. */
  challenges(line: Pick<JournalLine, 'donorId' | 'occurredAt'>, amount: bigint, gifts: bigint): string[] {
    const turned: string[] = [];
    for (const rule of this.#plan.rules)
      if (rule.kind === 'challenge' && this.#countFor(rule, line, amount, gifts)) turned.push(rule.id);
    return turned;
  }

  /** Whether the challenge turns by this gift. */
  #countFor(
    rule: Extract<Rule, { kind: 'challenge' }>,
    line: Pick<JournalLine, 'donorId' | 'occurredAt'>,
    amount: bigint,
    gifts: bigint,
  ): boolean {
    const from = rule.from === undefined ? this.#frame.opensAt : instantOfLocal(rule.from, this.#frame.zone);
    const until = rule.until === undefined ? this.#frame.closesAt : instantOfLocal(rule.until, this.#frame.zone);
    if (line.occurredAt < from || line.occurredAt >= until) return false;
    turn(this.#challenge, `${rule.id} amount`, amount);
    turn(this.#challenge, `${rule.id} gifts`, gifts);
    const giver = `${rule.id} gifts of ${line.donorId}`;
    const before = take(this.#challenge, giver) > 0n;
    turn(this.#challenge, giver, gifts);
    const after = take(this.#challenge, giver) > 0n;
    if (before !== after) turn(this.#challenge, `${rule.id} donors`, after ? 1n : -1n);
    const reached = take(this.#challenge, `${rule.id} ${rule.measure}`) >= BigInt(rule.threshold);
    if (reached === this.#unlocked.has(rule.id)) return false;
    if (reached) this.#unlocked.add(rule.id);
    else this.#unlocked.delete(rule.id);
    turn(this.left, `${rule.id}/`, reached ? -take(this.#pools, rule.id) : take(this.#pools, rule.id));
    return true;
  }

  isUnlocked(ruleId: string): boolean {
    return this.#unlocked.has(ruleId);
  }

  #drawOf(rule: Follower, line: JournalLine, room: bigint | undefined): NaiveDraw {
    const window = this.#windowOf(rule, line.occurredAt);
    const nothing: NaiveDraw = { ruleId: rule.id, amount: 0n, part: window?.part ?? '', year: undefined, bonus: false };
    if (window === undefined) return nothing;
    if (rule.perGift?.minMinor !== undefined && line.amountMinor < rule.perGift.minMinor) return nothing;
    if (rule.kind === 'employer') return nothing;
    const [offer, bonus] = this.#offer(rule, line);
    if (offer === 0n) return nothing;
    const recorded = line.draws.find(({ ruleId }) => ruleId === rule.id)?.yearBeforeMinor;
    return this.#cut(rule, line, offer, window, room, bonus, recorded === undefined ? undefined : BigInt(recorded));
  }

  #offer(rule: Exclude<Follower, { kind: 'employer' }>, line: JournalLine): [offer: bigint, bonus: boolean] {
    switch (rule.kind) {
      case 'ratio': {
        const base = (BigInt(line.amountMinor) * BigInt(rule.numerator)) / BigInt(rule.denominator);
        let points = 0n;
        for (const band of rule.bands ?? [])
          if ((line.standing?.reach ?? 0) >= band.fromReach) points = BigInt(band.lowBasisPoints);
        return [base + (base * points) / 10_000n, false];
      }
      case 'loyalty':
        return this.#loyalty(rule, line);
      case 'random':
        return [this.#lots(rule, line), false];
    }
  }

  #loyalty(rule: Extract<Rule, { kind: 'loyalty' }>, line: JournalLine): [offer: bigint, bonus: boolean] {
    const years = line.standing?.years ?? 0;
    let base = 0n;
    for (const tier of rule.tiers)
      if (years >= tier.atLeastYears)
        base = (BigInt(line.amountMinor) * BigInt(tier.numerator)) / BigInt(tier.denominator);
    const extra = rule.streakBonus;
    if (extra === undefined || years < extra.atLeastYears || (extra.day ?? line.day) !== line.day) return [base, false];
    if (this.#bonusGiven.has(`${rule.id} ${line.donorId}`)) return [base, false];
    return [base + BigInt(extra.amountMinor), true];
  }

  #lots(rule: Extract<Rule, { kind: 'random' }>, line: JournalLine): bigint {
    const reach = line.standing?.reach ?? 0;
    const hmac = createHmac('sha256', Buffer.from(this.#seeds[rule.id] ?? '', 'hex'))
      .update(`${rule.id}:${line.giftId}`)
      .digest('hex');
    const word = (place: number): bigint => BigInt(`0x${hmac.slice(place * 8, place * 8 + 8)}`);
    const between = (place: number, low: number, high: number): bigint =>
      BigInt(low) + ((word(place) * BigInt(high - low + 1)) >> 32n);
    if (word(0) * BigInt(rule.winDenominator) >= BigInt(rule.winNumerator) << 32n) return 0n;
    const base = (BigInt(line.amountMinor) * between(1, rule.lowBasisPoints, rule.highBasisPoints)) / 10_000n;
    let points = 0n;
    for (const band of rule.bands ?? [])
      if (reach >= band.fromReach) points = between(2, band.lowBasisPoints, band.highBasisPoints);
    const { multiplier } = rule;
    const times =
      multiplier === undefined || reach < multiplier.fromReach ? 0n : between(3, multiplier.lowest, multiplier.highest);
    return base + base * times + (base * points) / 10_000n;
  }

  /** The least of what is offered, what every cap leaves, and what the pool has. */
  #cut(
    rule: Follower,
    line: Pick<JournalLine, 'donorId' | 'unitId' | 'day'>,
    offer: bigint,
    window: { readonly part: string },
    room: bigint | undefined,
    bonus: boolean,
    yearBefore: bigint | undefined,
  ): NaiveDraw {
    let amount = smaller(offer, notBelowZero(take(this.left, `${rule.id}/${window.part}`)));
    const cap = (limit: number | bigint | undefined, used: bigint): void => {
      if (limit !== undefined) amount = smaller(amount, notBelowZero(BigInt(limit) - used));
    };
    cap(room, 0n);
    cap(rule.perGift?.capMinor, 0n);
    cap(rule.perDonor?.capMinor, take(this.#drawn, `${rule.id} donor ${line.donorId}`));
    cap(rule.perDonor?.perDayMinor, take(this.#drawn, `${rule.id} donor ${line.donorId} day ${line.day}`));
    cap(rule.perDonor?.perYear?.capMinor, yearBefore ?? 0n);
    const { perUnit } = rule;
    if (perUnit !== undefined)
      cap(
        'capMinor' in perUnit
          ? perUnit.capMinor
          : (take(this.#pools, rule.id) * BigInt(perUnit.shareBasisPoints)) / 10_000n,
        take(this.#drawn, `${rule.id} unit ${line.unitId ?? '-'}`),
      );
    return { ruleId: rule.id, amount, part: window.part, year: undefined, bonus: bonus && amount > 0n };
  }

  #windowOf(rule: Follower, at: Instant): { readonly part: string } | undefined {
    const { zone, opensAt, closesAt } = this.#frame;
    if (rule.windows === undefined) return at >= opensAt && at < closesAt ? { part: '' } : undefined;
    const inside = (from: LocalDateTime, until: LocalDateTime): boolean =>
      Date.parse(at) >= this.#momentOf(from, zone) && Date.parse(at) < this.#momentOf(until, zone);
    const window = rule.windows.find(({ from, until }) => inside(from, until));
    return window === undefined ? undefined : { part: window.subPoolId ?? '' };
  }

  /** Epoch milliseconds of a local time, looked up once: the calendar takes longer than all the rest of a gift. */
  #momentOf(local: LocalDateTime, zone: string): number {
    const known = this.#moments.get(local);
    if (known !== undefined) return known;
    const moment = Date.parse(instantOfLocal(local, zone));
    this.#moments.set(local, moment);
    return moment;
  }

  /** Whether this is one gift too many inside one minute of its donor's payments. */
  #isHeld(line: JournalLine, total: bigint): boolean {
    const { screen } = this.#plan;
    if (screen === undefined) return false;
    const at = Date.parse(line.occurredAt);
    const earlier = this.#paymentsOf.get(line.donorId) ?? [];
    const close = earlier.filter((other) => at - other < 60_000 && other - at < 60_000).length;
    // The clerk remembers the donor's latest payments only, as many as it takes to recognise the next.
    this.#paymentsOf.set(line.donorId, [...earlier, at].sort((a, b) => a - b).slice(-(screen.giftsPerMinute - 1)));
    return total > 0n && close + 1 >= screen.giftsPerMinute;
  }
}

const isFollower = (rule: Rule): rule is Follower => ['ratio', 'random', 'loyalty', 'employer'].includes(rule.kind);
