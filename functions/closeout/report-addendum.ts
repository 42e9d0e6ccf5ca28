import * as z from 'zod';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { instantSchema, timeZoneSchema } from '../kernel/time.ts';
import { lumpMinorOf } from '../ledger/gift-sums.ts';
import type { CampaignSums } from '../ledger/totals.ts';
import { type Adjustment, netOf } from '../matching/adjustment.ts';
import { addendumChangeSchema } from './addendum-change.ts';
import {
  ADDENDUM_FIGURES,
  type AddendumFigure,
  type StandingFigures,
  standingFiguresSchema,
} from './addendum-figure.ts';
import { changedItemSchema } from './addendum-item.ts';
import { signatureSchema } from './closeout.ts';
import { sourceSchema } from './report-account.ts';
import { reportedItemsSchema } from './report-reconciliation.ts';

const whole = z.number().int();
const MOST_CORRECTIONS = 20;
const correctionSchema = z.strictObject({ what: lineSchema(120), was: lineSchema(300), is: lineSchema(300) });

/** What a person sends: why, and what of the words of the report was wrong. The figures are not sent: the books say them. */
export const addendumRequestSchema = z.strictObject({
  reason: paragraphsSchema(1000),
  corrections: z.array(correctionSchema).max(MOST_CORRECTIONS).default([]),
});
export type AddendumRequest = z.infer<typeof addendumRequestSchema>;

const changedSchema = z.object({ figure: z.enum(ADDENDUM_FIGURES), was: whole, is: whole });

/**
 * Version of the document. 2: which entries changed the figures and by how much, the items of the reconciliation that changed, and
 * how each figure was computed.
 */
export const REPORT_ADDENDUM_SCHEMA = 'yiqi.report-addendum/2';

/** What has to be said of a report after it was signed, as a document: what people sign is the hash of its JSON. */
export const addendumContentSchema = z.object({
  schema: z.literal(REPORT_ADDENDUM_SCHEMA),
  campaignId: z.string(),
  /** From 1, without gaps. */
  number: whole.min(1),
  /** The hash of the report that it belongs to. */
  reportSha256: z.string(),
  title: z.string(),
  organisationName: z.string(),
  language: z.enum(['zh-CN', 'en']),
  zone: timeZoneSchema,
  generatedData: z.boolean(),
  reason: z.string(),
  corrections: z.array(z.object({ what: z.string(), was: z.string(), is: z.string() })),
  /** Those that changed since the report, or since the addendum before. */
  figures: z.array(changedSchema),
  /** The entries that changed them, in order; what they change adds up to the differences of `figures`. */
  changes: z.array(addendumChangeSchema),
  /** Items of the reconciliation that stand otherwise than was stated last, each with what of `changes` came of it. */
  items: z.array(changedItemSchema),
  /** All figures as they stand now: what the next addendum is measured against. */
  standing: standingFiguresSchema,
  /** Number of the last settlement, and of the last entry of spending, that these figures count. */
  counted: z.object({ settlements: whole.min(0), spending: whole.min(0) }),
  /** How each figure was computed. */
  sources: z.array(sourceSchema),
  writtenBy: z.string(),
  writtenByName: z.string(),
  writtenAt: instantSchema,
});
export type AddendumContent = z.infer<typeof addendumContentSchema>;

const fileSchema = z.object({ key: z.string(), sha256: z.string() });
export const addendumFilesSchema = z.object({ json: fileSchema, pdf: fileSchema });

/** A signed addendum, under a number of its own: never a change of the report itself. */
export const reportAddendumSchema = addendumContentSchema.extend({
  type: z.literal('report-addendum'),
  /** Under which round its draft was signed. */
  round: whole.min(1),
  /** Of the request, to know its repeat. */
  idempotencyKey: z.string(),
  /** Of its JSON: what was signed. */
  sha256: z.string(),
  files: addendumFilesSchema,
  signatures: z.array(signatureSchema),
  signedAt: instantSchema,
});
export type ReportAddendum = z.infer<typeof reportAddendumSchema>;

/** What the report itself says, of the members of its JSON that an addendum can change. */
export const signedFiguresSchema = z.object({
  summary: standingFiguresSchema.omit({ spentMinor: true }),
  budget: z.object({ spentMinor: whole, entries: whole }),
  match: z.object({ adjustments: z.array(z.object({ number: whole })) }),
  reconciliation: z.object({ items: reportedItemsSchema }),
});
export type SignedFigures = z.infer<typeof signedFiguresSchema>;

export const figuresOfReport = ({ summary, budget }: Pick<SignedFigures, 'summary' | 'budget'>): StandingFigures => ({
  ...summary,
  spentMinor: budget.spentMinor,
});

/** What the books say now: the projections, what was settled beside the report, and what was spent. */
export type BooksNow = {
  readonly totals: CampaignSums;
  /** Every adjustment of the campaign. */
  readonly adjustments: readonly Adjustment[];
  readonly spentMinor: number;
};

/**
 * The figures as they stand now, by two ways: the report with every adjustment that it does not count, and the running totals.
 * `undefined` while the two differ: something is being counted or settled at this moment, and nothing may be stated.
 */
export function standingNow(
  signed: Pick<SignedFigures, 'summary' | 'match'>,
  { totals, adjustments, spentMinor }: BooksNow,
): StandingFigures | undefined {
  const beside = besideReport(signed, adjustments);
  const { summary } = signed;
  const lumpMinor = summary.lumpMinor + lumpMinorOf(beside);
  const refundedMinor = summary.refundedMinor + sumOf(beside, ({ refundMinor = 0 }) => refundMinor);
  const matchedMinor = summary.matchedMinor + sumOf(beside, netOf) - lumpMinorOf(beside);
  const agrees =
    totals.refundedMinor === refundedMinor && totals.matchMinor === matchedMinor && totals.lumpMinor === lumpMinor;
  if (!agrees) return undefined;
  const netMinor = totals.amountMinor - refundedMinor;
  return {
    gifts: totals.gifts,
    raisedMinor: totals.amountMinor,
    refundedMinor,
    refundedGifts: totals.refundedGifts,
    netMinor,
    matchedMinor,
    lumpMinor,
    totalMinor: netMinor + matchedMinor + lumpMinor,
    spentMinor,
  };
}

/** The adjustments that the report does not count. */
export function besideReport(
  { match }: Pick<SignedFigures, 'match'>,
  adjustments: readonly Adjustment[],
): Adjustment[] {
  const counted = new Set(match.adjustments.map(({ number }) => number));
  return adjustments.filter(({ number }) => !counted.has(number));
}

const sumOf = <T>(list: readonly T[], amountOf: (one: T) => number): number =>
  list.reduce((all, one) => all + amountOf(one), 0);

export const changedFigures = (was: StandingFigures, is: StandingFigures): AddendumContent['figures'] =>
  ADDENDUM_FIGURES.filter((figure: AddendumFigure) => was[figure] !== is[figure]).map((figure) => ({
    figure,
    was: was[figure],
    is: is[figure],
  }));
