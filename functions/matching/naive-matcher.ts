import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
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
/** When a rule is in force, in epoch milliseconds, `[from, until)`, and which part of its pool it draws from then. */
type NaiveWindow = { readonly from: number; readonly until: number; readonly part: string };
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
  /** By rule id. Worked out once: reading a local time is a hundred times the work of comparing two numbers. */
  readonly #windows = new Map<string, readonly NaiveWindow[]>();
  /** Made once: a key made for every gift costs three times the draw. */
  readonly #seedKeys: ReadonlyMap<string, KeyObject>;
  /** What is left, by rule and part of a rule's pool. */
  readonly left: Dial = new Map();
  readonly #pools: Dial = new Map();
  readonly #drawn: Dial = new Map();
  readonly #bonusGiven = new Set<string>();
  readonly #paymentsOf = new Map<string, number[]>();
  readonly #lastAmountOf = new Map<string, number>();
  readonly #count: Dial = new Map();
  readonly #challenge: Dial = new Map();
  readonly #unlocked = new Set<string>();

  constructor(plan: MatchingPlan, frame: NaiveFrame, seeds: Readonly<Record<string, string>>) {
    this.#plan = plan;
    this.#seedKeys = new Map(Object.entries(seeds).map(([id, seed]) => [id, createSecretKey(seed, 'hex')]));
    for (const rule of plan.rules) {
      this.#pools.set(rule.id, BigInt(rule.poolMinor));
      this.#windows.set(rule.id, windowsOf(rule, frame));
      const parts =
        'subPools' in rule && rule.subPools !== undefined ? rule.subPools : [{ id: '', poolMinor: rule.poolMinor }];
      for (const part of parts) this.left.set(`${rule.id}/${part.id}`, BigInt(part.poolMinor));
    }
  }

  /** What this gift draws from each rule, in the plan's order, drawn at once; and why it is to be held, if it is. */
  gift(line: JournalLine): { draws: NaiveDraw[]; hold: string } {
    // Goods are no money that a sponsor would match, and no script gives them.
    if (line.inKind === true) return { draws: [], hold: '' };
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
    const suspicion = this.#suspicion(line);
    return { draws, hold: total > 0n ? suspicion : '' };
  }

  /** Moves money of a draw; a negative amount brings it back. */
  move(draw: NaiveDraw, line: Pick<JournalLine, 'donorId' | 'unitId' | 'day'>, amount: bigint): void {
    if (amount === 0n) return;
    turn(this.left, `${draw.ruleId}/${draw.part}`, -amount);
    // Only the dials that a cap reads: two more for each donor of a million gifts would be most of the memory.
    const rule = this.#plan.rules.find(({ id }) => id === draw.ruleId);
    const { perUnit, perDonor } = rule !== undefined && isFollower(rule) ? rule : {};
    if (perUnit !== undefined) turn(this.#drawn, `${draw.ruleId} unit ${line.unitId ?? '-'}`, amount);
    if (perDonor?.capMinor !== undefined) turn(this.#drawn, `${draw.ruleId} donor ${line.donorId}`, amount);
    if (perDonor?.perDayMinor !== undefined)
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

  /** What an approved claim draws for a gift of which so much is `whole`, and which has drawn `already` from all rules. */
  claim(
    ruleId: string,
    line: JournalLine,
    { whole, already }: { readonly whole: bigint; readonly already: bigint },
    yearBefore: bigint | undefined,
  ): NaiveDraw | undefined {
    const rule = this.#plan.rules.find(({ id }) => id === ruleId);
    if (rule?.kind !== 'employer' || line.inKind === true) return undefined;
    const window = this.#windowOf(rule, line.occurredAt);
    if (window === undefined || whole < BigInt(rule.perGift?.minMinor ?? 1)) return undefined;
    const { maxMultiple } = this.#plan;
    const room =
      maxMultiple === undefined
        ? undefined
        : (whole * BigInt(maxMultiple.numerator)) / BigInt(maxMultiple.denominator) - already;
    const offer = (whole * BigInt(rule.numerator)) / BigInt(rule.denominator);
    const draw = this.#cut(rule, line, offer, window, room, false, yearBefore);
    this.move(draw, line, draw.amount);
    return draw;
  }

  /** Counts a gift for the challenges (or takes it out) and names those that turn by it. */
  challenges(line: Pick<JournalLine, 'donorId' | 'occurredAt' | 'inKind'>, amount: bigint, gifts: bigint): string[] {
    if (line.inKind === true) return [];
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
    if (this.#windowOf(rule, line.occurredAt) === undefined) return false;
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
    const hmac = createHmac('sha256', this.#seedKeys.get(rule.id) ?? '')
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
    window: NaiveWindow,
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

  #windowOf(rule: Rule, occurredAt: Instant): NaiveWindow | undefined {
    const at = Date.parse(occurredAt);
    return this.#windows.get(rule.id)?.find(({ from, until }) => at >= from && at < until);
  }

  /** What the clerk finds strange about a gift, with the number of gifts that made it so; empty where nothing is. */
  #suspicion({ donorId, occurredAt, day, amountMinor }: JournalLine): string {
    const { screen } = this.#plan;
    if (screen === undefined) return '';
    const { giftsPerMinute: aMinute, giftsPerDay: aDay, identicalAmountsInARow: aRow } = screen;
    const at = Date.parse(occurredAt);
    const times = this.#paymentsOf.get(donorId) ?? [];
    const close = 1 + times.filter((other) => at - other < 60_000 && other - at < 60_000).length;
    // The clerk remembers the donor's latest payments only, as many as it takes to recognise the next.
    if (aMinute !== undefined)
      this.#paymentsOf.set(donorId, [...times, at].sort((a, b) => a - b).slice(-(aMinute - 1)));
    turn(this.#count, `${donorId} on ${day}`, 1n);
    const today = take(this.#count, `${donorId} on ${day}`);
    const before = take(this.#count, `${donorId} in a row`);
    turn(this.#count, `${donorId} in a row`, this.#lastAmountOf.get(donorId) === amountMinor ? 1n : 1n - before);
    this.#lastAmountOf.set(donorId, amountMinor);
    const row = take(this.#count, `${donorId} in a row`);
    if (aMinute !== undefined && close >= aMinute) return `velocity ${close}`;
    if (aDay !== undefined && today >= BigInt(aDay)) return `gifts-per-day ${today}`;
    return aRow !== undefined && row >= BigInt(aRow) ? `identical-amounts ${row}` : '';
  }
}

function windowsOf(rule: Rule, { zone, opensAt, closesAt }: NaiveFrame): NaiveWindow[] {
  const at = (local: LocalDateTime | undefined, otherwise: Instant): number =>
    Date.parse(local === undefined ? otherwise : instantOfLocal(local, zone));
  if (rule.kind === 'challenge') return [{ from: at(rule.from, opensAt), until: at(rule.until, closesAt), part: '' }];
  const windows = isFollower(rule) ? rule.windows : undefined;
  if (windows === undefined) return [{ from: Date.parse(opensAt), until: Date.parse(closesAt), part: '' }];
  return windows.map(({ from, until, subPoolId }) => ({
    from: at(from, opensAt),
    until: at(until, closesAt),
    part: subPoolId ?? '',
  }));
}

const isFollower = (rule: Rule): rule is Follower => ['ratio', 'random', 'loyalty', 'employer'].includes(rule.kind);
