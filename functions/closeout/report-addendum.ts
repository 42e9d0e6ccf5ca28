import * as z from 'zod';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { instantSchema, timeZoneSchema } from '../kernel/time.ts';
import { lumpMinorOf } from '../ledger/gift-sums.ts';
import type { CampaignSums } from '../ledger/totals.ts';
import { type Adjustment, netOf } from '../matching/adjustment.ts';

/** Figures of a report that can change after it was signed, computed from the books whenever one asks. */
export const ADDENDUM_FIGURES = [
  'gifts',
  'raisedMinor',
  'refundedMinor',
  'refundedGifts',
  'netMinor',
  'matchedMinor',
  'lumpMinor',
  'totalMinor',
  'spentMinor',
] as const;
export type AddendumFigure = (typeof ADDENDUM_FIGURES)[number];
const whole = z.number().int();
export const standingFiguresSchema = z.object({
  gifts: whole,
  raisedMinor: whole,
  refundedMinor: whole,
  refundedGifts: whole,
  netMinor: whole,
  matchedMinor: whole,
  lumpMinor: whole,
  totalMinor: whole,
  spentMinor: whole,
});
export type StandingFigures = z.infer<typeof standingFiguresSchema>;

const MOST_CORRECTIONS = 20;
const correctionSchema = z.strictObject({ what: lineSchema(120), was: lineSchema(300), is: lineSchema(300) });

/** What a person sends: why, and what of the words of the report was wrong. The figures are not sent: the books say them. */
export const addendumRequestSchema = z.strictObject({
  reason: paragraphsSchema(1000),
  corrections: z.array(correctionSchema).max(MOST_CORRECTIONS).default([]),
});
export type AddendumRequest = z.infer<typeof addendumRequestSchema>;

const fileSchema = z.object({ key: z.string(), sha256: z.string() });
const changedSchema = z.object({ figure: z.enum(ADDENDUM_FIGURES), was: whole, is: whole });

/** What has to be said of a report after it was signed, under a number of its own: never a change of the report itself. */
export const reportAddendumSchema = z.object({
  type: z.literal('report-addendum'),
  campaignId: z.string(),
  /** From 1, without gaps. */
  number: z.number().int().min(1),
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
  /** All of them as they stand now: what the next addendum is measured against. */
  standing: standingFiguresSchema,
  /** Number of the last adjustment that these figures count. */
  adjustments: z.number().int().min(0),
  writtenBy: z.string(),
  writtenByName: z.string(),
  writtenAt: instantSchema,
  /** Of the request, to know its repeat. */
  idempotencyKey: z.string(),
  /** Of its JSON. */
  sha256: z.string(),
  files: z.object({ json: fileSchema, pdf: fileSchema }),
});
export type ReportAddendum = z.infer<typeof reportAddendumSchema>;

/** What the report itself says, of the members of its JSON that an addendum can change. */
export const signedFiguresSchema = z.object({
  summary: z.object({
    gifts: whole,
    raisedMinor: whole,
    refundedMinor: whole,
    refundedGifts: whole,
    netMinor: whole,
    matchedMinor: whole,
    lumpMinor: whole,
    totalMinor: whole,
  }),
  budget: z.object({ spentMinor: whole }),
  match: z.object({ adjustments: z.array(z.object({ number: whole })) }),
});
export type SignedFigures = z.infer<typeof signedFiguresSchema>;

export const figuresOfReport = ({ summary, budget }: SignedFigures): StandingFigures => ({
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
  signed: SignedFigures,
  { totals, adjustments, spentMinor }: BooksNow,
): StandingFigures | undefined {
  const counted = new Set(signed.match.adjustments.map(({ number }) => number));
  const beside = adjustments.filter(({ number }) => !counted.has(number));
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

const sumOf = <T>(list: readonly T[], amountOf: (one: T) => number): number =>
  list.reduce((all, one) => all + amountOf(one), 0);

export const changedFigures = (was: StandingFigures, is: StandingFigures): ReportAddendum['figures'] =>
  ADDENDUM_FIGURES.filter((figure) => was[figure] !== is[figure]).map((figure) => ({
    figure,
    was: was[figure],
    is: is[figure],
  }));
