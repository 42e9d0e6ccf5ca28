import type { Item } from '../functions/platform/table.ts';
import type { GivingDayPlan } from './campaign-plan.ts';
import { unlimited } from './misread-pools.ts';
import { eachRule, misreading } from './misreading.ts';
import { all, isCrowded, type Mutation, ported, rewriting, withGiftRule, withoutGuard } from './mutation.ts';

const withEmployer = withGiftRule(({ kind }) => kind === 'employer');

/** What stands under a gift, as whoever decides on a claim gets to see it. */
const seeing = (shown: (item: Item) => Item | undefined) =>
  ported(
    (table) => ({
      query: async (question, options) => {
        const page = await table.query(question, options);
        if (!question.partition.startsWith('GIFT#')) return page;
        return { ...page, items: page.items.map(shown).filter((item) => item !== undefined) };
      },
    }),
    'decide-match-claim',
  );

/** Breaks of employers' matches, which are drawn when a person approves a claim. */
export const CLAIM_MUTATIONS: readonly Mutation[] = [
  {
    name: 'claim-for-whole-gift',
    where: (plan: GivingDayPlan) =>
      withEmployer(plan) && plan.campaigns.some(({ career }) => career.refundShare >= 0.1),
    breaks: 'an employer matches what has gone back to the donor as well',
    ports: seeing((item) => (item['kind'] === 'refund' ? undefined : item)),
  },
  {
    name: 'claim-despite-hold',
    where: (plan: GivingDayPlan) =>
      withEmployer(plan) && plan.campaigns.some(({ campaign }) => campaign.proposal.matching.screen !== undefined),
    breaks: 'a claim is approved while the match of its gift is held',
    ports: seeing((item) => (item.type === 'match' ? { ...item, held: undefined } : item)),
  },
  {
    name: 'claim-ignores-donor-cap',
    where: withGiftRule(({ kind, perDonor }) => kind === 'employer' && perDonor?.capMinor !== undefined),
    breaks: 'a claim draws more than the employer gives for one donor',
    ports: misreading(
      { read: eachRule(({ perDonor }) => ({ perDonor: unlimited(perDonor, 'capMinor') })) },
      'decide-match-claim',
    ),
  },
  {
    name: 'unguarded-claim',
    where: (plan: GivingDayPlan) => withEmployer(plan) && isCrowded(plan),
    breaks: 'a claim is drawn whatever has been drawn meanwhile',
    ports: rewriting(
      all(
        withoutGuard('POOL#', 'POOL', 'equals', 'sequence'),
        withoutGuard('POOL#', 'POOL', 'equals', 'adjustments'),
        withoutGuard('POOL#', 'ADJUSTMENT#', 'absent'),
      ),
      'decide-match-claim',
    ),
  },
  {
    name: 'decline-what-is-approved',
    where: withEmployer,
    breaks: 'a claim is decided on although somebody has decided on it meanwhile',
    ports: rewriting(withoutGuard('GIFT#', 'CLAIM#', 'equals', 'state'), 'decide-match-claim'),
  },
];
