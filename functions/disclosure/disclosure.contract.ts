import * as z from 'zod';
import { CAMPAIGN_STATUSES } from '../campaigns/campaign-state.ts';
import { currencySchema } from '../kernel/money.ts';
import { instantSchema, localDateSchema, timeZoneSchema } from '../kernel/time.ts';
import { matchingRuleSchema } from '../matching/matching-rule.ts';
import { type AreaContract, amountAnswer as amount, countAnswer as count, nextAnswer } from '../platform/contract.ts';

const goods = {
  goodsMinor: amount.describe('Assessed value of goods given; in no sum with money'),
  goodsBackMinor: amount.describe('What of the goods went back'),
};
const sums = {
  gifts: count.describe('In money and in goods'),
  giftsMinor: amount.describe('Money given, gross'),
  refundedMinor: amount.describe('What of the money went back to donors'),
  ...goods,
  matchMinor: amount,
};
const window = z.object({
  from: instantSchema,
  until: instantSchema,
  subPoolId: z.string().nullable(),
  remainingMinor: amount,
});

const publicGift = z.object({
  no: count.describe('The gift’s place in the recorded order, from 1, without gaps'),
  at: instantSchema,
  name: z.string().nullable().describe('null where the donor gave without a name'),
  unitId: z.string().nullable(),
  giftMinor: amount.describe('Money; 0 of a gift in goods'),
  refundedMinor: amount,
  ...goods,
  matchMinor: amount.describe('What sponsors add to it now'),
});

const publicMatch = z.object({
  poolMinor: amount,
  remainingMinor: amount,
  stage: z.enum(['not-open', 'provisional', 'publicised', 'confirmed', 'paid']),
  noticeUntil: instantSchema.nullable(),
  planVersion: z.number().int().min(1),
  rules: z.array(matchingRuleSchema),
  funds: z.array(
    z.object({
      ruleId: z.string(),
      poolMinor: amount,
      remainingMinor: amount,
      subPools: z.record(z.string(), amount).nullable().describe('What is left of each part, by its id'),
      challenge: z
        .object({
          amountMinor: amount,
          donors: count,
          gifts: count,
          unlocked: z.boolean(),
          reached: count,
          threshold: count,
        })
        .nullable(),
      currentWindow: window.nullable(),
      nextWindow: window.nullable(),
    }),
  ),
  commitments: z.array(
    z.object({
      ruleId: z.string(),
      seedHash: z.string().describe('SHA-256 of the seed’s bytes, hexadecimal, known since the approval'),
      seed: z.string().nullable().describe('The seed, once matching is closed'),
    }),
  ),
  changes: z.array(
    z.object({
      giftNo: count,
      at: instantSchema,
      kind: z.string(),
      giftMinor: amount,
      refundedMinor: amount,
      ...goods,
      matchChangeMinor: amount,
    }),
  ),
  moreChanges: z.boolean(),
});

const raised = z.object({ ...sums, lumpMinor: amount, totalMinor: amount });

const publicFigures = z.object({
  campaignId: z.string(),
  status: z.enum(CAMPAIGN_STATUSES),
  title: z.string(),
  organisationName: z.string(),
  language: z.enum(['zh-CN', 'en']),
  purpose: z.string(),
  window: z.object({ firstDay: localDateSchema, lastDay: localDateSchema, zone: timeZoneSchema }),
  currency: currencySchema,
  targetMinor: amount,
  raised: z.object({
    ...sums,
    donors: count,
    refundedGifts: count,
    lumpMinor: amount,
    totalMinor: amount.describe('Money given less refunds, match and lump sums'),
  }),
  match: publicMatch,
  units: z.array(z.object({ rank: count, id: z.string(), name: z.string(), ...sums })),
  days: z.array(z.object({ day: localDateSchema, ...sums })),
  whatCounts: z.record(z.string(), z.record(z.string(), z.string())).describe('What each figure counts, by language'),
  generatedData: z.boolean().describe('True where the campaign and its gifts are made up'),
  parentCampaignId: z.string().nullable().describe('The project of which this is a sub-plan'),
  project: z
    .object({
      byItself: raised,
      subPlans: z.array(
        z.object({
          campaignId: z.string(),
          title: z.string(),
          organisationName: z.string(),
          status: z.string(),
          raised,
        }),
      ),
      together: raised,
    })
    .nullable()
    .describe('Of a project with sub-plans: its parts, which add up to the whole'),
});

const share = z.object({ amountMinor: amount, basisPoints: count });
const publicPlan = z.looseObject({
  campaignId: z.string(),
  title: z.string(),
  purpose: z.string(),
  contact: z.object({ name: z.string(), officeAddress: z.string(), phone: z.string() }),
  bankAccount: z.object({ holder: z.string(), bank: z.string(), number: z.string().describe('Its last four digits') }),
  budgetShares: z.object({ programme: share, fundraising: share, management: share }),
});

const team = z.object({
  teamId: z.string(),
  campaignId: z.string(),
  name: z.string(),
  slogan: z.string().nullable(),
  targetMinor: amount,
  takesGifts: z.boolean(),
  raised: z.object(sums),
  invitation: z.object({ teamId: z.string(), path: z.string() }).describe('What a member’s order carries'),
});

const unknown = { 404: ['unknown-campaign'] };

export const disclosureContract = {
  tag: 'Public figures',
  named: { PublicFigures: publicFigures, PublicGift: publicGift, PublicTeam: team },
  routes: [
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}',
      operation: 'getPublicFigures',
      summary: 'The figures of a campaign, from its approval on. Cacheable for ten seconds.',
      etag: true,
      answers: { 200: { description: 'The figures', body: publicFigures }, 304: { description: 'You have it' } },
      problems: unknown,
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/plan',
      operation: 'getPublicPlan',
      summary:
        'The fundraising plan as the law has it shown where gifts are asked for; the account’s number is masked.',
      etag: true,
      answers: {
        200: { description: 'The plan', body: publicPlan },
        304: { description: 'You have it' },
      },
      problems: unknown,
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/teams',
      operation: 'listPublicTeams',
      summary: 'Teams that were approved, 50 a page, and what was given in teams and beside them.',
      etag: true,
      query: z.object({ after: z.string().optional().describe('`next` of the page before') }),
      answers: {
        200: {
          description: 'One page; a page may be short and have a next',
          body: z.object({
            campaignId: z.string(),
            inTeams: z.object(sums),
            besideTeams: z.object(sums),
            teams: z.array(team),
            next: z.string().nullable(),
          }),
        },
        304: { description: 'You have it' },
      },
      problems: unknown,
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/teams/{teamId}',
      operation: 'getPublicTeam',
      summary: 'A team, how far it has come, and what to hand on to those who join it.',
      etag: true,
      answers: { 200: { description: 'The team', body: team }, 304: { description: 'You have it' } },
      problems: { 404: ['unknown-campaign', 'unknown-team'] },
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/gifts',
      operation: 'listPublicGifts',
      summary: 'Gifts, newest first, 50 a page. Anonymous ones are listed without a name, so that the list adds up.',
      etag: true,
      query: z.object({ before: z.string().optional().describe('Gifts before this number, as `next` says') }),
      answers: {
        200: {
          description: 'One page',
          body: z.object({
            campaignId: z.string(),
            gifts: z.array(publicGift),
            next: nextAnswer,
            generatedData: z.boolean(),
          }),
        },
        304: { description: 'You have it' },
      },
      problems: { 400: ['bad-cursor'], ...unknown },
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/page',
      operation: 'getPublicPage',
      summary: 'The same as a page for people, without script.',
      etag: true,
      query: z.object({ lang: z.enum(['zh-CN', 'en']).optional() }),
      answers: { 200: { description: 'The page', contentType: 'text/html' }, 304: { description: 'You have it' } },
      problems: unknown,
    },
  ],
} as const satisfies AreaContract;
