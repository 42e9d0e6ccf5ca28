import type { definition as confirmMatching } from '../functions/matching/confirm-matching.lambda.ts';
import { readPool } from '../functions/matching/matching-pool.store.ts';
import type { MatchingPool } from '../functions/matching/matching-pool.ts';
import { isRoundRule } from '../functions/matching/matching-rule.ts';
import type { Fund } from '../functions/matching/matching-state.ts';
import { poolKey } from '../functions/platform/keys.ts';
import type { Item, Page, Table } from '../functions/platform/table.ts';
import type { GivingDayPlan } from './campaign-plan.ts';
import { misreading } from './misreading.ts';
import { all, forgetting, isAbout, type Mutation, ported, rewriting, withoutGuard, withRule } from './mutation.ts';
import { allThatIsLeft, itemIn, recounting, resettling } from './rewriting.ts';

const withItems = (page: Page, keeps: (item: Item) => boolean): Page => ({ ...page, items: page.items.filter(keeps) });

const withRefunds = ({ campaigns }: GivingDayPlan): boolean => campaigns.some(({ career }) => career.refundShare > 0);

/** Breaks of what becomes of matches after they are drawn. */
export const SETTLEMENT_MUTATIONS: readonly Mutation[] = [
  {
    name: 'skip-adjustments-guard',
    breaks: 'a batch is committed whatever has been settled since it was planned',
    ports: rewriting(withoutGuard('POOL#', 'POOL', 'equals', 'adjustments')),
  },
  {
    name: 'forget-refund',
    where: withRefunds,
    breaks: 'a refund is acknowledged and not written',
    ports: ported(
      (table) => ({
        transact: async (writes) =>
          itemIn(writes, 'refund') === undefined ? table.transact(writes) : { kind: 'committed' },
      }),
      'receive-wechat-pay',
    ),
  },
  {
    name: 'lose-refund-records',
    where: withRefunds,
    breaks: 'nobody hears of refunds but those who finalise and confirm',
    losesRefundRecords: true,
  },
  {
    name: 'settle-refund-again',
    where: withRefunds,
    breaks: 'that a refund is settled is not looked at',
    ports: (ports, of, store) =>
      ported((table) => ({
        query: async (question, options) => {
          const page = await table.query(question, options);
          return question.partition.startsWith('GIFT#') ? withItems(page, ({ type }) => type !== 'adjustment') : page;
        },
      }))(rewriting(withoutGuard('GIFT#', 'SETTLEMENT#', 'absent'))(ports, of), of, store),
  },
  {
    name: 'refund-in-full',
    where: withRefunds,
    breaks: 'a part of a gift that goes back takes the whole match with it',
    ports: resettling('refund', allThatIsLeft),
  },
  {
    name: 'refund-keeps-match',
    where: withRefunds,
    breaks: 'a gift that goes back leaves its match with the campaign',
    ports: resettling('refund', () => []),
  },
  { name: 'void-keeps-money', breaks: 'a void match stays drawn', ports: resettling('void', () => []) },
  {
    name: 'release-counts-twice',
    where: withRule(({ kind }) => kind === 'challenge'),
    breaks: 'a released gift counts twice for a challenge',
    ports: recounting((writes) => {
      const gifts = itemIn<{ kind: string }>(writes, 'adjustment')?.kind === 'release' ? 1 : 0;
      return { amountMinor: 100 * gifts, gifts };
    }),
  },
  {
    name: 'no-copy-of-settlement',
    breaks: 'what was settled is not kept under the gift',
    ports: rewriting(forgetting('GIFT#', 'SETTLEMENT#')),
  },
  {
    name: 'lost-decision-is-committed',
    where: ({ campaigns }) => campaigns.some(({ career }) => career.voidShare > 0.01),
    breaks: 'a decision that did not get through is taken for written',
    ports: ported(
      (table) => ({
        transact: async (writes) => {
          await table.transact(writes).catch(() => undefined);
          return { kind: 'committed' };
        },
      }),
      'decide-match',
    ),
  },
  {
    name: 'lower-below-drawn',
    where: ({ campaigns }) => campaigns.some(({ career }) => career.poolChanges > 0),
    breaks: 'a pool is made smaller than what was drawn from it',
    ports: misreading({ read: asIfNothingWereDrawn, written: drawnAgain }, 'change-pools'),
  },
  {
    name: 'unguarded-pool-change',
    where: ({ campaigns }) => campaigns.some(({ career }) => career.poolChanges > 0),
    breaks: 'a pool is made larger or smaller whatever has been drawn meanwhile',
    ports: rewriting(
      all(
        withoutGuard('POOL#', 'POOL', 'equals', 'sequence'),
        withoutGuard('POOL#', 'POOL', 'equals', 'adjustments'),
        withoutGuard('POOL#', 'ADJUSTMENT#', 'absent'),
      ),
      'change-pools',
    ),
  },
  {
    name: 'unguarded-year',
    where: ({ campaigns, shards, sluggishness }) => campaigns.length > 1 && shards > 1 && sluggishness.ms > 200,
    breaks: 'what a donor has drawn in a year is written whatever another campaign has given meanwhile',
    ports: rewriting(
      all(
        withoutGuard('DONOR#', 'PROGRAMME#', 'equals', 'matchedMinor'),
        withoutGuard('DONOR#', 'PROGRAMME#', 'absent'),
      ),
    ),
  },
  {
    name: 'finalise-ignores-refunds',
    where: ({ campaigns, shards }) => shards > 1 && campaigns.some(({ career }) => career.refundShare >= 0.1),
    breaks: 'matching is finalised while refunds are open',
    ports: ported(
      (table) => ({
        query: async (question, options) =>
          question.partition.endsWith('#REFUNDS') ? { items: [] } : table.query(question, options),
      }),
      'finalise-matching',
    ),
  },
  {
    name: 'reveal-seeds-early',
    where: withRule(({ kind }) => kind === 'random'),
    breaks: 'seeds are published while gifts still draw',
    ports: ported(revealing, 'allocate-donations'),
  },
  {
    name: 'confirm-ignores-held',
    where: ({ campaigns }) => campaigns.some(({ campaign }) => campaign.proposal.matching.screen !== undefined),
    breaks: 'matches are confirmed while some are held',
    confirm: (definition) => ({
      ...definition,
      handle: async (input, use, now) => {
        const outcome = await definition.handle(input, use, now);
        if (outcome.kind !== 'held') return outcome;
        await use.table.write({ update: poolKey(input.campaignId), set: { stage: 'confirmed' } });
        return { kind: 'confirmed', matchedMinor: 0 };
      },
    }),
  },
  {
    name: 'round-not-split-again',
    where: (plan) => withRule(isRoundRule)(plan) && withRefunds(plan),
    breaks: 'a round stays as it was split although gifts have gone back since',
    confirm: confirmingUnseen,
  },
];

function asIfNothingWereDrawn(pool: MatchingPool): MatchingPool {
  const funds = pool.funds.map((fund) => ({ ...fund, remainingMinor: fund.poolMinor, subPools: undefined }));
  const rules = pool.plan.rules.map((rule) => ('subPools' in rule ? { ...rule, subPools: undefined } : rule));
  return { ...pool, funds, plan: { ...pool.plan, rules } } as MatchingPool;
}

/** Takes off again what had been drawn from each fund. */
function drawnAgain(funds: readonly Fund[], { funds: seen }: MatchingPool): readonly Fund[] {
  return funds.map((fund, position) => {
    const before = seen[position];
    const drawn = (before?.poolMinor ?? 0) - (before?.remainingMinor ?? 0);
    const { subPools } = before ?? {};
    return { ...fund, remainingMinor: fund.remainingMinor - drawn, ...(subPools === undefined ? {} : { subPools }) };
  });
}

/** Puts the seeds that it has read into the pool. */
function revealing(table: Table): Partial<Table> {
  let seeds: Item[string];
  return {
    get: async (key, options) => {
      const item = await table.get(key, options);
      if (item?.type === 'seeds') seeds = item['seeds'];
      return item;
    },
    transact: (writes) =>
      table.transact(
        writes.map((write) =>
          seeds !== undefined && 'update' in write && isAbout(write, 'POOL#', 'POOL')
            ? { ...write, set: { ...write.set, revealedSeeds: seeds } }
            : write,
        ),
      ),
  };
}

/** Confirms as soon as the notice is over, without looking at anything. */
function confirmingUnseen(definition: typeof confirmMatching): typeof confirmMatching {
  return {
    ...definition,
    handle: async (input, use, now) => {
      const { noticeUntil, stage } = await readPool(use.table, input.campaignId);
      if (noticeUntil === undefined || noticeUntil > now || stage !== 'publicised')
        return definition.handle(input, use, now);
      await use.table.write({ update: poolKey(input.campaignId), set: { stage: 'confirmed' } });
      return { kind: 'confirmed', matchedMinor: 0 };
    },
  };
}
