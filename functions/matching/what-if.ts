import { createHash } from 'node:crypto';
import { type Instant, localHours } from '../kernel/time.ts';
import { type CampaignFrame, type Engine, engineOf } from './matching-engine.ts';
import type { MatchingPlan } from './matching-plan.ts';
import type { GiftToMatch } from './matching-state.ts';
import { DraftTally } from './what-if/draft-tally.ts';
import type { WhatIfResult } from './what-if/figures.ts';

export type WhatIfSetting = {
  readonly frame: CampaignFrame;
  /** The campaign's units: those that a performance round shares over. */
  readonly unitIds: readonly string[];
  /** Decides the made-up seeds of random rules: the same number gives the same lots. Real draws will differ. */
  readonly lotSeed: number;
};

/**
 * Replays gifts against drafts of a plan with the engine that matches real ones, and adds up what would come of it.
 * Memory grows with donors, units and hours and not with gifts. Drafts have to be free of problems (planProblems).
 */
export class WhatIf {
  readonly #engines: readonly Engine[];
  readonly #drafts: readonly DraftTally[];
  readonly #frame: CampaignFrame;
  readonly #localTime: ReturnType<typeof localHours>;
  readonly #hours = new Map<string, { readonly place: number; gifts: number; amountMinor: number }>();
  readonly #donors = new Set<string>();
  readonly #outside = { gifts: 0, amountMinor: 0 };
  #gifts = 0;
  #amountMinor = 0;

  constructor(plans: readonly MatchingPlan[], { frame, unitIds, lotSeed }: WhatIfSetting) {
    this.#frame = frame;
    this.#localTime = localHours(frame.zone);
    this.#engines = plans.map((plan) => engineOf(plan, frame, madeUpSeeds(plan, lotSeed)));
    this.#drafts = this.#engines.map((engine) => new DraftTally(engine, unitIds));
  }

  /** Whether any draft looks at a donor's reach or years. */
  get needsStandings(): boolean {
    return this.#engines.some((engine) => engine.needsStandings);
  }

  /** The next gift; gifts have to come in the order in which they would be counted. */
  take(gift: GiftToMatch): void {
    this.#gifts += 1;
    this.#amountMinor += gift.amountMinor;
    this.#donors.add(gift.donorId);
    const place = this.#placeOf(gift.occurredAt, gift.amountMinor);
    for (const draft of this.#drafts) draft.take(gift, place);
  }

  #placeOf(occurredAt: Instant, amountMinor: number): number | undefined {
    if (occurredAt < this.#frame.opensAt || occurredAt >= this.#frame.closesAt) {
      this.#outside.gifts += 1;
      this.#outside.amountMinor += amountMinor;
      return undefined;
    }
    const { day, hour } = this.#localTime(occurredAt);
    const name = `${day}T${String(hour).padStart(2, '0')}:00`;
    let known = this.#hours.get(name);
    if (known === undefined) {
      known = { place: this.#hours.size, gifts: 0, amountMinor: 0 };
      this.#hours.set(name, known);
    }
    known.gifts += 1;
    known.amountMinor += amountMinor;
    return known.place;
  }

  /** The figures, once everything has been taken. */
  result(): WhatIfResult {
    const met = [...this.#hours];
    // In order of time already where gifts came so; a journal may hold late ones.
    const order = met.map((_, place) => place).sort((a, b) => ((met[a]?.[0] ?? '') < (met[b]?.[0] ?? '') ? -1 : 1));
    return {
      gifts: {
        count: this.#gifts,
        amountMinor: this.#amountMinor,
        donors: this.#donors.size,
        outside: { ...this.#outside },
      },
      hours: order.flatMap((place) => {
        const [hour, { gifts, amountMinor }] = met[place] ?? ['', { gifts: 0, amountMinor: 0 }];
        return [{ hour, gifts, amountMinor }];
      }),
      drafts: this.#drafts.map((draft) => {
        const figures = draft.figures(this.#gifts, met.length);
        const rules = figures.rules.map((rule) => ({
          ...rule,
          usedByHourMinor: order.map((place) => rule.usedByHourMinor[place] ?? 0),
        }));
        return { ...figures, rules };
      }),
    };
  }
}

/** Replays gifts that are at hand or made one by one. */
export function whatIf(
  plans: readonly MatchingPlan[],
  setting: WhatIfSetting,
  gifts: Iterable<GiftToMatch>,
): WhatIfResult {
  const replay = new WhatIf(plans, setting);
  for (const gift of gifts) replay.take(gift);
  return replay.result();
}

/** Seeds that were never secret, so that nobody could ever take them for real ones. */
const madeUpSeeds = (plan: MatchingPlan, lotSeed: number): Record<string, string> =>
  Object.fromEntries(
    plan.rules
      .filter(({ kind }) => kind === 'random')
      .map(({ id }) => [id, createHash('sha256').update(`what-if:${lotSeed}:${id}`).digest('hex')]),
  );
