import type { FunctionName } from '../functions/manifest.ts';
import { definition as allocateDonations } from '../functions/matching/allocate-donations.lambda.ts';
import { openingPoolItem } from '../functions/matching/matching-pool.ts';
import { definition as queueThankYous } from '../functions/notices/queue-thank-yous.lambda.ts';
import { campaignKey } from '../functions/platform/keys.ts';
import { type Change, memoryTable } from '../functions/platform/table.memory.ts';
import type { Item, Table } from '../functions/platform/table.ts';
import { seededRandom } from '../local/demo/seeded-random.ts';
import { Auditor, type Finding } from './auditor.ts';
import { campaignPlan } from './campaign-plan.ts';
import { closeTheBooks } from './closing-audit.ts';
import { type Fault, Faults } from './faults.ts';
import { Finalisation } from './finalisation.ts';
import type { Mutation } from './mutations.ts';
import { PaymentProvider } from './payment-provider.ts';
import { Scheduler } from './scheduler.ts';
import { Stream } from './stream.ts';
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
  readonly matchedMinor: number;
  readonly poolMinor: number;
  readonly mails: number;
  readonly batchesRedelivered: number;
  readonly faults: ReadonlyMap<Fault, number>;
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
  const plan = campaignPlan(`cmp_simulated${options.seed}`, options.gifts, options.mailOneIn, random);
  const { campaign } = plan;
  const trace = new Trace();
  const scheduler = new Scheduler(epochMsOf(plan.startsAt), random, trace);
  const auditor = new Auditor(campaign.campaignId, () => scheduler.steps);
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
    campaign,
    faults: new Faults(random, options.faults),
    table: audited(memoryTable(watch), auditor, scheduler),
    mutation: options.mutation,
    poison: [],
    sluggishness: plan.sluggishness,
    wholeStackOneIn: options.wholeStackOneIn,
  };
  // The pool as the move to `open` writes it; what leads there is no part of the money path.
  const { matching, window, currency } = campaign.proposal;
  await world.table.write({ put: { ...campaignKey(campaign.campaignId), ...campaign } });
  await world.table.write({ put: openingPoolItem(campaign.campaignId, matching, window, currency) });

  const thankYous = new ThankYous(world);
  const donations = new Stream(world, 'allocate-donations', plan.shards, 60_000, (items, life) =>
    consume(world, allocateDonations, portsOf(world, life, 'allocate-donations'), items),
  );
  const matches = new Stream(world, 'queue-thank-yous', plan.shards, 30_000, (items, life) => {
    const ports = portsOf(world, life, 'queue-thank-yous', { queueNotices: thankYous.queueNotices(life) });
    return consume(world, queueThankYous, ports, items);
  });
  newItem = (item) => {
    if (item.type === 'donation') donations.add(item);
    if (item.type === 'match') matches.add(item);
  };
  const provider = new PaymentProvider(world);
  provider.plan(plan.gifts);
  const finalisation = new Finalisation(world, plan.finalisation);

  const rests = await scheduler.run(Math.max(FEWEST_STEPS_ALLOWED, MOST_STEPS_PER_GIFT * options.gifts));
  if (!rests) auditor.find('the system comes to rest', `it does not after ${scheduler.steps} steps`);
  if (auditor.findings.length === 0)
    await closeTheBooks({ world, provider, thankYous, finalisation, streams: [donations, matches] });
  const pool = auditor.pool;
  return {
    findings: auditor.findings,
    steps: scheduler.steps,
    checks: auditor.checks,
    counted: auditor.counted.size,
    matchedMinor: (pool?.poolMinor ?? 0) - (pool?.remainingMinor ?? 0),
    poolMinor: pool?.poolMinor ?? 0,
    mails: thankYous.taken.size,
    batchesRedelivered: donations.redelivered + matches.redelivered,
    faults: world.faults.counts,
    traceHash: trace.hash(),
    lastEvents: trace.last(),
  };
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
  'send-thank-you',
  'check-thank-yous',
  'finalise-matching',
] as const satisfies readonly FunctionName[];
