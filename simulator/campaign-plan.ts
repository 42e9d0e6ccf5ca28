import { type Campaign, campaignSchema } from '../functions/campaigns/campaign.ts';
import { type Instant, plusSeconds, SECONDS_PER_HOUR, windowBounds } from '../functions/kernel/time.ts';
import { giftAmounts } from '../functions/matching/giving-day/gift-amounts.ts';
import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import type { Sluggishness } from './faulty-table.ts';

/** One gift that somebody will give. */
export type PlannedGift = {
  readonly number: number;
  readonly amountMinor: number;
  readonly openid: string;
  readonly unitId: string | undefined;
  readonly email: string | undefined;
  /** When the donor pays, in epoch milliseconds; whole seconds, as WeChat Pay's are. */
  readonly paidAt: number;
  /** How long after that the first notification leaves, in milliseconds, when nothing goes wrong. */
  readonly notifiedAfterMs: number;
};

/** A campaign, its crowd and its machinery, all drawn from one seed. */
export type CampaignPlan = {
  readonly campaign: Campaign;
  readonly startsAt: Instant;
  readonly closesAt: number;
  readonly gifts: readonly PlannedGift[];
  /** Shards of the table's stream, each with an allocator of its own. */
  readonly shards: number;
  /** When matching is finalised for the first time, in epoch milliseconds: at the close, or when it is due. */
  readonly firstFinalisationAt: number;
  readonly sluggishness: Sluggishness;
};

const ZONES = ['Asia/Shanghai', 'Asia/Shanghai', 'America/New_York', 'UTC'] as const;
const RATIOS = [
  [1, 1],
  [1, 1],
  [1, 2],
  [1, 3],
  [3, 2],
  [7, 11],
] as const;
const CAPS_MINOR = [150, 1_000, 10_000, 10_000_000] as const;
/** How much of what all gifts together would draw the pool holds: some end early, some never. */
const POOL_SHARES = [0.001, 0.1, 0.5, 0.9, 2] as const;
/** A quick store, most of the time, and one so slow that everything overlaps. */
const SLUGGISHNESS: readonly [Sluggishness, ...Sluggishness[]] = [
  { oneIn: 100, ms: 200 },
  { oneIn: 10, ms: 1_000 },
  { oneIn: 2, ms: 3_000 },
];
const DAYS = 3;
const MS_PER_DAY = 86_400_000;
/** One gift in this many is paid before the opening or after the close. */
const OUTSIDE_ONE_IN = 50;
const SETTLING_HOURS = 35;
const USUAL_DELAY_MS = 1_500;
/** Gifts of the last seconds trickle in for a while: then finalisation meets gifts that are on their way. */
const STRAGGLER_DELAY_MS = 60_000;
const LAST_SECONDS_MS = 3_000;

/** Draws a campaign with this many gifts; one in `mailOneIn` leaves an address. */
export function campaignPlan(campaignId: string, gifts: number, mailOneIn: number, random: SeededRandom): CampaignPlan {
  const zone = random.pick(ZONES);
  const window = { firstDay: '2026-09-07', lastDay: '2026-09-09', zone };
  const amounts = giftAmounts(gifts, random);
  const [numerator, denominator] = random.pick(RATIOS);
  const given = amounts.reduce((total, amount) => total + amount, 0);
  const poolMinor = Math.max(1, Math.floor(given * (numerator / denominator) * random.pick(POOL_SHARES)));
  const units = Array.from({ length: 1 + random.below(6) }, (_, unit) => ({
    id: `unit-${unit}`,
    name: `Unit ${unit}`,
  }));
  const at = '2026-09-01T00:00:00Z';
  const campaign = campaignSchema.parse({
    type: 'campaign',
    campaignId,
    status: 'open',
    proposal: {
      organisationId: 'simulated',
      title: 'Simulated campaign',
      purpose: 'To be simulated',
      beneficiaries: 'Nobody',
      window,
      targetMinor: given,
      budgetLines: [{ item: 'All', kind: 'programme', amountMinor: given }],
      units,
      matching: {
        sponsor: 'Simulated sponsor',
        poolMinor,
        rule: {
          version: 1,
          kind: 'ratio',
          numerator,
          denominator,
          perGiftCapMinor: Math.min(poolMinor, random.pick(CAPS_MINOR)),
        },
      },
      reportRecipients: ['finance@example.org'],
      generatedData: true,
    },
    round: 1,
    version: 1,
    submittedBy: 'simulator',
    createdAt: at,
    updatedAt: at,
  });
  const { opensAt, closesAt } = windowBounds(campaign.proposal.window);
  const times = giftTimes(gifts, Date.parse(opensAt), Date.parse(closesAt), random);
  const donors = 1 + random.below(gifts);
  const delayOf = (paidAt: number): number => {
    const straggles = Math.abs(Date.parse(closesAt) - paidAt) <= LAST_SECONDS_MS && random.happens(0.6);
    return random.below(straggles ? STRAGGLER_DELAY_MS : USUAL_DELAY_MS);
  };
  return {
    campaign,
    startsAt: plusSeconds(opensAt, -2 * SECONDS_PER_HOUR),
    closesAt: Date.parse(closesAt),
    shards: 1 + random.below(10),
    sluggishness: random.pick(SLUGGISHNESS),
    firstFinalisationAt:
      Date.parse(closesAt) + (random.happens(0.5) ? random.below(60_000) : SETTLING_HOURS * 3_600_000),
    gifts: amounts.map((amountMinor, number) => ({
      number,
      amountMinor,
      openid: `openid-${random.below(donors)}`,
      unitId: random.happens(0.8) ? `unit-${random.below(units.length)}` : undefined,
      email: random.below(mailOneIn) === 0 ? `donor-${number}@example.org` : undefined,
      paidAt: times[number] ?? 0,
      notifiedAfterMs: delayOf(times[number] ?? 0),
    })),
  };
}

/** Gifts come in crowds of a few seconds: only then do allocators meet. One crowd is at the very close. */
function giftTimes(gifts: number, opensAt: number, closesAt: number, random: SeededRandom): number[] {
  const crowds = Array.from({ length: 2 + random.below(8) }, () => opensAt + random.below(DAYS * MS_PER_DAY));
  const closing = closesAt - LAST_SECONDS_MS;
  return Array.from({ length: gifts }, () => {
    if (random.below(OUTSIDE_ONE_IN) === 0)
      return whole(
        random.happens(0.3) ? opensAt - 1_000 - random.below(3_600_000) : closesAt + random.below(MS_PER_DAY),
      );
    const crowd = random.happens(0.2) ? closing : (crowds[random.below(crowds.length)] ?? closing);
    return whole(crowd + random.below(Math.min(6_000, 500 + 2 * gifts)));
  });
}

const whole = (ms: number): number => Math.floor(ms / 1_000) * 1_000;
