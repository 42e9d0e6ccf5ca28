import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { TransientError } from '../kernel/errors.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { readCampaignFunds } from './campaign-funds.store.ts';
import { readSpendingBooks } from './spending-books.store.ts';
import { spendingCsv } from './spending-csv.ts';
import { readSpendingBook, spendingEntryPage } from './spending-entry.store.ts';
import { readSpendingFigures } from './spending-figures.store.ts';
import { INVARIANT_NAMES, spendingViolations } from './spending-invariants.ts';
import { MOST_CAMPAIGNS, readCampaignYears } from './spending-ratios.store.ts';
import { spendingRatios } from './spending-ratios.ts';
import { entryView, figuresView } from './spending-view.ts';

type SpendingUse = { readonly table: Table };

const afterSchema = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)
  .default(0);
const yearSchema = z
  .string()
  .regex(/^20\d\d$/)
  .transform(Number);
/** Entries of one file: some 300 bytes each, under a second to read and write. */
const ENTRIES_OF_A_FILE = 1_000;

async function answerReading(request: StaffRequest, { table }: SpendingUse): Promise<HttpAnswer> {
  const { organisationId, campaignId = '' } = request.parameters;
  if (organisationId !== undefined) return ratios(request, table, organisationId);
  const after = afterSchema.safeParse(request.query['after']);
  if (!after.success) return problem(400, 'bad-cursor', '"after" must be the number of an entry.');
  const campaign = await findCampaign(table, campaignId);
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (request.path.endsWith('/spending-check')) return check(table, campaignId);
  if (request.path.endsWith('.csv')) return csv(table, campaign, after.data);
  const [figures, funds, page] = await Promise.all([
    readSpendingFigures(table, campaignId),
    readSpendingBook(table, campaignId).then((book) => readCampaignFunds(table, campaignId, book)),
    spendingEntryPage(table, campaignId, after.data + 1),
  ]);
  const last = page.entries.at(-1)?.number;
  return {
    status: 200,
    body: {
      campaignId,
      currency: campaign.proposal.currency,
      ...figuresView(figures, funds),
      page: page.entries.map(entryView),
      next: page.next === undefined ? null : `?after=${last}`,
    },
  };
}

async function csv(table: Table, { campaignId, proposal }: Campaign, after: number): Promise<HttpAnswer> {
  const { entries, next } = await spendingEntryPage(table, campaignId, after + 1, ENTRIES_OF_A_FILE);
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="spending-${campaignId}-after-${after}.csv"`,
      // RFC 8288: a file has no place for the way to the next one.
      ...(next === undefined ? {} : { link: `<?after=${next - 1}>; rel="next"` }),
    },
    text: spendingCsv(entries, proposal.currency),
  };
}

/** Throws TransientError where something is booked while the books are read: asked again, they are of one moment. */
async function check(table: Table, campaignId: string): Promise<HttpAnswer> {
  const books = await readSpendingBooks(table, campaignId);
  if (books === undefined) throw new TransientError('the books moved while they were read');
  const found = Map.groupBy(spendingViolations(books), ({ invariant }) => invariant);
  const invariants = INVARIANT_NAMES.map((invariant) => ({
    invariant,
    violations: (found.get(invariant) ?? []).map(({ detail }) => detail),
  }));
  if (found.size > 0) log.error('spending contradicts itself', { campaignId, invariants: [...found.keys()] });
  return {
    status: 200,
    body: { campaignId, entries: books.entries.length, goodsEntries: books.goods.length, invariants },
  };
}

async function ratios(request: StaffRequest, table: Table, organisationId: string): Promise<HttpAnswer> {
  const year = yearSchema.safeParse(request.query['year']);
  if (!year.success) return problem(400, 'bad-question', '"year" must be a year of four digits, such as 2026.');
  const campaigns = await readCampaignYears(table, organisationId);
  if (campaigns === undefined)
    return problem(409, 'too-many-campaigns', `More than ${MOST_CAMPAIGNS} campaigns are not added up in one call.`);
  return { status: 200, body: { organisationId, ...spendingRatios(year.data, campaigns) } };
}

const READERS = ['finance', 'manager', 'approver', 'auditor', 'admin'] as const;

export const definition: StaffDefinition<SpendingUse> = {
  name: 'read-spending',
  access: {
    'GET /campaigns/{campaignId}/spending': { roles: READERS, of: 'campaign' },
    'GET /campaigns/{campaignId}/spending.csv': { roles: READERS, of: 'campaign' },
    'GET /campaigns/{campaignId}/spending-check': { roles: READERS, of: 'campaign' },
    'GET /organisations/{organisationId}/spending-ratios': {
      roles: ['finance', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answerReading,
};
export const handler = staffFunction(definition);
