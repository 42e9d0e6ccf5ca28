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
export const reportFile = (campaignId: string, format: 'json' | 'pdf' | 'xlsx'): string =>
  closeoutFile(campaignId, `report.${format}`);
