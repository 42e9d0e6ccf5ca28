import { type Instant, instantOfLocal } from '../functions/kernel/time.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { CampaignFrame } from '../functions/matching/matching-engine.ts';
import type { MatchingPlan } from '../functions/matching/matching-plan.ts';
import type { Fund } from '../functions/matching/matching-state.ts';

type Progress = NonNullable<Fund['challenge']>;
type Tally = {
  readonly from: Instant;
  readonly until: Instant;
  readonly byDonor: boolean;
  amountMinor: number;
  gifts: number;
  readonly giftsOf: Map<string, number>;
};

/** How far each challenge must have come, counted gift by gift beside the naive matcher, which keeps its own counts to itself. */
export class ChallengeTally {
  readonly #tallies = new Map<string, Tally>();
  readonly #frame: CampaignFrame;

  constructor({ rules }: MatchingPlan, frame: CampaignFrame) {
    this.#frame = frame;
    const { zone, opensAt, closesAt } = frame;
    for (const rule of rules)
      if (rule.kind === 'challenge')
        this.#tallies.set(rule.id, {
          from: rule.from === undefined ? opensAt : instantOfLocal(rule.from, zone),
          until: rule.until === undefined ? closesAt : instantOfLocal(rule.until, zone),
          byDonor: rule.measure === 'donors',
          amountMinor: 0,
          gifts: 0,
          giftsOf: new Map(),
        });
  }

  /** Whether a gift was paid while the campaign took gifts. */
  readonly isInTime = ({ occurredAt }: Pick<JournalLine, 'occurredAt'>): boolean =>
    occurredAt >= this.#frame.opensAt && occurredAt < this.#frame.closesAt;

  count({ occurredAt, donorId }: JournalLine, amountMinor: number, gifts: number): void {
    for (const tally of this.#tallies.values()) {
      if (occurredAt < tally.from || occurredAt >= tally.until) continue;
      tally.amountMinor += amountMinor;
      tally.gifts += gifts;
      if (tally.byDonor) tally.giftsOf.set(donorId, (tally.giftsOf.get(donorId) ?? 0) + gifts);
    }
  }

  *differences(ruleId: string, recorded: Progress, unlocked: boolean): Generator<string> {
    const tally = this.#tallies.get(ruleId);
    if (tally === undefined) return yield `rule ${ruleId} is no challenge`;
    const { amountMinor, gifts } = tally;
    if (recorded.amountMinor !== amountMinor || recorded.gifts !== gifts || recorded.unlocked !== unlocked)
      yield `challenge ${ruleId} is ${JSON.stringify(recorded)}, not ${JSON.stringify({ amountMinor, gifts, unlocked })}`;
    if (!tally.byDonor) return;
    let donors = 0;
    for (const given of tally.giftsOf.values()) if (given > 0) donors += 1;
    if (recorded.donors !== donors) yield `challenge ${ruleId} has ${recorded.donors} donors, not ${donors}`;
  }
}
