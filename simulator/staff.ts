import { minor } from '../functions/kernel/money.ts';
import { decideMatch } from '../functions/matching/match-decision.store.ts';
import { changePools } from '../functions/matching/pool-change.store.ts';
import type { PoolChange } from '../functions/matching/pool-change.ts';
import type { BooksAudit } from './books-audit.ts';
import { press } from './button.ts';
import type { CareerPlan } from './career-plan.ts';
import { clockOf, portsOf, type World } from './world.ts';

const MS_PER_DAY = 86_400_000;
const SOON_MS = 600_000;
const AROUND_MS = 5_000;
/** A person looks at a held match at once, or within so many days: before and after the end of the public notice. */
const DECIDES_WITHIN_DAYS = 14;
const VOIDS_WITHIN_DAYS = 14;
/** How large a pool becomes: of what it is now. */
const SIZES = [0, 0.5, 0.9, 1.1, 3] as const;

type Decision = 'release' | 'void';

/** The people who look into matches and speak for sponsors, through the stores that their doors will call. */
export class Staff {
  /** Decisions that were answered with `decided`, by gift. */
  readonly acknowledged: { readonly giftId: string; readonly kind: Decision; readonly campaignId: string }[] = [];
  /** Versions of the plan that were answered with `changed`; the same change asked for twice is one. */
  readonly changedPlans = new Set<number>();
  readonly #world: World;
  readonly #books: BooksAudit;

  /** `busyMoments` are when gifts are counted, in epoch milliseconds. */
  constructor(world: World, books: BooksAudit, { poolChanges }: CareerPlan, busyMoments: readonly number[]) {
    this.#world = world;
    this.#books = books;
    const { scheduler, random } = world;
    books.onHeld = (giftId) => this.#lookInto(giftId);
    for (let change = 0; change < poolChanges; change += 1)
      scheduler.at((busyMoments[random.below(busyMoments.length)] ?? 0) + random.below(AROUND_MS), () =>
        this.#changePool(),
      );
  }

  #lookInto(giftId: string): void {
    const { scheduler, random } = this.#world;
    const decision: Decision = random.happens(0.6) ? 'release' : 'void';
    const withinMs = random.happens(0.5) ? SOON_MS : DECIDES_WITHIN_DAYS * MS_PER_DAY;
    scheduler.after(random.below(withinMs), () => this.#decide(giftId, decision));
    // Two people look at the same gift, and see it differently.
    if (random.happens(0.2)) scheduler.after(random.below(withinMs), () => this.#decide(giftId, 'void'));
  }

  /** Takes the match of any gift away, later. */
  planVoid(giftId: string, countedAt: number): void {
    const { scheduler, random } = this.#world;
    scheduler.at(countedAt + random.below(VOIDS_WITHIN_DAYS * MS_PER_DAY), () => this.#decide(giftId, 'void'));
  }

  #decide(giftId: string, kind: Decision): void {
    const world = this.#world;
    const { campaignId } = this.#books.campaign;
    press(
      world,
      'decide-match',
      async (life) => {
        const { table, patience } = portsOf(world, life, 'decide-match');
        const about = { campaignId, giftId, by: 'finance' };
        return decideMatch(table, about, { decision: kind, reason: 'looked into' }, await clockOf(world)(), patience);
      },
      (answer) => {
        if (answer.kind === 'decided') this.acknowledged.push({ giftId, kind, campaignId });
      },
    );
  }

  #changePool(): void {
    const { random } = this.#world;
    const { plan, planVersion, funds } = this.#books.pool ?? { plan: { rules: [] }, planVersion: 0, funds: [] };
    const changeable = plan.rules.filter(({ kind }) => kind !== 'challenge' && kind !== 'performance');
    const rule = changeable[random.below(changeable.length)];
    if (rule === undefined) return;
    const part = 'subPools' in rule ? rule.subPools?.[random.below(rule.subPools.length)] : undefined;
    const now = part?.poolMinor ?? rule.poolMinor;
    const fund = funds.find(({ ruleId }) => ruleId === rule.id);
    const left = (part === undefined ? fund?.remainingMinor : fund?.subPools?.[part.id]) ?? 0;
    // To just what was drawn, a little under or over it, or to some other size.
    const wished = random.happens(0.4) ? now - left + random.below(3) - 1 : now * random.pick(SIZES);
    // A quadratic round shares something, or nothing could be said of it.
    const poolMinor = minor(Math.max(rule.kind === 'quadratic' ? 100 : 0, Math.floor(wished)));
    const changes = [{ ruleId: rule.id, subPoolId: part?.id, poolMinor }];
    this.#carryOut({ planVersion, reason: 'the sponsor says so', changes });
  }

  #carryOut(change: PoolChange): void {
    const world = this.#world;
    const about = { campaignId: this.#books.campaign.campaignId, by: 'finance' };
    press(
      world,
      'change-pools',
      async (life) => {
        const weakness = { hesitatesBy: 'held up before a pool changes' } as const;
        const { table, patience } = portsOf(world, life, 'change-pools', { weakness });
        return changePools(table, about, change, await clockOf(world)(), patience);
      },
      (answer) => {
        if ('planVersion' in answer) this.changedPlans.add(answer.planVersion);
      },
    );
  }
}
