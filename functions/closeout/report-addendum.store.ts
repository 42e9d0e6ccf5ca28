import { reportAddendaFrom, reportAddendumKey } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type ReportAddendum, reportAddendumSchema } from './report-addendum.ts';
import { mustBeThere } from './report-checks.ts';

export async function readAddendum(table: Table, campaignId: string, number: number): Promise<ReportAddendum> {
  const item = await table.get(reportAddendumKey(campaignId, number));
  return reportAddendumSchema.parse(mustBeThere(item, `addendum ${number} of ${campaignId}`));
}

/** Every signed addendum of a report, in order; each is a person's deed, so that there are some few. */
export async function addendaOf(table: Table, campaignId: string): Promise<ReportAddendum[]> {
  const addenda: ReportAddendum[] = [];
  for await (const item of everyItem(table, reportAddendaFrom(campaignId, 1)))
    addenda.push(reportAddendumSchema.parse(item));
  return addenda;
}
