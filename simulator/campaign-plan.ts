import { type Campaign, campaignSchema } from '../functions/campaigns/campaign.ts';
import {
  type Instant,
  instantOfLocal,
  localDateSchema,
  plusSeconds,
  SECONDS_PER_HOUR,
  windowBounds,
} from '../functions/kernel/time.ts';
import { giftAmounts } from '../functions/matching/giving-day/gift-amounts.ts';
import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import type { MatchingPlan } from '../functions/matching/matching-plan.ts';
import { lumpLine, SAMPLE_PLAN } from '../local/demo/sample-plan.ts';
import { type CareerPlan, careerOf } from './career-plan.ts';
import type { Sluggishness } from './faulty-table.ts';
import { type GiftTime, giftTimes } from './gift-times.ts';
import { drawPlainPlan, drawRichPlan, neighbourPlan } from './matching-plan.ts';

/** One gift that somebody will give. */
export type PlannedGift = GiftTime & {
  readonly number: number;
  readonly campaign: Campaign;
  readonly amountMinor: number;
  readonly openid: string;
  readonly unitId: string | undefined;
  readonly email: string | undefined;
};

/** A campaign with what belongs to its matching alone, and when it comes to its end. */
export type PlannedCampaign = {
  readonly campaign: Campaign;
  /** Of its random rules, in hex. */
  readonly seeds: Readonly<Record<string, string>>;
  readonly career: CareerPlan;
};

/** A giving day: one campaign, sometimes a neighbour that shares a programme with it, a crowd and machinery, all of one seed. */
export type GivingDayPlan = {
  readonly campaigns: readonly [PlannedCampaign, ...PlannedCampaign[]];
  readonly startsAt: Instant;
  readonly gifts: readonly PlannedGift[];
  /** What the charity's lists say of donors, by openid. */
  readonly standings: ReadonlyMap<string, { readonly reach: number; readonly years: number }>;
  /** Shards of the table's stream, each with an allocator of its own. */
  readonly shards: number;
  readonly sluggishness: Sluggishness;
};

const ZONES = ['Asia/Shanghai', 'Asia/Shanghai', 'America/New_York', 'UTC'] as const;
/** A quick store, most of the time, and one so slow that everything overlaps. */
const SLUGGISHNESS: readonly [Sluggishness, ...Sluggishness[]] = [
  { oneIn: 100, ms: 200 },
  { oneIn: 10, ms: 1_000 },
  { oneIn: 2, ms: 3_000 },
];
const FIRST_DAY = localDateSchema.parse('2026-09-07');
const LAST_DAY = localDateSchema.parse('2026-09-09');
const MOST_UNITS = 6;
/** Most streams have few shards; with ten, batches of one campaign meet all the time. */
const SHARDS = [1, 2, 2, 3, 5, 10] as const;
/** The rush to the close: nearly everybody gives in the last seconds, and finalisation follows at once. */
const RUSH = 0.4;
/** Half of the campaigns have one simple rule, as most real ones do. */
const PLAIN = 0.5;
/** A neighbour gets so many of a campaign's gifts, from the same donors at the same moments. */
const NEIGHBOUR_SHARE = 0.2;
const MOST_REACH = 130;
const MOST_YEARS = 8;

/** Draws a giving day with this many gifts; one in `mailOneIn` leaves an address. */
export function givingDayPlan(
  campaignId: string,
  gifts: number,
  mailOneIn: number,
  random: SeededRandom,
): GivingDayPlan {
  const rush = random.happens(RUSH);
  const amounts = giftAmounts(gifts, random);
  const givenMinor = amounts.reduce((total, amount) => total + amount, 0);
  const unitIds = Array.from({ length: 1 + random.below(MOST_UNITS) }, (_, unit) => `unit-${unit}`);
  const zone = random.pick(ZONES);
  const needs = {
    givenMinor,
    gifts,
    lasting: rush,
    unitIds,
    firstDay: FIRST_DAY,
    window: { firstDay: FIRST_DAY, lastDay: LAST_DAY, zone },
  };
  const isPlain = random.happens(PLAIN);
  const matching = isPlain ? drawPlainPlan(needs, random) : drawRichPlan(needs, random);
  const campaign = openCampaign({ campaignId, zone, unitIds, givenMinor, matching });
  const { opensAt, closesAt } = windowBounds(campaign.proposal.window);
  const hours = {
    opensAt: Date.parse(opensAt),
    closesAt: Date.parse(closesAt),
    rush,
    boundaries: boundariesOf(campaign),
  };
  const donors = 1 + random.below(gifts);
  const planned = giftTimes(gifts, hours, random).map(
    (time, number): PlannedGift => ({
      ...time,
      number,
      campaign,
      amountMinor: amounts[number] ?? 1,
      openid: `openid-${random.below(donors)}`,
      unitId: random.happens(0.8) ? unitIds[random.below(unitIds.length)] : undefined,
      email: random.below(mailOneIn) === 0 ? `donor-${number}@example.org` : undefined,
    }),
  );
  const neighbouring = neighbourPlan(matching, givenMinor);
  const neighbour =
    neighbouring === undefined
      ? undefined
      : openCampaign({ campaignId: `${campaignId}n`, zone, unitIds, givenMinor, matching: neighbouring });
  const all = [campaign, ...(neighbour === undefined ? [] : [neighbour])] as const;
  const [first, ...others] = all.map(
    (one): PlannedCampaign => ({
      campaign: one,
      seeds: seedsOf(one.proposal.matching, random),
      career: careerOf(hours.closesAt, rush, random),
    }),
  );
  if (first === undefined) throw new RangeError('a giving day has a campaign');
  return {
    campaigns: [first, ...others],
    startsAt: plusSeconds(opensAt, -2 * SECONDS_PER_HOUR),
    shards: random.pick(SHARDS),
    sluggishness: random.pick(SLUGGISHNESS),
    gifts: neighbour === undefined ? planned : [...planned, ...besides(planned, neighbour, random)],
    standings: new Map(
      Array.from({ length: isPlain ? 0 : donors }, (_, donor) => [
        `openid-${donor}`,
        { reach: random.below(MOST_REACH), years: random.below(MOST_YEARS) },
      ]),
    ),
  };
}

/** Gifts to a neighbour, from donors who give to the first campaign at the same moment. */
function besides(gifts: readonly PlannedGift[], campaign: Campaign, random: SeededRandom): PlannedGift[] {
  const count = Math.max(1, Math.floor(gifts.length * NEIGHBOUR_SHARE));
  return Array.from({ length: count }, (_, n) => {
    const other = gifts[random.below(gifts.length)];
    if (other === undefined) throw new RangeError('a giving day has gifts');
    return { ...other, number: gifts.length + n, campaign, email: undefined };
  });
}

/** Every moment at which some rule begins or ends, the campaign itself included. */
function boundariesOf({ proposal: { window, matching } }: Campaign): number[] {
  const { opensAt, closesAt } = windowBounds(window);
  const moments = matching.rules.flatMap((rule) =>
    'windows' in rule ? (rule.windows ?? []).flatMap(({ from, until }) => [from, until]) : [],
  );
  return [opensAt, closesAt, ...moments.map((moment) => instantOfLocal(moment, window.zone))].map((at) =>
    Date.parse(at),
  );
}

const SEED_DIGITS = 64;
const seedsOf = ({ rules }: MatchingPlan, random: SeededRandom): Record<string, string> =>
  Object.fromEntries(
    rules
      .filter(({ kind }) => kind === 'random')
      .map(({ id }) => [id, Array.from({ length: SEED_DIGITS }, () => random.below(16).toString(16)).join('')]),
  );

type Essentials = {
  readonly campaignId: string;
  readonly zone: string;
  readonly unitIds: readonly string[];
  readonly givenMinor: number;
  readonly matching: MatchingPlan;
};

/** A campaign of three days as it stands when it has just opened. */
function openCampaign({ campaignId, zone, unitIds, givenMinor, matching }: Essentials): Campaign {
  const at = '2026-09-01T00:00:00Z';
  return campaignSchema.parse({
    type: 'campaign',
    campaignId,
    status: 'open',
    proposal: {
      ...SAMPLE_PLAN,
      organisationId: 'simulated',
      title: 'Simulated campaign',
      window: { firstDay: FIRST_DAY, lastDay: LAST_DAY, zone },
      targetMinor: givenMinor,
      budgetLines: [lumpLine('All', 'programme', givenMinor)],
      units: unitIds.map((id) => ({ id, name: id })),
      matching,
      reportRecipients: ['finance@example.org'],
      generatedData: true,
    },
    round: 1,
    version: 1,
    submittedBy: 'simulator',
    createdAt: at,
    updatedAt: at,
  });
}
