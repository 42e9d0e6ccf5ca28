import { type Campaign, campaignSchema } from '../functions/campaigns/campaign.ts';
import { type Instant, plusSeconds, SECONDS_PER_HOUR, windowBounds } from '../functions/kernel/time.ts';
import type { MatchingPlan } from '../functions/matching/matching-pool.ts';
import { giftAmounts } from '../local/demo/gift-amounts.ts';
import type { SeededRandom } from '../local/demo/seeded-random.ts';
import type { Sluggishness } from './faulty-table.ts';
import { type GiftTime, giftTimes } from './gift-times.ts';
import { drawMatchingPlan } from './matching-plan.ts';

/** One gift that somebody will give. */
export type PlannedGift = GiftTime & {
  readonly number: number;
  readonly amountMinor: number;
  readonly openid: string;
  readonly unitId: string | undefined;
  readonly email: string | undefined;
};

/** A campaign, its crowd and its machinery, all drawn from one seed. */
export type CampaignPlan = {
  readonly campaign: Campaign;
  readonly startsAt: Instant;
  readonly gifts: readonly PlannedGift[];
  /** Shards of the table's stream, each with an allocator of its own. */
  readonly shards: number;
  readonly finalisation: FinalisationPlan;
  readonly sluggishness: Sluggishness;
};

/** When matching is finalised, in epoch milliseconds. */
export type FinalisationPlan = {
  /** From then on at any moment that is bad for it. */
  readonly soonestAt: number;
  /** Then in any case. */
  readonly firstAt: number;
};

const ZONES = ['Asia/Shanghai', 'Asia/Shanghai', 'America/New_York', 'UTC'] as const;
/** A quick store, most of the time, and one so slow that everything overlaps. */
const SLUGGISHNESS: readonly [Sluggishness, ...Sluggishness[]] = [
  { oneIn: 100, ms: 200 },
  { oneIn: 10, ms: 1_000 },
  { oneIn: 2, ms: 3_000 },
];
const MOST_UNITS = 6;
const MOST_SHARDS = 10;
/** The rush to the close: nearly everybody gives in the last seconds, and finalisation follows at once. */
const RUSH = 0.4;
/** When it is due; or as soon after the close, while gifts still trickle in. */
const SETTLING_MS = 35 * 3_600_000;
const HASTY_MS = [60_000, 600_000, 3_600_000] as const;

/** Draws a campaign with this many gifts; one in `mailOneIn` leaves an address. */
export function campaignPlan(campaignId: string, gifts: number, mailOneIn: number, random: SeededRandom): CampaignPlan {
  const rush = random.happens(RUSH);
  const amounts = giftAmounts(gifts, random);
  const givenMinor = amounts.reduce((total, amount) => total + amount, 0);
  const units = 1 + random.below(MOST_UNITS);
  const campaign = openCampaign({
    campaignId,
    zone: random.pick(ZONES),
    units,
    givenMinor,
    matching: drawMatchingPlan({ givenMinor, lasting: rush }, random),
  });
  const { opensAt, closesAt } = windowBounds(campaign.proposal.window);
  const hours = { opensAt: Date.parse(opensAt), closesAt: Date.parse(closesAt), rush };
  const donors = 1 + random.below(gifts);
  return {
    campaign,
    startsAt: plusSeconds(opensAt, -2 * SECONDS_PER_HOUR),
    shards: 1 + random.below(MOST_SHARDS),
    sluggishness: random.pick(SLUGGISHNESS),
    finalisation: finalisationAfter(hours.closesAt, rush || random.happens(0.5), random),
    gifts: giftTimes(gifts, hours, random).map((time, number) => ({
      ...time,
      number,
      amountMinor: amounts[number] ?? 1,
      openid: `openid-${random.below(donors)}`,
      unitId: random.happens(0.8) ? unitIdOf(random.below(units)) : undefined,
      email: random.below(mailOneIn) === 0 ? `donor-${number}@example.org` : undefined,
    })),
  };
}

function finalisationAfter(closesAt: number, hasty: boolean, random: SeededRandom): FinalisationPlan {
  if (hasty) return { soonestAt: closesAt, firstAt: closesAt + random.below(random.pick(HASTY_MS)) };
  return { soonestAt: closesAt + SETTLING_MS, firstAt: closesAt + SETTLING_MS };
}

const unitIdOf = (unit: number): string => `unit-${unit}`;

type Essentials = {
  readonly campaignId: string;
  readonly zone: string;
  readonly units: number;
  readonly givenMinor: number;
  readonly matching: MatchingPlan;
};

/** A campaign of three days as it stands when it has just opened. */
function openCampaign({ campaignId, zone, units, givenMinor, matching }: Essentials): Campaign {
  const at = '2026-09-01T00:00:00Z';
  return campaignSchema.parse({
    type: 'campaign',
    campaignId,
    status: 'open',
    proposal: {
      organisationId: 'simulated',
      title: 'Simulated campaign',
      purpose: 'To be simulated',
      beneficiaries: 'Nobody',
      window: { firstDay: '2026-09-07', lastDay: '2026-09-09', zone },
      targetMinor: givenMinor,
      budgetLines: [{ item: 'All', kind: 'programme', amountMinor: givenMinor }],
      units: Array.from({ length: units }, (_, unit) => ({ id: unitIdOf(unit), name: `Unit ${unit}` })),
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
