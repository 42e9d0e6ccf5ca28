import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { Minor } from '../kernel/money.ts';
import {
  add,
  allocate,
  amountMinorSchema,
  floorRatio,
  minor,
  positiveAmountMinorSchema,
  subtract,
  sum,
} from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import { daysBetween, instantSchema, localDateSchema, timeZoneSchema } from '../kernel/time.ts';
import {
  channelSchema,
  checkAccount,
  commendationSchema,
  commended,
  comparedSchema,
  feeSchema,
  outcomeSchema,
  preparationSchema,
  sourceSchema,
  spendingShape,
  spentLineSchema,
} from './report-account.ts';
import { mustBeAtMost, mustBeDistinct, mustEqual } from './report-checks.ts';
import { checkMatch, reportMatchSchema } from './report-match.ts';
import {
  checkItems,
  itemsReadSchema,
  reportedItemsSchema,
  reportStandingSchema,
  standingOf,
} from './report-reconciliation.ts';
import { type SourceCounts, sourcesOf } from './report-sources.ts';

/**
 * Version of the document; a change that an old reader would misread gets the next number. 2: totals are net of refunds.
 * 3: ways, fees, spending, what people say of it, earlier years, commendation, what became of each discrepancy, and how
 * each figure was computed.
 */
export const CLOSEOUT_REPORT_SCHEMA = 'yiqi.closeout-report/3';
/** 10,000 basis points are the whole: 8,347 reads 83.47%. */
const WHOLE_BASIS_POINTS = 10_000;

const count = z.number().int().min(0);
const text = z.string();
const name = z.string().min(1);
const differenceMinorSchema = z
  .number()
  .int()
  .transform((amount) => amount as Minor);
const shareBasisPoints = z.number().int().min(0).max(WHOLE_BASIS_POINTS);

/** Gifts of some part of the campaign, amounts in fen. */
const figuresShape = {
  gifts: count,
  /** Gross: what donors gave, refunds not taken off. */
  raisedMinor: amountMinorSchema,
  /** What of it went back to donors. */
  refundedMinor: amountMinorSchema,
  /** Net: what sponsors add to these gifts, less what went back. Lump sums are no part of it. */
  matchedMinor: amountMinorSchema,
};
const totalsShape = {
  ...figuresShape,
  /** Gifts that went back whole. */
  refundedGifts: count,
  donors: count.optional(),
};

const budgetLineSchema = z.strictObject({ id: name, item: name, kind: text, amountMinor: amountMinorSchema });

const billSchema = z.strictObject({
  provider: name,
  billDate: localDateSchema,
  /** Payment lines in the provider's bill, and their sum in fen. */
  billLines: count,
  billMinor: amountMinorSchema,
  /** Entries in our books for the same day, and their sum in fen. */
  entries: count,
  entriesMinor: amountMinorSchema,
  /** Refund lines that the bill carries: noted, not part of the two sums above. */
  refundLines: count,
  refundMinor: amountMinorSchema,
});

export const DISCREPANCY_KINDS = [
  'missing-here',
  'missing-there',
  'amount-differs',
  'state-differs',
  'refund-differs',
  'fee-differs',
  'funds-differ',
] as const;
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number];

/** Kinds that are not about what a payment was for, and so explain nothing of the difference between bills and books. */
const BESIDE_THE_AMOUNT: ReadonlySet<DiscrepancyKind> = new Set(['refund-differs', 'fee-differs', 'funds-differ']);

const fundsSchema = z.strictObject({
  provider: name,
  /** The account at the provider: all its campaigns together, in the days of the bills. */
  merchantId: name,
  paidMinor: differenceMinorSchema,
  refundedMinor: differenceMinorSchema,
  /** By the provider's statement of what was moved; `feesBilledMinor` by its bill of what was charged, without fractions of a fen. */
  feesMinor: differenceMinorSchema,
  feesBilledMinor: differenceMinorSchema,
  /** For payments of this campaign. */
  campaignFeesMinor: differenceMinorSchema,
  withdrawnMinor: differenceMinorSchema,
  otherMinor: differenceMinorSchema,
  /** Each movement to or from the merchant's bank. */
  settlements: z.array(
    z.strictObject({ account: name, day: localDateSchema, businessNo: z.string(), changeMinor: differenceMinorSchema }),
  ),
});

const discrepancySchema = z.strictObject({
  kind: z.enum(DISCREPANCY_KINDS),
  provider: name,
  transactionId: name,
  orderNo: name.optional(),
  /** Absent where our books have no such payment. */
  ourAmountMinor: amountMinorSchema.optional(),
  /** Absent where the provider's bill has no such payment. */
  theirAmountMinor: amountMinorSchema.optional(),
  day: localDateSchema,
});

const campaignShape = {
  id: name,
  title: name,
  purpose: text,
  beneficiaries: text,
  organisationName: name,
  zone: timeZoneSchema,
  firstDay: localDateSchema,
  lastDay: localDateSchema,
  targetMinor: positiveAmountMinorSchema,
};

export const reportLanguageSchema = z.enum(['zh-CN', 'en']);
export type ReportLanguage = z.infer<typeof reportLanguageSchema>;

/** Everything the report is made from; the sums are checked against each other when it is assembled. */
export const closeoutReportInputSchema = z.strictObject({
  campaign: z.strictObject({
    ...campaignShape,
    budgetLines: z.array(budgetLineSchema).min(1),
    units: z.array(z.strictObject({ id: name, name })),
    language: reportLanguageSchema,
  }),
  totals: z.strictObject(totalsShape),
  /** `unitId: null` is the line of gifts that no unit claims. A unit without gifts may be left out. */
  unitTotals: z.array(z.strictObject({ unitId: name.nullable(), ...figuresShape })),
  /** Days in the campaign's zone. A day without gifts may be left out. */
  dayTotals: z.array(z.strictObject({ day: localDateSchema, ...figuresShape })),
  hourTotals: z.array(
    z.strictObject({
      day: localDateSchema,
      hour: z.number().int().min(0).max(23),
      gifts: count,
      raisedMinor: amountMinorSchema,
      /** Net: what stands of the matches of the gifts that came in this hour. */
      matchedMinor: amountMinorSchema,
    }),
  ),
  match: reportMatchSchema,
  reconciliation: z.strictObject({
    bills: z.array(billSchema),
    discrepancies: z.array(discrepancySchema),
    funds: z.array(fundsSchema),
  }),
  /** The discrepancies as people have settled them. */
  itemsRead: itemsReadSchema,
  channelTotals: z.array(channelSchema),
  spending: z.strictObject(spendingShape),
  /** What the statement says and names; `null` in the draft that is there before anybody said anything. */
  statement: z
    .strictObject({
      outcome: outcomeSchema,
      variances: z.array(z.strictObject({ lineNo: count, reason: text })),
      commendation: commendationSchema.shape.rule.optional(),
      earlier: z.array(comparedSchema),
      /** Units of the first earlier campaign whose report is kept here. */
      earlierUnits: z.array(z.strictObject({ id: name, name, netMinor: amountMinorSchema })),
    })
    .nullable(),
  preparation: preparationSchema,
  /** How much was read, for the list of sources. */
  read: z.strictObject({ partitions: count, adjustments: count, directedGifts: count }),
  preparedAt: instantSchema,
  generatedData: z.boolean(),
});
export type CloseoutReportInput = z.infer<typeof closeoutReportInputSchema>;

/**
 * The closeout report as a document: what is stored, signed off and printed on every face (PDF, XLSX, mail).
 * Amounts are fen of `currency`, instants UTC, days and hours those of `campaign.zone`.
 */
export const closeoutReportSchema = z.strictObject({
  schema: z.literal(CLOSEOUT_REPORT_SCHEMA),
  language: reportLanguageSchema,
  currency: z.literal('CNY'),
  /** True where the gifts were made up (a demonstration); every face must say so. */
  generatedData: z.boolean(),
  preparedAt: instantSchema,
  campaign: z.strictObject(campaignShape),
  summary: z.strictObject({
    ...totalsShape,
    /** Raised less refunded. */
    netMinor: amountMinorSchema,
    /** What sponsors add beside single gifts: challenges that were met, sums split over the units. */
    lumpMinor: amountMinorSchema,
    /** Net raised, matched and lump sums together. */
    totalMinor: amountMinorSchema,
    /** Floor of raised / gifts, both gross; zero without gifts. */
    averageGiftMinor: amountMinorSchema,
    /** Floor of total / target; above 10,000 when the target was passed. */
    fundingRateBasisPoints: count,
  }),
  /**
   * Most raised first, net of refunds; the line without a unit (`id: null`, `rank: null`) last. Shares are of the net sum
   * too, and add up to 10,000 or, with nothing raised, to 0.
   */
  units: z.array(
    z.strictObject({
      id: name.nullable(),
      name: name.nullable(),
      rank: z.number().int().positive().nullable(),
      ...figuresShape,
      shareBasisPoints,
    }),
  ),
  days: z.array(z.strictObject({ day: localDateSchema, ...figuresShape })),
  /** Hours with gifts only, in order. */
  hours: z.array(
    z.strictObject({
      day: localDateSchema,
      hour: z.number().int().min(0).max(23),
      gifts: count,
      raisedMinor: amountMinorSchema,
      matchedMinor: amountMinorSchema,
    }),
  ),
  /** By which way gifts came, every way with gifts; they add up to the gross sum. Goods are at their assessed value. */
  channels: z.array(channelSchema),
  /** What the bank paid on the money; `null` until somebody has said. In no other sum. */
  interestMinor: amountMinorSchema.nullable(),
  /** What providers charged for this campaign's payments, where their statements tell. Of other sums only in what is not spent. */
  fees: z.array(feeSchema),
  feesMinor: differenceMinorSchema,
  /** Budget against actual. `varianceMinor` is what was spent less what might be spent. */
  budget: z.strictObject({
    ...spendingShape,
    lines: z.array(
      z.strictObject({ ...spentLineSchema.shape, varianceMinor: differenceMinorSchema, shareBasisPoints }),
    ),
    plannedMinor: amountMinorSchema,
    /** Net raised and matched, with interest and what came of others' surplus, less fees, what was spent and what was handed on: goods count on neither side. */
    unspentMinor: differenceMinorSchema,
  }),
  /** What people say of the campaign; `null` in the first draft. */
  outcome: outcomeSchema.nullable(),
  /** Earlier campaigns, oldest first, and this one last; empty where none was named. */
  yearOnYear: z.array(comparedSchema),
  commendation: commendationSchema.nullable(),
  preparation: preparationSchema,
  /** How each figure was computed. */
  sources: z.array(sourceSchema),
  match: reportMatchSchema,
  reconciliation: z.strictObject({
    /** `incomplete`: no discrepancy was found, but not every gift is covered by a bill. */
    status: z.enum(['agrees', 'differs', 'incomplete']),
    bills: z.array(billSchema),
    /** Sums over the bills; `entries` against `summary.gifts` says whether every gift was looked at. */
    totals: z.strictObject({
      billLines: count,
      billMinor: amountMinorSchema,
      entries: count,
      entriesMinor: amountMinorSchema,
      refundLines: count,
      refundMinor: amountMinorSchema,
      /** Bill minus books. */
      differenceMinor: differenceMinorSchema,
      /** What of the difference the listed discrepancies do not explain; anything but zero needs a person. */
      unexplainedMinor: differenceMinorSchema,
    }),
    /** As the bills of the closeout were compared. */
    discrepancies: z.array(discrepancySchema),
    /** How all items stand, of which the discrepancies above are a part. */
    standing: reportStandingSchema,
    /** What became of each, in order of day. */
    items: reportedItemsSchema,
    /** What moved on the merchants' accounts; only where the provider states it. */
    funds: z.array(fundsSchema),
  }),
});
export type CloseoutReport = z.infer<typeof closeoutReportSchema>;

type Figures = {
  readonly gifts: number;
  readonly raisedMinor: Minor;
  readonly refundedMinor: Minor;
  readonly matchedMinor: Minor;
};
const NOTHING: Figures = { gifts: 0, raisedMinor: minor(0), refundedMinor: minor(0), matchedMinor: minor(0) };

/** What donors gave for good. */
export const netOf = ({ raisedMinor, refundedMinor }: Pick<Figures, 'raisedMinor' | 'refundedMinor'>): Minor =>
  subtract(raisedMinor, refundedMinor);

/**
 * Puts the report together. Throws PermanentError naming the first figure that does not agree: a report whose own
 * tables contradict each other must never be signed.
 */
export function assembleCloseoutReport(input: CloseoutReportInput): CloseoutReport {
  const { campaign, totals, preparedAt, generatedData } = input;
  checkFigures(input);
  const { lumpMinor } = input.match;
  const netMinor = netOf(totals);
  const totalMinor = add(netMinor, add(totals.matchedMinor, lumpMinor));
  const { budgetLines: _, units, language, ...described } = campaign;
  const ranked = leaderboard(units, input.unitTotals);
  const { outcome = null } = input.statement ?? {};
  const fees = input.reconciliation.funds.map(({ provider, merchantId, campaignFeesMinor }) => ({
    provider,
    merchantId,
    feesMinor: campaignFeesMinor,
  }));
  return {
    schema: CLOSEOUT_REPORT_SCHEMA,
    language,
    currency: 'CNY',
    generatedData,
    preparedAt,
    campaign: described,
    summary: {
      ...totals,
      netMinor,
      lumpMinor,
      totalMinor,
      averageGiftMinor: totals.gifts === 0 ? minor(0) : floorRatio(totals.raisedMinor, 1, totals.gifts),
      fundingRateBasisPoints: floorRatio(totalMinor, WHOLE_BASIS_POINTS, campaign.targetMinor),
    },
    units: ranked,
    days: everyDay(campaign.firstDay, campaign.lastDay, input.dayTotals),
    hours: input.hourTotals
      .filter((hour) => hour.gifts > 0)
      .sort((a, b) => compareText(a.day, b.day) || a.hour - b.hour),
    channels: input.channelTotals,
    interestMinor: outcome?.interestMinor ?? null,
    fees,
    feesMinor: sum(fees.map(({ feesMinor }) => feesMinor)),
    budget: budgetOf(input, totalMinor),
    outcome,
    yearOnYear: yearOnYearOf(input, netMinor),
    commendation: commendationOf(input, ranked),
    preparation: input.preparation,
    sources: sourcesOf(countsOf(input)),
    match: input.match,
    reconciliation: reconciliationOf(input),
  };
}

function budgetOf(
  { spending, statement, campaign, channelTotals, reconciliation }: CloseoutReportInput,
  totalMinor: Minor,
): CloseoutReport['budget'] {
  const shares = sharesOf(spending.lines.map((line) => line.plannedMinor));
  const goods = channelTotals.find(({ channel }) => channel === 'goods');
  const moneyMinor = subtract(totalMinor, goods === undefined ? minor(0) : netOf(goods));
  const { goods: kinds, goodsReceivedMinor, goodsIssuedMinor, spentMinor, aid, surplus, surplusIn, entries } = spending;
  const feesMinor = sum(reconciliation.funds.map(({ campaignFeesMinor }) => campaignFeesMinor));
  const receivedMinor = sum((surplusIn ?? []).map(({ amountMinor }) => amountMinor));
  const inMinor = sum([moneyMinor, statement?.outcome.interestMinor ?? minor(0), receivedMinor]);
  const outMinor = sum([feesMinor, spentMinor, surplus?.amountMinor ?? minor(0)]);
  return {
    lines: spending.lines.map((line, position) => {
      const { varianceReason: noted, ...figures } = line;
      const reason = statement?.variances.find(({ lineNo }) => lineNo === line.lineNo)?.reason ?? noted;
      return {
        ...figures,
        ...(reason === undefined ? {} : { varianceReason: reason }),
        varianceMinor: subtract(line.spentMinor, line.currentMinor),
        shareBasisPoints: shares[position] ?? 0,
      };
    }),
    plannedMinor: campaign.targetMinor,
    spentMinor,
    unspentMinor: subtract(inMinor, outMinor),
    aid,
    goods: kinds,
    goodsReceivedMinor,
    goodsIssuedMinor,
    ...(surplus === undefined ? {} : { surplus }),
    ...(surplusIn === undefined ? {} : { surplusIn }),
    entries,
  };
}

function yearOnYearOf(
  { statement, campaign, totals, match }: CloseoutReportInput,
  netMinor: Minor,
): CloseoutReport['yearOnYear'] {
  if (statement === null || statement.earlier.length === 0) return [];
  const here = {
    title: campaign.title,
    year: Number(campaign.firstDay.slice(0, 4)),
    gifts: totals.gifts,
    donors: totals.donors ?? null,
    netMinor,
    matchedMinor: match.matchedMinor,
    from: { kind: 'this-report' as const },
  };
  return [...[...statement.earlier].sort((a, b) => a.year - b.year || compareText(a.title, b.title)), here];
}

function commendationOf(
  { statement }: CloseoutReportInput,
  units: CloseoutReport['units'],
): CloseoutReport['commendation'] {
  if (statement?.commendation === undefined) return null;
  const ranked = units.map((unit) => ({ id: unit.id, name: unit.name, netMinor: netOf(unit) }));
  return { rule: statement.commendation, units: commended(statement.commendation, ranked, statement.earlierUnits) };
}

const countsOf = (input: CloseoutReportInput): SourceCounts => ({
  ...input.read,
  campaignId: input.campaign.id,
  gifts: input.totals.gifts,
  rules: input.match.rules.length,
  spendingEntries: input.spending.entries,
  goodsKinds: input.spending.goods.length,
  bills: input.reconciliation.bills.length,
  items: input.itemsRead.items.length,
  evidence: input.statement?.outcome.evidence.length ?? 0,
  earlier: input.statement?.earlier.length ?? 0,
});

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function checkFigures(input: CloseoutReportInput): void {
  const { campaign, totals, unitTotals, dayTotals, hourTotals, match } = input;
  mustBeDistinct(
    'units',
    unitTotals.map((unit) => unit.unitId ?? ''),
  );
  mustBeDistinct(
    'days',
    dayTotals.map((day) => day.day),
  );
  mustBeDistinct(
    'hours',
    hourTotals.map((hour) => `${hour.day} ${hour.hour}`),
  );
  figuresMustAgree('units', unitTotals, totals);
  figuresMustAgree('days', dayTotals, totals);
  for (const day of dayTotals) {
    const hours = hourTotals.filter((hour) => hour.day === day.day);
    mustEqual(`gifts by hour of ${day.day}`, sumCounts(hours), day.gifts);
    mustEqual(`raisedMinor by hour of ${day.day}`, sum(hours.map((hour) => hour.raisedMinor)), day.raisedMinor);
    mustEqual(`matchedMinor by hour of ${day.day}`, sum(hours.map((hour) => hour.matchedMinor)), day.matchedMinor);
  }
  mustEqual('gifts by hour', sumCounts(hourTotals), totals.gifts);
  mustEqual(
    'campaign.targetMinor against the sum of budgetLines',
    campaign.targetMinor,
    sum(campaign.budgetLines.map((line) => line.amountMinor)),
  );
  checkAccount(
    {
      channels: input.channelTotals,
      spending: input.spending,
      evidence: input.statement?.outcome.evidence ?? [],
    },
    totals,
  );
  mustEqual(
    'plannedMinor of all budget lines',
    sum(input.spending.lines.map((line) => line.plannedMinor)),
    campaign.targetMinor,
  );
  mustBeAtMost('refundedMinor', totals.refundedMinor, totals.raisedMinor);
  mustBeAtMost('refundedGifts', totals.refundedGifts, totals.gifts);
  checkMatch(match, totals);
  checkItems(input.itemsRead, input.reconciliation.discrepancies);
}

function figuresMustAgree(part: string, lines: readonly Figures[], totals: Figures): void {
  mustEqual(`gifts of all ${part}`, sumCounts(lines), totals.gifts);
  mustEqual(`raisedMinor of all ${part}`, sum(lines.map((line) => line.raisedMinor)), totals.raisedMinor);
  mustEqual(`refundedMinor of all ${part}`, sum(lines.map((line) => line.refundedMinor)), totals.refundedMinor);
  mustEqual(`matchedMinor of all ${part}`, sum(lines.map((line) => line.matchedMinor)), totals.matchedMinor);
}

const sumCounts = (lines: readonly { readonly gifts: number }[]): number =>
  lines.reduce((all, line) => all + line.gifts, 0);

/** Shares in basis points that sum to the whole, so that a printed column of percentages adds up. */
function sharesOf(amounts: readonly Minor[]): number[] {
  return sum(amounts) === 0 ? amounts.map(() => 0) : allocate(minor(WHOLE_BASIS_POINTS), amounts);
}

function leaderboard(
  units: CloseoutReportInput['campaign']['units'],
  unitTotals: CloseoutReportInput['unitTotals'],
): CloseoutReport['units'] {
  const unknown = unitTotals.find((line) => line.unitId !== null && !units.some((unit) => unit.id === line.unitId));
  if (unknown !== undefined)
    throw new PermanentError(
      `closeout report: units have gifts of "${unknown.unitId}", which the campaign does not list`,
    );
  const figuresOf = (unitId: string | null): Figures => {
    const { gifts, raisedMinor, refundedMinor, matchedMinor } =
      unitTotals.find((line) => line.unitId === unitId) ?? NOTHING;
    return { gifts, raisedMinor, refundedMinor, matchedMinor };
  };
  const ranked = units
    .map((unit) => ({ id: unit.id, name: unit.name, ...figuresOf(unit.id) }))
    .sort((a, b) => netOf(b) - netOf(a) || b.gifts - a.gifts || compareText(a.id, b.id));
  const unclaimed = { id: null, name: null, ...figuresOf(null) };
  const lines = unclaimed.gifts > 0 ? [...ranked, unclaimed] : ranked;
  const shares = sharesOf(lines.map(netOf));
  return lines.map((line, position) => ({
    ...line,
    // Equal sums share a rank, and the next one counts all who stand before it (1, 2, 2, 4).
    rank: line.id === null ? null : 1 + ranked.filter((other) => netOf(other) > netOf(line)).length,
    shareBasisPoints: shares[position] ?? 0,
  }));
}

/** Every day of the window, with zeros where nothing came, and the days outside it on which something did. */
function everyDay(
  firstDay: LocalDate,
  lastDay: LocalDate,
  dayTotals: CloseoutReportInput['dayTotals'],
): CloseoutReport['days'] {
  const counted = new Set(dayTotals.map((day) => day.day));
  const quiet = daysBetween(firstDay, lastDay)
    .filter((day) => !counted.has(day))
    .map((day) => ({ day, ...NOTHING }));
  return [...dayTotals, ...quiet].sort((a, b) => compareText(a.day, b.day));
}

function reconciliationOf({
  reconciliation,
  itemsRead,
  totals,
}: CloseoutReportInput): CloseoutReport['reconciliation'] {
  const { bills, discrepancies, funds } = reconciliation;
  const entries = bills.reduce((all, bill) => all + bill.entries, 0);
  const entriesMinor = sum(bills.map((bill) => bill.entriesMinor));
  const billMinor = sum(bills.map((bill) => bill.billMinor));
  const differenceMinor = minor(billMinor - entriesMinor);
  const explainedMinor = sum(
    discrepancies
      .filter(({ kind }) => !BESIDE_THE_AMOUNT.has(kind))
      .map((one) => minor((one.theirAmountMinor ?? 0) - (one.ourAmountMinor ?? 0))),
  );
  const unexplainedMinor = minor(differenceMinor - explainedMinor);
  const everyGiftCovered = entries === totals.gifts && entriesMinor === totals.raisedMinor;
  const differs = discrepancies.length > 0 || differenceMinor !== 0;
  return {
    status: differs ? 'differs' : everyGiftCovered ? 'agrees' : 'incomplete',
    bills: [...bills].sort((a, b) => compareText(a.billDate, b.billDate) || compareText(a.provider, b.provider)),
    totals: {
      billLines: bills.reduce((all, bill) => all + bill.billLines, 0),
      billMinor,
      entries,
      entriesMinor,
      refundLines: bills.reduce((all, bill) => all + bill.refundLines, 0),
      refundMinor: sum(bills.map((bill) => bill.refundMinor)),
      differenceMinor,
      unexplainedMinor,
    },
    discrepancies: [...discrepancies].sort(
      (a, b) => compareText(a.day, b.day) || compareText(a.transactionId, b.transactionId),
    ),
    standing: standingOf(itemsRead),
    items: [...itemsRead.items],
    funds: [...funds].sort((a, b) => compareText(a.merchantId, b.merchantId)),
  };
}
