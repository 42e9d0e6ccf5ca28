import type { Adjustment } from './adjustment.ts';
import type { JournalLine } from './match-entry.ts';
import type { MatchingPlan } from './matching-plan.ts';
import { type NaiveDraw, type NaiveFrame, NaiveMatcher } from './naive-matcher.ts';

/** The recorded order of a pool: its gifts, and what happened between them. */
export type Recorded = {
  /** The plan that the campaign opened with; later versions follow from the adjustments. */
  readonly plan: MatchingPlan;
  readonly frame: NaiveFrame;
  readonly seeds: Readonly<Record<string, string>>;
  readonly lines: Iterable<JournalLine>;
  readonly adjustments: readonly Adjustment[];
  /** Gifts after this place drew nothing. */
  readonly finalisedSequence?: number | undefined;
};

export type OracleDifference = {
  /** What differs: a gift, or an adjustment by its number. */
  readonly about: string;
  readonly position: number;
  readonly recordedMinor: number;
  readonly expectedMinor: number;
};
export type OracleVerdict = {
  readonly kind: 'agrees' | 'disagrees';
  readonly gifts: number;
  /** All that the pools gave, lump sums included. */
  readonly matchedMinor: number;
  /** How many lines and adjustments differ, and the first of them. */
  readonly differing: number;
  readonly differences: readonly OracleDifference[];
  /** What must be left of each rule's money at the end, by `rule id/sub-pool id`; `rule id/` where it has no sub-pools. */
  readonly left: ReadonlyMap<string, bigint>;
};

/** More differences than this are counted but not listed: the first ones tell the story. */
const LISTED_DIFFERENCES = 20;

type Known = {
  line: JournalLine;
  draws: NaiveDraw[];
  given: bigint[];
  /** Of what each draw was: of the whole gift, or of what a claim found of it. */
  of: bigint[];
  claimed: Set<string>;
  refunded: bigint;
  held: boolean;
  void: boolean;
};

/**
 * The oracle: goes through a pool's recorded order with the naive matcher and compares every gift and every adjustment
 * to the fen. That it agrees is the proof that batching, retries and redelivery changed nothing.
 */
export function replay(recorded: Recorded): OracleVerdict {
  const replaying = openReplay(recorded);
  for (const line of recorded.lines) replaying.gift(line);
  return replaying.verdict();
}

/** A replay that is handed its gifts one by one, in their order, for whoever reads them from somewhere and keeps none. */
export type Replaying = { readonly gift: (line: JournalLine) => void; readonly verdict: () => OracleVerdict };

export function openReplay(recorded: Omit<Recorded, 'lines'>): Replaying {
  const clerk = new Clerk(recorded);
  const waiting = [...recorded.adjustments].sort((a, b) => a.number - b.number);
  let next = 0;
  let position = 0;
  const upTo = (sequence: number): void => {
    for (; waiting[next] !== undefined && (waiting[next]?.afterSequence ?? 0) <= sequence; next += 1)
      clerk.adjustment(waiting[next] as Adjustment);
  };
  return {
    gift(line) {
      upTo(position);
      position += 1;
      clerk.gift(line, position);
    },
    verdict() {
      upTo(Number.POSITIVE_INFINITY);
      return clerk.verdict(position);
    },
  };
}

class Clerk {
  readonly #recorded: Omit<Recorded, 'lines'>;
  readonly #matcher: NaiveMatcher;
  /** The gifts that an adjustment speaks of later; nobody has room for all of a million. */
  readonly #spokenOf: ReadonlySet<string | undefined>;
  readonly #known = new Map<string, Known>();
  /** Those of them that were counted after the end, and so drew nothing. */
  readonly #late = new Set<string>();
  /** Challenges that turned by the gift, or refund, before: an adjustment must say so next. */
  #expectedTurns: string[] = [];
  /** What the last split of each round came to. */
  readonly #shared = new Map<string, bigint>();
  #total = 0n;
  #differing = 0;
  readonly #differences: OracleDifference[] = [];

  constructor(recorded: Omit<Recorded, 'lines'>) {
    this.#recorded = recorded;
    this.#spokenOf = new Set(recorded.adjustments.map(({ giftId }) => giftId));
    this.#matcher = new NaiveMatcher(recorded.plan, recorded.frame, recorded.seeds);
  }

  gift(line: JournalLine, position: number): void {
    this.#noMoreTurns(position);
    const about = `gift ${line.giftId}`;
    if (position > (this.#recorded.finalisedSequence ?? position)) {
      this.#compare(about, position, line.matchMinor, 0n);
      if (this.#spokenOf.has(line.giftId)) this.#late.add(line.giftId);
      return;
    }
    const { draws, hold } = this.#matcher.gift(line);
    const held = hold !== '';
    for (const draw of draws) {
      const entry = line.draws.find(({ ruleId }) => ruleId === draw.ruleId);
      this.#compare(`${about}, rule ${draw.ruleId}`, position, entry?.matchMinor ?? -1, draw.amount);
    }
    const total = draws.reduce((sum, draw) => sum + draw.amount, 0n);
    this.#compare(about, position, line.matchMinor, total);
    const recordedHold = line.held === undefined ? '' : `${line.held} ${line.heldGifts ?? 0}`;
    if (recordedHold !== hold)
      this.#note(`${about}, held`, position, line.heldGifts ?? 0, Number(hold.split(' ')[1] ?? 0));
    this.#total += total;
    if (this.#spokenOf.has(line.giftId)) {
      const given = draws.map(({ amount }) => amount);
      const of = draws.map(() => BigInt(line.amountMinor));
      const claimed = new Set<string>();
      this.#known.set(line.giftId, { line, draws, given, of, claimed, refunded: 0n, held, void: false });
    }
    if (!held) this.#expectedTurns = this.#matcher.challenges(line, BigInt(line.amountMinor), 1n);
  }

  adjustment(adjustment: Adjustment): void {
    const { kind, number, changes } = adjustment;
    const about = `adjustment ${number} (${kind})`;
    const recorded = changes.reduce((sum, { matchMinor }) => sum + matchMinor, 0);
    if (kind !== 'challenge') this.#noMoreTurns(adjustment.afterSequence);
    const expected = this.#expectedOf(adjustment);
    this.#total += expected ?? 0n;
    this.#compare(about, adjustment.afterSequence, recorded, expected ?? BigInt(recorded) + 1n);
  }

  /** What the adjustment must have taken from all pools together; `undefined` where it should not be there at all. */
  #expectedOf(adjustment: Adjustment): bigint | undefined {
    switch (adjustment.kind) {
      case 'refund':
        return this.#refund(adjustment);
      case 'release':
      case 'void':
        return this.#decision(adjustment);
      case 'claim':
        return this.#claim(adjustment);
      case 'challenge':
        return this.#challenge(adjustment);
      case 'pool':
        for (const { ruleId, subPoolId, fromMinor, toMinor } of adjustment.resizes ?? [])
          this.#matcher.resize(ruleId, subPoolId ?? '', BigInt(toMinor) - BigInt(fromMinor));
        return 0n;
      case 'round':
        return this.#round(adjustment);
    }
  }

  #refund(adjustment: Adjustment): bigint | undefined {
    const known = this.#known.get(adjustment.giftId ?? '');
    // A gift counted after the end drew nothing, so nothing goes back.
    if (known === undefined) return 0n;
    const gift = BigInt(known.line.amountMinor);
    const refund = BigInt(adjustment.refundMinor ?? 0);
    known.refunded += refund;
    if (known.refunded > gift) return undefined;
    let back = 0n;
    if (!known.void)
      for (const [index, draw] of known.draws.entries()) {
        const mayKeep = (draw.amount * (gift - known.refunded)) / (known.of[index] ?? gift);
        const given = known.given[index] ?? 0n;
        if (mayKeep >= given) continue;
        this.#matcher.move(draw, known.line, mayKeep - given);
        known.given[index] = mayKeep;
        back += mayKeep - given;
      }
    return back + this.#turnsBy(adjustment, known, -refund, known.refunded === gift ? -1n : 0n);
  }

  #decision(adjustment: Adjustment): bigint | undefined {
    const { giftId = '' } = adjustment;
    // Nothing can be taken from a gift that drew nothing, and nobody is wrong who says so.
    if (this.#late.has(giftId) && adjustment.kind === 'void') return 0n;
    const known = this.#known.get(giftId);
    if (known === undefined || known.void || (adjustment.kind === 'release' && !known.held)) return undefined;
    const remaining = BigInt(known.line.amountMinor) - known.refunded;
    if (adjustment.kind === 'release') {
      known.held = false;
      return remaining > 0n ? this.#turnsBy(adjustment, known, remaining, 1n) : 0n;
    }
    let back = 0n;
    for (const [index, draw] of known.draws.entries()) {
      const given = known.given[index] ?? 0n;
      this.#matcher.move(draw, known.line, -given);
      known.given[index] = 0n;
      back -= given;
    }
    const turned = remaining > 0n ? this.#turnsBy(adjustment, known, -remaining, -1n) : 0n;
    known.held = false;
    known.void = true;
    return back + turned;
  }

  #claim(adjustment: Adjustment): bigint | undefined {
    const known = this.#known.get(adjustment.giftId ?? '');
    const ruleId = adjustment.draw?.ruleId ?? '';
    if (known === undefined || known.void || known.held || known.claimed.has(ruleId)) return undefined;
    if (adjustment.confirmed === true) return undefined;
    const whole = BigInt(known.line.amountMinor) - known.refunded;
    const already = known.given.reduce((sum, given) => sum + given, 0n);
    const yearBefore = adjustment.draw?.yearBeforeMinor;
    const draw = this.#matcher.claim(
      ruleId,
      known.line,
      { whole, already },
      yearBefore === undefined ? undefined : BigInt(yearBefore),
    );
    // A claim that draws nothing is not approved.
    if (draw === undefined || draw.amount === 0n) return undefined;
    this.#compare(
      `claim of gift ${known.line.giftId}`,
      adjustment.afterSequence,
      adjustment.draw?.matchMinor ?? 0,
      draw.amount,
    );
    known.draws.push(draw);
    known.given.push(draw.amount);
    known.of.push(whole);
    known.claimed.add(ruleId);
    return draw.amount;
  }

  /** Rounds have oracles of their own; here what their shares sum to more than before must be what left the pool. */
  #round({ ruleId, shares }: Adjustment): bigint {
    const sum = (shares ?? []).reduce((all, { shareMinor }) => all + BigInt(shareMinor), 0n);
    const before = this.#shared.get(ruleId ?? '') ?? 0n;
    this.#shared.set(ruleId ?? '', sum);
    this.#matcher.spend(ruleId ?? '', sum - before);
    return sum - before;
  }

  /** A lump sum that the gift before has unlocked. */
  #challenge(adjustment: Adjustment): bigint | undefined {
    const ruleId = adjustment.challenges?.[0]?.ruleId ?? '';
    if (!this.#expectedTurns.includes(ruleId)) return undefined;
    this.#expectedTurns = this.#expectedTurns.filter((expected) => expected !== ruleId);
    return this.#lump(ruleId);
  }

  /** What a refund or decision moves by turning challenges; the adjustment itself must name just those. */
  #turnsBy(adjustment: Adjustment, known: Known, amount: bigint, gifts: bigint): bigint {
    const recordedTurns = (adjustment.challenges ?? []).map(({ ruleId }) => ruleId);
    if (known.held || known.void) return 0n;
    if (adjustment.confirmed === true) return 0n;
    const turned = this.#matcher.challenges(known.line, amount, gifts);
    if (turned.join() !== recordedTurns.join())
      this.#note(
        `adjustment ${adjustment.number}, challenges`,
        adjustment.afterSequence,
        recordedTurns.length,
        turned.length,
      );
    return turned.reduce((sum, ruleId) => sum + this.#lump(ruleId), 0n);
  }

  #lump(ruleId: string): bigint {
    const rule = this.#recorded.plan.rules.find(({ id }) => id === ruleId);
    const lump = BigInt(rule?.poolMinor ?? 0);
    return this.#matcher.isUnlocked(ruleId) ? lump : -lump;
  }

  #noMoreTurns(position: number): void {
    for (const ruleId of this.#expectedTurns) this.#note(`challenge ${ruleId}`, position, 0, 1);
    this.#expectedTurns = [];
  }

  #compare(about: string, position: number, recordedMinor: number, expected: bigint): void {
    if (BigInt(recordedMinor) !== expected) this.#note(about, position, recordedMinor, Number(expected));
  }

  #note(about: string, position: number, recordedMinor: number, expectedMinor: number): void {
    this.#differing += 1;
    if (this.#differences.length < LISTED_DIFFERENCES)
      this.#differences.push({ about, position, recordedMinor, expectedMinor });
  }

  verdict(gifts: number): OracleVerdict {
    this.#noMoreTurns(gifts);
    return {
      kind: this.#differing === 0 ? 'agrees' : 'disagrees',
      gifts,
      matchedMinor: Number(this.#total),
      differing: this.#differing,
      differences: this.#differences,
      left: this.#matcher.left,
    };
  }
}
