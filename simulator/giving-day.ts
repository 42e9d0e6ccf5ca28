import { giftIdOf } from '../functions/donations/payment-event.ts';
import { donorIdOf } from '../functions/kernel/ids.ts';
import type { FunctionName } from '../functions/manifest.ts';
import { definition as allocateDonations } from '../functions/matching/allocate-donations.lambda.ts';
import { type SeededRandom, seededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import { matchEntrySchema } from '../functions/matching/match-entry.ts';
import { type MatchingPool, matchedMinorOf, openingPoolItem } from '../functions/matching/matching-pool.ts';
import { definition as queueThankYous } from '../functions/notices/queue-thank-yous.lambda.ts';
import { campaignKey, seedsKey, standingKey, teamKey } from '../functions/platform/keys.ts';
import { type Change, memoryTable } from '../functions/platform/table.memory.ts';
import type { Item, Table } from '../functions/platform/table.ts';
import { Auditor, type Finding } from './auditor.ts';
import { type GivingDayPlan, givingDayPlan, type PlannedCampaign, type PlannedGift } from './campaign-plan.ts';
import { Claims } from './claims.ts';
import { type Career, closeTheBooks } from './closing-audit.ts';
import { Confirmation } from './confirmation.ts';
import { DONOR_KEY } from './doors.ts';
import { type Fault, Faults } from './faults.ts';
import { Finalisation } from './finalisation.ts';
import type { Mutation } from './mutation.ts';
import { PaymentProvider } from './payment-provider.ts';
import { Refunds } from './refunds.ts';
import { Scheduler } from './scheduler.ts';
import { Staff } from './staff.ts';
import { Stream } from './stream.ts';
import { teamsOf } from './teams.ts';
import { ThankYous } from './thank-yous.ts';
import { Trace } from './trace.ts';
import { consume, epochMsOf, portsOf, type World } from './world.ts';

export type GivingDayOptions = {
  /** 32 bits from which everything follows. */
  readonly seed: number;
  readonly gifts: number;
  readonly faults: boolean;
  readonly mutation?: Mutation | undefined;
  /** One gift in this many leaves an address and is thanked; rendering a mail takes about as long as counting fifty gifts. */
  readonly mailOneIn: number;
  readonly wholeStackOneIn: number;
};

export type GivingDay = {
  readonly findings: readonly Finding[];
  readonly steps: number;
  /** How often the invariants were looked at. */
  readonly checks: number;
  readonly counted: number;
  /** Refunds, decisions, claims, challenges, changed pools and rounds. */
  readonly adjustments: number;
  readonly matchedMinor: number;
  readonly poolMinor: number;
  readonly mails: number;
  readonly batchesRedelivered: number;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  readonly traceHash: string;
  readonly lastEvents: readonly string[];
};

/** Steps that one gift may take before we say that the system does not come to rest. A usual gift takes five. */
const MOST_STEPS_PER_GIFT = 2_000;
const FEWEST_STEPS_ALLOWED = 200_000;

/**
 * Plays one campaign, from the first order to the last notice, and looks at the invariants after every write. Stops
 * at the first finding. The result is a function of the options alone.
 */
export async function playGivingDay(options: GivingDayOptions): Promise<GivingDay> {
  const random = seededRandom(options.seed);
  const plan = planOf(options, random);
  const trace = new Trace();
  const scheduler = new Scheduler(epochMsOf(plan.startsAt), random, trace);
  const auditor = new Auditor({ step: () => scheduler.steps, now: () => scheduler.now });
  let newItem: (item: Item) => void = () => undefined;
  const watch = (change: Change): void => {
    auditor.observe(change);
    if (change.before === undefined && change.after !== undefined) newItem(change.after);
  };
  const world: World = {
    scheduler,
    random,
    trace,
    auditor,
    campaigns: plan.campaigns.map(({ campaign }) => campaign),
    faults: new Faults(random, options.faults),
    table: audited(memoryTable(watch), auditor, scheduler),
    mutation: options.mutation,
    poison: [],
    sluggishness: plan.sluggishness,
    overtakers: [],
    wholeStackOneIn: options.wholeStackOneIn,
  };
  const careers: Career[] = [];
  for (const planned of plan.campaigns) careers.push(await openedCareer(world, planned, plan.gifts));
  await keepStandings(world, plan);

  const thankYous = new ThankYous(world);
  const donations = new Stream(world, 'allocate-donations', plan.shards, 60_000, (items, life) =>
    consume(world, allocateDonations, portsOf(world, life, 'allocate-donations'), items),
  );
  const matches = new Stream(world, 'queue-thank-yous', plan.shards, 30_000, (items, life) => {
    const ports = portsOf(world, life, 'queue-thank-yous', { queueNotices: thankYous.queueNotices(life) });
    return consume(world, queueThankYous, ports, items);
  });
  newItem = (item) => {
    if (item.type === 'donation' || (item.type === 'refund' && options.mutation?.losesRefundRecords !== true))
      donations.add(item);
    if (item.type === 'match') {
      matches.add(item);
      claims.counted(matchEntrySchema.parse(item));
    }
  };
  const claims = new Claims(world);
  const refunds = new Refunds(world, plan.campaigns);
  for (const { confirmation } of careers) confirmation.onAttempt = () => refunds.whileConfirming();
  const voidShares = new Map(plan.campaigns.map(({ campaign, career }) => [campaign.campaignId, career.voidShare]));
  const provider = new PaymentProvider(world, (payment, { campaign: { campaignId } }, toldAt) => {
    refunds.plan(payment, campaignId, toldAt);
    if (!random.happens(voidShares.get(campaignId) ?? 0)) return;
    const career = careers.find(({ books }) => books.campaign.campaignId === campaignId);
    career?.staff.planVoid(giftIdOf(payment), toldAt);
  });
  provider.plan(plan.gifts);

  const rests = await scheduler.run(Math.max(FEWEST_STEPS_ALLOWED, MOST_STEPS_PER_GIFT * options.gifts));
  if (!rests) auditor.find('the system comes to rest', `it does not after ${scheduler.steps} steps`);
  if (auditor.findings.length === 0)
    await closeTheBooks({ world, provider, refunds, thankYous, claims, careers, streams: [donations, matches] });
  const pools = careers.flatMap(({ books }) => (books.pool === undefined ? [] : [books.pool]));
  const sumOf = (amountOf: (pool: MatchingPool) => number): number =>
    pools.reduce((total, pool) => total + amountOf(pool), 0);
  return {
    findings: auditor.findings,
    steps: scheduler.steps,
    checks: auditor.checks,
    counted: auditor.counted.size,
    adjustments: sumOf(({ adjustments }) => adjustments),
    matchedMinor: sumOf(matchedMinorOf),
    poolMinor: sumOf(({ poolMinor }) => poolMinor),
    mails: thankYous.taken.size,
    batchesRedelivered: donations.redelivered + matches.redelivered,
    faults: Object.fromEntries(world.faults.counts),
    traceHash: trace.hash(),
    lastEvents: trace.last(),
  };
}

const planOf = ({ seed, gifts, mailOneIn }: GivingDayOptions, random: SeededRandom): GivingDayPlan =>
  givingDayPlan(`cmp_simulated${seed}`, gifts, mailOneIn, random);

/** Whether a break on purpose could show on this giving day. */
export const canShow = (options: GivingDayOptions): boolean =>
  options.mutation?.where?.(planOf(options, seededRandom(options.seed))) ?? true;

/** A campaign that has just opened, with those who bring it to its end. What leads to its opening is no part of the money path. */
async function openedCareer(
  world: World,
  { campaign, seeds, career }: PlannedCampaign,
  gifts: readonly PlannedGift[],
): Promise<Career> {
  const { table, auditor } = world;
  const { campaignId, proposal } = campaign;
  const { matching, window, currency } = proposal;
  const books = auditor.open(campaign, seeds);
  await table.write({ put: { ...campaignKey(campaignId), ...campaign } });
  for (const team of teamsOf(campaignId, campaign.createdAt))
    await table.write({ put: { ...teamKey(campaignId, team.teamId), ...team } });
  if (Object.keys(seeds).length > 0)
    await table.write({ put: { ...seedsKey(campaignId), type: 'seeds', campaignId, seeds } });
  await table.write({ put: openingPoolItem(campaignId, matching, window, currency) });
  const ours = gifts.filter((gift) => gift.campaign === campaign);
  const staff = new Staff(
    world,
    books,
    career,
    ours.map(({ paidAt, notifiedAfterMs }) => paidAt + notifiedAfterMs),
  );
  const finalisation = new Finalisation(world, books, career.finalisation);
  const confirmation = new Confirmation(world, books);
  finalisation.onDone = () => confirmation.begin();
  return { books, finalisation, confirmation, staff };
}

/** What the charity's lists say of donors, for every campaign. */
async function keepStandings({ table }: World, { campaigns, standings }: GivingDayPlan): Promise<void> {
  for (const [openid, standing] of standings) {
    const donorId = donorIdOf(DONOR_KEY, 'wechat-pay', openid);
    for (const { campaign } of campaigns)
      await table.write({
        put: { ...standingKey(campaign.campaignId, donorId), type: 'standing', donorId, ...standing },
      });
  }
}

/** The store with the auditor behind it, who stops everything at the first finding. */
function audited(table: Table, auditor: Auditor, scheduler: Scheduler): Table {
  function checked<T>(answer: T): T {
    auditor.check();
    if (auditor.findings.length > 0) scheduler.stop();
    return answer;
  }
  return {
    ...table,
    // The store changes while it is called, before its promise settles: nobody can come between change and check.
    write: (write) => checked(table.write(write)),
    transact: (writes) => checked(table.transact(writes)),
  };
}

/** The functions that a campaign here goes through. */
export const SIMULATED_FUNCTIONS = [
  'create-donation-intent',
  'receive-wechat-pay',
  'allocate-donations',
  'queue-thank-yous',
  'send-notice',
  'check-thank-yous',
  'change-pools',
  'decide-match',
  'request-match-claim',
  'decide-match-claim',
  'finalise-matching',
  'confirm-matching',
] as const satisfies readonly FunctionName[];
