import { decideClaim } from '../functions/matching/claim-decision.store.ts';
import { requestClaim } from '../functions/matching/match-claim.store.ts';
import type { MatchEntry } from '../functions/matching/match-entry.ts';
import { press } from './button.ts';
import { EMPLOYERS_CODE } from './matching-plan.ts';
import { clockOf, portsOf, type World } from './world.ts';

const MS_PER_DAY = 86_400_000;
/** So many donors of gifts that an employer would match ask for it, and so many of those with the right code. */
const ASK = 0.4;
const KNOW_THE_CODE = 0.9;
/** At once, while others still give; in the days after; during the public notice; after the thirty days that the rules here allow. */
const ASK_WITHIN_MS = [20_000, 20_000, 600_000, 3 * MS_PER_DAY, 14 * MS_PER_DAY, 36 * MS_PER_DAY] as const;
const DECIDE_WITHIN_MS = [2_000, 2_000, MS_PER_DAY, 10 * MS_PER_DAY] as const;
const AT_ONCE_MS = 3_000;
/** A claim waits while the gift's match is held, and is looked at again. */
const LOOKS_AT_HELD = 4;
const LOOKS_WITHIN_MS = 5 * MS_PER_DAY;

type Claimed = { readonly campaignId: string; readonly giftId: string; readonly ruleId: string };
type Decision = 'approve' | 'decline';

/** Donors who ask for their employers' matches, and the people who decide, through the stores that their doors call. */
export class Claims {
  /** Claims that were answered with `requested`. */
  readonly requested: Claimed[] = [];
  /** Decisions that were answered with `decided`. */
  readonly decided: (Claimed & { readonly decision: Decision })[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A gift was counted: where an employer's rule waits for its donor, some of them ask. */
  counted({
    campaignId,
    giftId,
    orderNo,
    draws,
  }: Pick<MatchEntry, 'campaignId' | 'giftId' | 'orderNo' | 'draws'>): void {
    const { scheduler, random } = this.#world;
    for (const { ruleId, outcome } of draws) {
      if (outcome !== 'awaits-claim' || !random.happens(ASK)) continue;
      const withinMs = random.below(random.pick(ASK_WITHIN_MS));
      const code = random.happens(KNOW_THE_CODE) ? EMPLOYERS_CODE : 'another-code';
      scheduler.after(withinMs, () => this.#ask({ campaignId, giftId, ruleId }, orderNo, code));
      if (random.happens(0.15))
        scheduler.after(withinMs + random.below(AT_ONCE_MS), () =>
          this.#ask({ campaignId, giftId, ruleId }, orderNo, code),
        );
    }
  }

  #ask(claimed: Claimed, orderNo: string, code: string): void {
    const world = this.#world;
    press(
      world,
      'request-match-claim',
      async (life) => {
        const { table } = portsOf(world, life, 'request-match-claim');
        const request = { orderNo, ruleId: claimed.ruleId, code };
        return requestClaim(table, claimed.campaignId, request, await clockOf(world)());
      },
      ({ kind }) => {
        if (kind !== 'requested') return;
        this.requested.push(claimed);
        this.#lookInto(claimed);
      },
    );
  }

  #lookInto(claimed: Claimed): void {
    const { scheduler, random } = this.#world;
    const withinMs = random.below(random.pick(DECIDE_WITHIN_MS));
    const decision: Decision = random.happens(0.75) ? 'approve' : 'decline';
    scheduler.after(withinMs, () => this.#decide(claimed, decision, 0));
    // Two people at once, of one mind or of two.
    if (random.happens(0.25)) {
      const other: Decision = random.happens(0.5) ? 'approve' : 'decline';
      scheduler.after(withinMs + random.below(AT_ONCE_MS), () => this.#decide(claimed, other, 0));
    }
  }

  #decide(claimed: Claimed, decision: Decision, looks: number): void {
    const world = this.#world;
    const { ruleId } = claimed;
    press(
      world,
      'decide-match-claim',
      async (life) => {
        const weakness = { hesitatesBy: 'held up before a claim is drawn' } as const;
        const { table, patience } = portsOf(world, life, 'decide-match-claim', { weakness });
        const about = { ...claimed, by: 'finance' };
        const now = await clockOf(world)();
        return decideClaim(table, about, { ruleId, decision, reason: 'looked into' }, now, patience);
      },
      (answer) => {
        if (answer.kind === 'decided') this.decided.push({ ...claimed, decision });
        else if (answer.code === 'match-held' && looks < LOOKS_AT_HELD)
          world.scheduler.after(world.random.below(LOOKS_WITHIN_MS), () => this.#decide(claimed, decision, looks + 1));
      },
    );
  }
}
