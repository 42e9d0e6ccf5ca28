import * as z from 'zod';
import { currencySchema } from '../kernel/money.ts';
import { type LocalDate, localDateSchema } from '../kernel/time.ts';
import { CHANNELS, type DayStatement } from '../proofs/day-statement.ts';
import { shownAid } from '../spending/aid-figures.ts';
import type { SpendingFigures } from '../spending/spending-figures.ts';

const amount = z.number().int();
const count = z.number().int().min(0);

const lineSchema = z.object({
  lineNo: count,
  item: z.string(),
  kind: z.enum(['programme', 'fundraising', 'management']),
  plannedMinor: amount,
  transferredMinor: amount,
  spentMinor: amount.describe(
    'All that was paid from the line, the aid of fewer than three people too: without it the lines would not add up',
  ),
  varianceReason: z.string().nullable(),
});

const spendingSchema = z.object({
  lines: z.array(lineSchema),
  spentMinor: amount,
  aid: z
    .object({ beneficiaries: count, payments: count, amountMinor: amount })
    .nullable()
    .describe('Never a name, and null where fewer than three people had any: they would be known by the amount'),
  surplus: z
    .object({ amountMinor: amount, destination: z.string(), decidedOn: localDateSchema })
    .nullable()
    .describe('What was decided of money that is left over, and handed on'),
  surplusInMinor: amount.describe("What came from another campaign's surplus"),
  surplusIn: z
    .array(z.object({ from: z.string(), amountMinor: amount, decidedOn: localDateSchema }))
    .optional()
    .describe('From which campaigns and of whom; left out where nothing came'),
});

const raisedSchema = z.object({
  gifts: count,
  moneyMinor: amount.describe('Money given, gross; goods are not in it'),
  moneyBackMinor: amount.describe('What of it went back to donors'),
  netMinor: amount,
  channels: z
    .array(z.object({ channel: z.enum(CHANNELS), gifts: count, moneyMinor: amount }))
    .describe('By which way it came, gross; together exactly `moneyMinor`'),
});

/**
 * The figures that are published: gifts, refunds and matches up to and including one signed day, so that a donor can check that a
 * gift is in them; what was done with the money as it was in the books on a day that is named too, because spending goes on
 * long after the last gift was signed. Money and goods are never in one sum.
 */
export const disclosureFiguresSchema = z.object({
  asOf: z.object({
    day: localDateSchema,
    number: z.number().int().min(1),
    statement: z.string().describe('The hash of the signed day’s statement'),
    spendingDay: localDateSchema
      .optional()
      .describe(
        'The day on which what was spent, goods handed on, surplus, fees and paid matches were taken from the books; gifts, refunds and matches are up to `day`. Left out in entries of before it was stated',
      ),
  }),
  currency: currencySchema,
  raised: raisedSchema,
  goods: z.object({
    receivedMinor: amount.describe('Assessed value of goods given'),
    backMinor: amount,
    issuedMinor: amount.nullable().describe('Assessed value of goods handed on; null where none were recorded'),
  }),
  match: z.object({
    matchMinor: amount.describe('Added to single gifts, less what went back'),
    lumpMinor: amount.describe('Added beside single gifts'),
    paidMinor: amount.describe('What of both the sponsors have paid'),
  }),
  feesMinor: amount
    .nullable()
    .describe('Fees that providers kept; null where no statement of theirs is reconciled yet'),
  spending: spendingSchema.nullable().describe('null where nothing was recorded'),
  balanceMinor: amount.describe(
    'Gifts less refunds, the match that was paid and what came from a surplus, less fees, what was spent and what was handed on',
  ),
  project: z
    .object({
      subPlans: z.array(
        z.object({ campaignId: z.string(), title: z.string(), raised: raisedSchema.omit({ channels: true }) }),
      ),
      together: raisedSchema.omit({ channels: true }),
    })
    .nullable()
    .describe('Of a project with sub-plans: theirs, each up to its own last signed day, and together with its own'),
});
export type DisclosureFigures = z.infer<typeof disclosureFiguresSchema>;
type ProjectPart = NonNullable<DisclosureFigures['project']>['subPlans'][number];

export type FigureSources = {
  readonly day: DayStatement;
  readonly statementHash: string;
  /** On which day the other sources were read. */
  readonly spendingDay: LocalDate;
  readonly matchPaidMinor: number;
  readonly feesMinor: number | null;
  readonly spending: SpendingFigures | undefined;
  readonly subPlans: readonly ProjectPart[];
};

/** What can be published of a campaign, from its last signed day and what was spent. */
export function disclosureFigures(sources: FigureSources): DisclosureFigures {
  const { day, statementHash, spendingDay, matchPaidMinor, feesMinor, spending, subPlans } = sources;
  const { toDate, currency } = day;
  const raised = {
    gifts: toDate.gifts,
    moneyMinor: toDate.moneyMinor,
    moneyBackMinor: toDate.moneyBackMinor,
    netMinor: toDate.moneyMinor - toDate.moneyBackMinor,
    channels: CHANNELS.flatMap((channel) => {
      const found = toDate.channels[channel];
      return found === undefined ? [] : [{ channel, ...found }];
    }),
  };
  return {
    asOf: { day: day.day, number: day.number, statement: statementHash, spendingDay },
    currency,
    raised,
    goods: {
      receivedMinor: toDate.goodsMinor,
      backMinor: toDate.goodsBackMinor,
      issuedMinor: spending?.goodsIssuedMinor ?? null,
    },
    match: {
      matchMinor: toDate.matchMinor + toDate.matchAddedMinor - toDate.matchTakenMinor,
      lumpMinor: toDate.lumpAddedMinor - toDate.lumpTakenMinor,
      paidMinor: matchPaidMinor,
    },
    feesMinor,
    spending: spending === undefined ? null : spendingPart(spending),
    balanceMinor: raised.netMinor + matchPaidMinor - (feesMinor ?? 0) + leftOf(spending),
    project: subPlans.length === 0 ? null : projectPart(raised, subPlans),
  };
}

/** What the book of spending adds to the money, or takes from it. */
const leftOf = (spending: SpendingFigures | undefined): number =>
  spending === undefined ? 0 : spending.surplusInMinor - spending.spentMinor - (spending.surplus?.amountMinor ?? 0);

const spendingPart = ({ lines, spentMinor, aid, surplus, surplusInMinor, surplusIn }: SpendingFigures) => ({
  lines: lines.map((line) => ({
    lineNo: line.lineNo,
    item: line.item,
    kind: line.kind,
    plannedMinor: line.plannedMinor,
    transferredMinor: line.transferredMinor,
    spentMinor: line.spentMinor,
    varianceReason: line.varianceReason ?? null,
  })),
  spentMinor,
  aid: shownAid(aid),
  surplus: surplus ?? null,
  surplusInMinor,
  ...(surplusIn.length === 0
    ? {}
    : { surplusIn: surplusIn.map(({ from, amountMinor, decidedOn }) => ({ from, amountMinor, decidedOn })) }),
});

const RAISED = ['gifts', 'moneyMinor', 'moneyBackMinor', 'netMinor'] as const;

function projectPart(own: DisclosureFigures['raised'], subPlans: readonly ProjectPart[]) {
  const all = [own, ...subPlans.map(({ raised }) => raised)];
  const together = Object.fromEntries(
    RAISED.map((name) => [name, all.reduce((sum, raised) => sum + raised[name], 0)]),
  ) as ProjectPart['raised'];
  return { subPlans: [...subPlans], together };
}

/**
 * What is wrong with figures before they are published; empty where nothing is. Sums that are not those of their parts, and
 * cumulative counts that went down, are what was found in published lists in Wuhan in 2020 (github:WeileiZeng/red-cross).
 */
export function figureProblems(figures: DisclosureFigures, before: DisclosureFigures | undefined): string[] {
  const problems: string[] = [];
  const { raised, spending, project, asOf } = figures;
  const channels = raised.channels.reduce((sum, { moneyMinor }) => sum + moneyMinor, 0);
  if (channels !== raised.moneyMinor) problems.push('the channels do not add up to the money given');
  const lines = spending?.lines.reduce((sum, { spentMinor }) => sum + spentMinor, 0);
  if (lines !== spending?.spentMinor) problems.push('the lines do not add up to what was spent');
  const handedOn = spending?.surplusIn?.reduce((sum, { amountMinor }) => sum + amountMinor, 0) ?? 0;
  if (handedOn !== (spending?.surplusInMinor ?? 0))
    problems.push('what single campaigns handed on does not add up to what came of them');
  if (project !== null && project.together.moneyMinor < raised.moneyMinor)
    problems.push('a project together raised less than its own part');
  if (before === undefined) return problems;
  if (asOf.number < before.asOf.number) problems.push('it stands on an earlier day than what was published before');
  if ((asOf.spendingDay ?? asOf.day) < (before.asOf.spendingDay ?? before.asOf.day))
    problems.push('its spending stands on an earlier day than what was published before');
  for (const name of ['gifts', 'moneyMinor', 'moneyBackMinor'] as const)
    if (raised[name] < before.raised[name]) problems.push(`${name} is less than what was published before`);
  if (figures.goods.receivedMinor < before.goods.receivedMinor) problems.push('goods are less than published before');
  return problems;
}
