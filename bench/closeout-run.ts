import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CampaignFiles } from '../functions/closeout/campaign-files.gateway.ts';
import { partitionsOf, reconciliationFile } from '../functions/closeout/closeout-partition.ts';
import { definition as summarisePartition } from '../functions/closeout/summarise-partition.lambda.ts';
import { definition as writeReport } from '../functions/closeout/write-report.lambda.ts';
import { donationItemOf } from '../functions/donations/donation-entry.ts';
import { minor } from '../functions/kernel/money.ts';
import { daysBetween, instantOf, localDateSchema } from '../functions/kernel/time.ts';
import { definition as finaliseMatching } from '../functions/matching/finalise-matching.lambda.ts';
import { journalPageItem } from '../functions/matching/journal-page.ts';
import { type JournalLine, journalLineSchema, matchEntrySchema } from '../functions/matching/match-entry.ts';
import { openingPoolItem } from '../functions/matching/matching-pool.ts';
import {
  campaignTotalsKey,
  dayTotalsKey,
  INTAKE_SHARDS,
  journalOfPool,
  type Key,
  matchEntryKey,
  unitTotalsKey,
} from '../functions/platform/keys.ts';
import { memoryTable } from '../functions/platform/table.memory.ts';
import type { Item, Page, Table } from '../functions/platform/table.ts';
import { CAMPAIGN_ID, putCampaign } from '../test/donations/open-campaign.ts';

/**
 * One step on the way to the closeout of a generated campaign, in a process of its own: `finalise <folder> <gifts>`, `summarise
 * <folder> <gifts>` or `write <folder> <gifts> <assets>`. The table makes each gift when it is asked for and keeps none, so that what grows is what the step keeps. Prints JSON.
 */
export type CloseoutRun = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly steps: number;
  readonly slowestSeconds: number;
  readonly readUnits: number;
};

const [step = '', folder = '', wanted = '', assetsFolder = ''] = process.argv.slice(2);
const gifts = Number(wanted);
const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-09'));
const PARTITIONS = partitionsOf(DAYS);
const GIFTS_OF_A_PAGE = 91;
const CAP_MINOR = 10_000;
const POOL_MINOR = 900_000_000_000;
/** Seven of ten gifts are of a donor who gave no other: so many donors as no campaign has had. */
const DONORS_OF_TEN_GIFTS = 7;
const NOW = instantOf('2026-09-12T09:00:00+08:00');
const RULE_ID = 'main';

const amountOf = (number: number): number => 100 + ((number * 7919) % 30_000);
const matchOf = (number: number): number => Math.min(amountOf(number), CAP_MINOR);
const giftIdOf = (number: number): string => `gft_${String(number).padStart(20, '0')}`;
const donorIdOf = (number: number): string =>
  `dnr_${String(number % Math.ceil((gifts * DONORS_OF_TEN_GIFTS) / 10)).padStart(20, '0')}`;
/** Gift number n, from 0, is in partition n modulo their number, at one of that day's seconds. */
const placeOf = (number: number) => PARTITIONS[number % PARTITIONS.length] as (typeof PARTITIONS)[number];
function timeOf(number: number) {
  const second = Math.floor(number / PARTITIONS.length) % 86_000;
  const [hour, minute, rest] = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60];
  const clock = [hour, minute, rest].map((part) => String(part).padStart(2, '0')).join(':');
  return instantOf(`${placeOf(number).day}T${clock}+08:00`);
}

const common = (number: number) => ({
  giftId: giftIdOf(number),
  orderNo: `int_${String(number).padStart(20, '0')}`,
  donorId: donorIdOf(number),
  ...(number % 3 === 0 ? { unitId: 'xuanhan' } : {}),
  thankYouDue: false,
  amountMinor: amountOf(number),
  occurredAt: timeOf(number),
  day: placeOf(number).day,
});
const drawOf = (number: number) => ({
  ruleId: RULE_ID,
  matchMinor: matchOf(number),
  outcome: matchOf(number) < amountOf(number) ? 'capped' : 'matched',
});

const entryOf = (number: number): Item => ({
  ...donationItemOf({
    ...common(number),
    type: 'donation',
    provider: 'wechat-pay',
    merchantId: '1900000109',
    paymentId: `4200${String(number).padStart(24, '0')}`,
    campaignId: CAMPAIGN_ID,
    anonymous: true,
    amountMinor: minor(amountOf(number)),
    payerAmountMinor: minor(amountOf(number)),
    currency: 'CNY',
    recordedAt: timeOf(number),
    zone: 'Asia/Shanghai',
  }),
});
const matchEntryOf = (number: number): Item => ({
  ...matchEntryKey(giftIdOf(number)),
  ...matchEntrySchema.parse({
    ...common(number),
    type: 'match',
    campaignId: CAMPAIGN_ID,
    sequence: number + 1,
    planId: 'plan',
    planVersion: 1,
    matchMinor: matchOf(number),
    currency: 'CNY',
    outcome: drawOf(number).outcome,
    draws: [drawOf(number)],
    allocatedAt: timeOf(number),
  }),
});
const lineOf = (number: number): JournalLine =>
  journalLineSchema.parse({
    ...common(number),
    anonymous: true,
    matchMinor: matchOf(number),
    outcome: drawOf(number).outcome,
    draws: [drawOf(number)],
  });

let readUnits = 0;
const KILOBYTES_OF_A_UNIT = 4;
const unitsOf = (item: Item): number => Math.ceil(JSON.stringify(item).length / 1024 / KILOBYTES_OF_A_UNIT);

/** Everything small is in memory; gifts, matches and journal pages are made when they are read. */
function generatedTable(small: Table): Table {
  const journal = journalOfPool(CAMPAIGN_ID);
  const shardPrefix = `CAMPAIGN#${CAMPAIGN_ID}#DAY#`;
  const paged = (
    cursor: string | undefined,
    limit: number,
    count: number,
    itemAt: (position: number) => Item,
  ): Page => {
    const from = cursor === undefined ? 0 : Number(cursor);
    const items = Array.from({ length: Math.max(0, Math.min(limit, count - from)) }, (_, n) => itemAt(from + n));
    return from + items.length < count ? { items, cursor: String(from + items.length) } : { items };
  };
  return {
    ...small,
    async getMany(keys) {
      const made = keys.filter(({ pk, sk }) => pk.startsWith('GIFT#') && sk === 'MATCH');
      if (made.length === 0) return small.getMany(keys);
      readUnits += made.length;
      return made.map(({ pk }) => matchEntryOf(Number(pk.slice('GIFT#gft_'.length))));
    },
    async query(question, options = {}) {
      const { limit = 500, cursor } = options;
      if (question.partition === journal.partition && question.beginsWith === journal.beginsWith) {
        const pages = Math.ceil(gifts / GIFTS_OF_A_PAGE);
        const page = paged(cursor, limit, pages, (position) => {
          const first = position * GIFTS_OF_A_PAGE;
          const lines = Array.from({ length: Math.min(GIFTS_OF_A_PAGE, gifts - first) }, (_, n) => lineOf(first + n));
          return journalPageItem({ campaignId: CAMPAIGN_ID, firstSequence: first + 1, lines });
        });
        readUnits += page.items.reduce((all, item) => all + unitsOf(item), 0);
        return page;
      }
      if (!question.partition.startsWith(shardPrefix)) return small.query(question, options);
      const [day = '', shard = ''] = question.partition.slice(shardPrefix.length).split('#SHARD#');
      const dayNumber = DAYS.indexOf(localDateSchema.parse(day));
      // Also days after the last are asked for: nothing came then.
      if (dayNumber < 0) return { items: [] };
      const place = dayNumber * INTAKE_SHARDS + Number(shard);
      const count = Math.ceil((gifts - place) / PARTITIONS.length);
      const page = paged(cursor, limit, count, (position) => entryOf(position * PARTITIONS.length + place));
      // An index is read eventually consistent: half a unit each 4 KB.
      readUnits += page.items.length * 0.5 * 0.2;
      return page;
    },
  };
}

const files: CampaignFiles = {
  async write(key, content) {
    const file = join(folder, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  },
  read: async (key) => new Uint8Array(readFileSync(join(folder, key))),
};

/** The totals as the allocation would have kept them. */
async function putTotals(): Promise<void> {
  const parts = new Map<string, { key: Key; item: Record<string, string | number> }>();
  const add = (key: Key, name: object, number: number): void => {
    const part = parts.get(key.sk) ?? {
      key,
      item: { ...name, gifts: 0, amountMinor: 0, matchMinor: 0, refundedMinor: 0 },
    };
    parts.set(key.sk, part);
    for (const [field, by] of [
      ['gifts', 1],
      ['amountMinor', amountOf(number)],
      ['matchMinor', matchOf(number)],
    ] as const)
      part.item[field] = Number(part.item[field]) + by;
  };
  const donors = Math.ceil((gifts * DONORS_OF_TEN_GIFTS) / 10);
  for (let number = 0; number < gifts; number += 1) {
    const { day } = placeOf(number);
    add(campaignTotalsKey(CAMPAIGN_ID), { type: 'campaign-totals', donors, matchedGifts: gifts }, number);
    add(dayTotalsKey(CAMPAIGN_ID, day), { type: 'day-totals', day }, number);
    if (number % 3 === 0)
      add(unitTotalsKey(CAMPAIGN_ID, 'xuanhan'), { type: 'unit-totals', unitId: 'xuanhan' }, number);
  }
  for (const { key, item } of parts.values()) await small.write({ put: { ...key, ...item } as Item });
}

const small = memoryTable();
const { proposal } = await putCampaign(small, 'finalised', {
  matching: {
    rules: [
      {
        version: 2,
        kind: 'ratio',
        id: RULE_ID,
        sponsor: 'Sponsor',
        poolMinor: POOL_MINOR,
        numerator: 1,
        denominator: 1,
        perGift: { capMinor: CAP_MINOR },
        // So large that it holds nobody back; that it is there has every donor and day of theirs looked at.
        ...(step === 'finalise' ? { perDonor: { perDayMinor: POOL_MINOR, capMinor: POOL_MINOR } } : {}),
      },
    ],
  },
});
let matchedMinor = 0;
for (let number = 0; number < gifts; number += 1) matchedMinor += matchOf(number);
const opened = openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, 'CNY');
const remainingMinor = POOL_MINOR - matchedMinor;
await small.write({
  put: {
    ...opened,
    funds: opened.funds.map((fund) => ({ ...fund, remainingMinor })),
    remainingMinor,
    sequence: gifts,
    ...(step === 'finalise' ? {} : { finalisedSequence: gifts, state: 'finalised', stage: 'confirmed' }),
  } as Item,
});
if (step === 'finalise') await putTotals();
await files.write(reconciliationFile(CAMPAIGN_ID), JSON.stringify({ bills: [], discrepancies: [], funds: [] }), '');

const table = generatedTable(small);
const cpuBefore = process.cpuUsage();
const began = performance.now();
let slowestSeconds = 0;
if (step === 'summarise') {
  for (const partition of PARTITIONS) {
    const begins = performance.now();
    await summarisePartition.handle({ campaignId: CAMPAIGN_ID, partition, adjustments: 0 }, { table, files }, NOW);
    slowestSeconds = Math.max(slowestSeconds, (performance.now() - begins) / 1000);
  }
} else if (step === 'finalise') {
  const patience = { random: () => 0, pause: async () => undefined };
  const outcome = await finaliseMatching.handle({ campaignId: CAMPAIGN_ID }, { table, patience }, NOW);
  if (outcome.kind !== 'finalised')
    throw new Error(`the generated books are not finalised: ${JSON.stringify(outcome)}`);
  slowestSeconds = (performance.now() - began) / 1000;
} else {
  const input = { campaignId: CAMPAIGN_ID, partitions: PARTITIONS, adjustments: 0 };
  await writeReport.handle(input, { table, files, assetsFolder }, NOW);
  slowestSeconds = (performance.now() - began) / 1000;
}
const { user, system } = process.cpuUsage(cpuBefore);
const run: CloseoutRun = {
  seconds: (performance.now() - began) / 1000,
  cpuSeconds: (user + system) / 1_000_000,
  megabytes: process.resourceUsage().maxRSS / 1024,
  steps: step === 'summarise' ? PARTITIONS.length : 1,
  slowestSeconds,
  readUnits: Math.round(readUnits),
};
process.stdout.write(`${JSON.stringify(run)}\n`);
