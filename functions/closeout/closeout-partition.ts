import * as z from 'zod';
import { type LocalDate, localDateSchema } from '../kernel/time.ts';
import { INTAKE_SHARDS } from '../platform/keys.ts';

/** One shard of one local day of a campaign: what one step of the closeout works on. */
export const partitionSchema = z.object({
  day: localDateSchema,
  shard: z
    .number()
    .int()
    .min(0)
    .max(INTAKE_SHARDS - 1),
});
export type Partition = z.infer<typeof partitionSchema>;

/** Every shard of these days. */
export const partitionsOf = (days: readonly LocalDate[]): Partition[] =>
  days.flatMap((day) => Array.from({ length: INTAKE_SHARDS }, (_, shard) => ({ day, shard })));

/** The files of a closeout. `part` is a fixed word or a date, never a donor's text. */
const closeoutFile = (campaignId: string, part: string): string => `campaigns/${campaignId}/closeout/${part}`;
export const summaryFile = (campaignId: string, { day, shard }: Partition): string =>
  closeoutFile(campaignId, `summaries/${day}-${shard}.json`);
/** What comparing one Beijing day's bills found. */
export const reconciledDayFile = (campaignId: string, day: LocalDate): string =>
  closeoutFile(campaignId, `reconciliation/${day}.json`);
export const reconciliationFile = (campaignId: string): string => closeoutFile(campaignId, 'reconciliation.json');
export const REPORT_FORMATS = {
  json: 'application/json',
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
export type ReportFormat = keyof typeof REPORT_FORMATS;

/** The newest report in one form: a copy for whoever looks for it by name. What was signed is kept under its hash. */
export const reportFile = (campaignId: string, format: ReportFormat): string =>
  closeoutFile(campaignId, `report.${format}`);
/** A draft, by the round of its statement and by the hash of its JSON: never overwritten with anything else. */
export const draftFile = (campaignId: string, round: number, sha256: string, format: ReportFormat): string =>
  closeoutFile(campaignId, `drafts/${round}-${sha256}.${format}`);
/** What was signed, by the hash of its JSON. */
export const signedFile = (campaignId: string, sha256: string, format: ReportFormat): string =>
  closeoutFile(campaignId, `signed/${sha256}.${format}`);
/** Who signed that hash. */
export const signOffFile = (campaignId: string, sha256: string): string =>
  closeoutFile(campaignId, `signed/${sha256}.sign-off.json`);
/** A draft of an addendum, by its round and by the hash of its JSON. */
export const addendumDraftFile = (campaignId: string, round: number, sha256: string, format: 'json' | 'pdf'): string =>
  closeoutFile(campaignId, `addenda/drafts/${round}-${sha256}.${format}`);
/** Who signed that addendum. */
export const addendumSignOffFile = (campaignId: string, number: number, sha256: string): string =>
  closeoutFile(campaignId, `addenda/${number}-${sha256}.sign-off.json`);
/** An addendum, by its number and by the hash of its JSON. */
export const addendumFile = (campaignId: string, number: number, sha256: string, format: 'json' | 'pdf'): string =>
  closeoutFile(campaignId, `addenda/${number}-${sha256}.${format}`);
