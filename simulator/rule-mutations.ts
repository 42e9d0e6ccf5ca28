import { createHmac, createSecretKey } from 'node:crypto';
import { plusSeconds } from '../functions/kernel/time.ts';
import type { MatchingRule } from '../functions/matching/matching-rule.ts';
import { betweenByWord, wins, wordsOf } from '../functions/matching/rules/luck.ts';
import type { GivingDayPlan } from './campaign-plan.ts';
import {
  afterwards,
  forgettingBonus,
  lessAgain,
  lockedAgain,
  neverLocking,
  UNLIMITED,
  unlimited,
  withMore,
  without,
} from './misread-pools.ts';
import { eachRule, misreading, withPlan } from './misreading.ts';
import { type Mutation, ported, withGiftRule, withRule } from './mutation.ts';
import { type Drawn, pageIn, recounting, redrawing } from './rewriting.ts';

const DAY_SECONDS = 86_400;

const withScreen = ({ campaigns }: GivingDayPlan): boolean =>
  campaigns.some(({ campaign }) => campaign.proposal.matching.screen !== undefined);
/** Some pool is too small for what the gifts would draw. */
const endsEarly = ({ campaigns }: GivingDayPlan): boolean =>
  campaigns.some(({ campaign: { proposal } }) =>
    proposal.matching.rules.some(
      (rule) =>
        rule.kind === 'ratio' && rule.poolMinor * rule.denominator < (proposal.targetMinor * rule.numerator) / 2,
    ),
  );
const isChallenge = ({ kind }: MatchingRule): boolean => kind === 'challenge';

/** Breaks of what a gift draws: each as if the rule had been written so. */
export const RULE_MUTATIONS: readonly Mutation[] = [
  { name: 'round-half-up', breaks: 'half a fen of match becomes a whole one', ports: redrawing(roundedHalfUp) },
  {
    name: 'ignore-gift-cap',
    where: withGiftRule(({ perGift }) => perGift?.capMinor !== undefined),
    breaks: 'a gift draws more than its cap',
    ports: misreading({ read: eachRule(({ perGift }) => ({ perGift: without(perGift, 'capMinor') })) }),
  },
  {
    name: 'ignore-smallest-gift',
    where: withGiftRule(({ perGift }) => perGift?.minMinor !== undefined),
    breaks: 'a gift draws although it is too small',
    ports: misreading({ read: eachRule(({ perGift }) => ({ perGift: without(perGift, 'minMinor') })) }),
  },
  {
    name: 'ignore-donor-cap',
    where: withGiftRule(({ perDonor }) => perDonor?.capMinor !== undefined),
    breaks: 'a donor draws more than a rule gives one donor',
    ports: misreading({ read: eachRule(({ perDonor }) => ({ perDonor: unlimited(perDonor, 'capMinor') })) }),
  },
  {
    name: 'ignore-day-cap',
    where: withGiftRule(({ perDonor }) => perDonor?.perDayMinor !== undefined),
    breaks: 'a donor draws more than a rule gives in a day',
    ports: misreading({ read: eachRule(({ perDonor }) => ({ perDonor: unlimited(perDonor, 'perDayMinor') })) }),
  },
  {
    name: 'ignore-year-cap',
    where: withGiftRule(({ perDonor }) => perDonor?.perYear !== undefined),
    breaks: 'a donor draws more than a programme gives in a year',
    ports: misreading({
      read: eachRule(({ perDonor }) =>
        perDonor?.perYear === undefined
          ? {}
          : { perDonor: { ...perDonor, perYear: { ...perDonor.perYear, capMinor: UNLIMITED as never } } },
      ),
    }),
  },
  {
    name: 'ignore-unit-cap',
    where: withGiftRule(({ perUnit }) => perUnit !== undefined),
    breaks: 'gifts of a unit draw more than its part',
    ports: misreading({
      read: eachRule(({ perUnit }) => (perUnit === undefined ? {} : { perUnit: { capMinor: UNLIMITED as never } })),
    }),
  },
  {
    name: 'ignore-window',
    breaks: 'gifts are matched whenever they were paid',
    ports: misreading({
      read: (pool) => ({
        ...eachRule(() => ({ windows: undefined, subPools: undefined }))(pool),
        opensAt: plusSeconds(pool.opensAt, -2 * DAY_SECONDS),
        closesAt: plusSeconds(pool.closesAt, 2 * DAY_SECONDS),
      }),
    }),
  },
  {
    name: 'include-the-end',
    breaks: 'the moment at which a window ends belongs to it',
    ports: misreading({ read: (pool) => ({ ...pool, closesAt: afterwards(pool.closesAt) }) }),
  },
  {
    name: 'ignore-sub-pools',
    where: withGiftRule(({ subPools }) => subPools !== undefined),
    breaks: 'a window draws from the whole pool instead of its own part',
    ports: misreading({
      read: eachRule(({ windows }) => ({
        subPools: undefined,
        windows: windows?.map(({ from, until }) => ({ from, until })),
      })),
    }),
  },
  {
    name: 'ignore-multiple',
    where: ({ campaigns }) => campaigns.some(({ campaign }) => campaign.proposal.matching.maxMultiple !== undefined),
    breaks: 'sponsors together give more than the largest multiple',
    ports: misreading({ read: (pool) => withPlan(pool, { ...pool.plan, maxMultiple: undefined }) }),
  },
  {
    name: 'reverse-priority',
    breaks: 'the last sponsor gives first',
    ports: misreading({
      read: (pool) => ({
        ...withPlan(pool, { ...pool.plan, rules: pool.plan.rules.toReversed() }),
        funds: pool.funds.toReversed(),
      }),
      written: (funds) => funds.toReversed(),
    }),
  },
  {
    name: 'ignore-end',
    where: endsEarly,
    breaks: 'a pool gives more than it has',
    ports: misreading({ read: (pool) => withMore(pool, UNLIMITED), written: (funds, pool) => lessAgain(funds, pool) }),
  },
  {
    name: 'match-after-finalisation',
    breaks: 'late gifts draw from a finalised pool',
    ports: misreading({ read: (pool) => ({ ...pool, state: 'open' }) }),
  },
  {
    name: 'hold-nothing',
    where: withScreen,
    breaks: 'gifts that come too fast are not held',
    ports: misreading({ read: (pool) => withPlan(pool, { ...pool.plan, screen: undefined }) }),
  },
  {
    name: 'draw-by-arrival',
    where: withRule(({ kind }) => kind === 'random'),
    breaks: 'a lot is drawn by the order of arrival instead of the gift',
    ports: redrawing(byArrival),
  },
  {
    name: 'wrong-seed-word',
    where: withRule(({ kind }) => kind === 'random'),
    breaks: 'the share of a gift is drawn by the word that wins',
    ports: redrawing(byFirstWord),
  },
  {
    name: 'bonus-every-time',
    where: withRule((rule) => rule.kind === 'loyalty' && rule.streakBonus !== undefined),
    breaks: 'a bonus that a donor gets once is given again',
    ports: ported(
      (table) => ({
        getMany: async (keys) => (await table.getMany(keys)).map(forgettingBonus),
      }),
      'allocate-donations',
    ),
  },
  {
    name: 'challenge-pays-again',
    where: withRule(isChallenge),
    breaks: 'a challenge that is met is met again by the next gift',
    ports: misreading({ read: (pool) => ({ ...pool, funds: pool.funds.map(lockedAgain) }) }),
  },
  {
    name: 'challenge-not-relocked',
    where: (plan) => withRule(isChallenge)(plan) && plan.campaigns.some(({ career }) => career.refundShare >= 0.25),
    breaks: 'a challenge stays met when refunds take away what met it',
    ports: misreading({ read: neverLocking }),
  },
  {
    name: 'challenge-counts-held',
    where: (plan) => withRule(isChallenge)(plan) && withScreen(plan),
    breaks: 'held gifts count for a challenge before a person has released them',
    ports: recounting((writes) => {
      const held = pageIn(writes)?.lines.filter((line) => line.held !== undefined) ?? [];
      return { amountMinor: held.reduce((total, { amountMinor }) => total + amountMinor, 0), gifts: held.length };
    }),
  },
];

/** Two, because half is one of two. */
const HALVES = 2n;

function roundedHalfUp({ rule, line, outcome, matchMinor }: Drawn): number {
  if (rule.kind !== 'ratio' || rule.bands !== undefined || outcome !== 'matched') return matchMinor;
  const [product, divisor] = [BigInt(line.amountMinor) * BigInt(rule.numerator), BigInt(rule.denominator)];
  return Number((HALVES * product + divisor) / (HALVES * divisor));
}

/** Only where the real draw won without any cap, and never more than it: so that nothing but the lot is wrong. */
function byFirstWord({ rule, line, outcome, matchMinor, seed }: Drawn): number {
  if (rule.kind !== 'random' || outcome !== 'matched') return matchMinor;
  const [first] = wordsOf(createSecretKey(seed, 'hex'), rule.id, line.giftId);
  const share = betweenByWord(first, rule.lowBasisPoints, rule.highBasisPoints);
  return Math.min(matchMinor, Math.floor((line.amountMinor * share) / 10_000));
}

function byArrival({ rule, matchMinor, sequence, seed }: Drawn): number {
  if (rule.kind !== 'random') return matchMinor;
  const digest = createHmac('sha256', Buffer.from(seed, 'hex')).update(`${rule.id}:${sequence}`).digest();
  return wins(digest.readUInt32BE(0), rule) ? matchMinor : 0;
}
