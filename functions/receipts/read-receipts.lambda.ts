import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { publicAddressOf } from '../organisations/public-address.store.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { isIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openPress } from '../press/press.ts';
import { findHandOut } from './hand-out.store.ts';
import type { Receipt } from './receipt.ts';
import { exportCsv, exportXlsx, MOST_EXPORTED, receiptExport } from './receipt-export.ts';
import { findSeries } from './receipt-series.store.ts';
import { findReceiptSettings } from './receipt-settings.store.ts';
import { type PrintedAs, type ReceiptSheet, receiptSheetOf } from './receipt-sheet.ts';
import { receiptView, seriesView } from './receipt-view.ts';
import { findReceipt, readSeriesProblems, receiptsFrom, waiversFrom } from './register.store.ts';

export type ReadReceiptsUse = {
  readonly table: Table;
  /** A receipt as the bytes of a PDF. */
  readonly print: (sheet: ReceiptSheet) => Promise<Uint8Array>;
};

/** Receipts in one answer: some 1.5 KB each. */
const RECEIPTS_PER_PAGE = 100;

async function answer(request: StaffRequest, use: ReadReceiptsUse, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '', receiptId } = request.parameters;
  if (receiptId !== undefined) return printed(use, organisationId, receiptId, request.query['handOut']);
  const year = await yearOf(request, use.table, organisationId, now);
  if (year === undefined) return BAD_YEAR;
  switch (request.route) {
    case 'GET /organisations/{organisationId}/receipts':
      return list(request, use.table, organisationId, year);
    case 'GET /organisations/{organisationId}/receipt-waivers':
      return listWaivers(request, use.table, organisationId, year);
    case 'GET /organisations/{organisationId}/receipts.csv':
      return exported(request, use.table, organisationId, year, 'csv');
    case 'GET /organisations/{organisationId}/receipts.xlsx':
      return exported(request, use.table, organisationId, year, 'xlsx');
    default:
      return series(use.table, organisationId, year);
  }
}

/** The year in the path or the query; else the one in which the organisation is now. */
async function yearOf(
  { parameters, query }: StaffRequest,
  table: Table,
  organisationId: string,
  now: Instant,
): Promise<number | undefined> {
  const said = parameters['year'] ?? query['year'];
  if (said === undefined) {
    const settings = await findReceiptSettings(table, organisationId);
    return Number(localDateOf(now, settings?.zone ?? 'Asia/Shanghai').slice(0, 4));
  }
  return /^2\d{3}$/.test(said) ? Number(said) : undefined;
}

/** What was handed out with a key, as often as it is asked for; without a key a copy that says that it is one, which counts as nothing. */
async function printed(
  use: ReadReceiptsUse,
  organisationId: string,
  receiptId: string,
  key: string | undefined,
): Promise<HttpAnswer> {
  const receipt = await findReceipt(use.table, receiptId);
  if (receipt === undefined || receipt.organisationId !== organisationId)
    return problem(404, 'unknown-receipt', 'This organisation has issued no such receipt.');
  const as = await printedAs(use.table, receipt, key);
  if (as === undefined) return UNKNOWN_HAND_OUT;
  const organisation = await findOrganisation(use.table, organisationId);
  const place = await publicAddressOf(use.table, organisation?.path ?? [organisationId]);
  const content = await use.print(receiptSheetOf(receipt, place?.address, as));
  return {
    status: 200,
    file: { content, contentType: 'application/pdf', name: `receipt-${receipt.code}-${receipt.number}.pdf` },
  };
}

async function printedAs(table: Table, receipt: Receipt, key: string | undefined): Promise<PrintedAs | undefined> {
  if (key === undefined) return { kind: 'copy' };
  const handedOut = isIdempotencyKey(key) ? await findHandOut(table, receipt, key) : undefined;
  return handedOut === undefined ? undefined : { kind: 'handed-out', copy: handedOut.copy };
}
const UNKNOWN_HAND_OUT = problem(404, 'unknown-hand-out', 'With this key the receipt was not handed out.', [
  { field: 'handOut', problem: 'is the key of no hand-out', fix: 'POST …/copies with this Idempotency-Key first' },
]);

async function list(request: StaffRequest, table: Table, organisationId: string, year: number): Promise<HttpAnswer> {
  const after = numberOf(request.query['after'], 0);
  if (after === undefined) return BAD_NUMBER('after');
  const range = { from: after + 1, upTo: after + RECEIPTS_PER_PAGE };
  const receipts = await readAll(table, organisationId, year, range);
  const last = (await findSeries(table, organisationId, year))?.issued ?? 0;
  return {
    status: 200,
    body: { year, receipts: receipts.map(receiptView), next: range.upTo < last ? String(range.upTo) : null },
  };
}

async function listWaivers(
  request: StaffRequest,
  table: Table,
  organisationId: string,
  year: number,
): Promise<HttpAnswer> {
  const { waivers, next } = await waiversFrom(table, organisationId, year, request.query['after'], RECEIPTS_PER_PAGE);
  return {
    status: 200,
    body: {
      year,
      waivers: waivers.map(({ giftId, campaignId, reason, amountMinor, recordedAt, recordedBy, endedBy }) => ({
        giftId,
        campaignId,
        reason,
        amountMinor,
        recordedAt,
        recordedBy,
        endedByReceiptId: endedBy?.receiptId ?? null,
      })),
      next,
    },
  };
}

async function series(table: Table, organisationId: string, year: number): Promise<HttpAnswer> {
  const problems = await readSeriesProblems(table, organisationId, year);
  const head = await findSeries(table, organisationId, year);
  return { status: 200, body: { ...seriesView(organisationId, year, head), problems } };
}

async function exported(
  request: StaffRequest,
  table: Table,
  organisationId: string,
  year: number,
  format: 'csv' | 'xlsx',
): Promise<HttpAnswer> {
  const from = numberOf(request.query['from'], 1);
  if (from === undefined || from < 1) return BAD_NUMBER('from');
  const last = (await findSeries(table, organisationId, year))?.issued ?? 0;
  const upTo = Math.min(numberOf(request.query['to'], last) ?? last, last, from + MOST_EXPORTED - 1);
  if (upTo < from) return problem(404, 'no-receipts', `Series ${year} ends with number ${last}.`);
  const [receipts, settings] = await Promise.all([
    readAll(table, organisationId, year, { from, upTo }),
    findReceiptSettings(table, organisationId),
  ]);
  const content = receiptExport(receipts, settings, { from, upTo });
  const name = `receipts-${organisationId}-${year}-${from}-${upTo}`;
  const file =
    format === 'csv'
      ? {
          content: new TextEncoder().encode(exportCsv(content)),
          contentType: 'text/csv; charset=utf-8',
          name: `${name}.csv`,
        }
      : { content: await exportXlsx(content, name), contentType: XLSX, name: `${name}.xlsx` };
  // A file cannot say where the next one begins; the header does.
  const next = { link: `<?year=${year}&from=${upTo + 1}>; rel="next"` };
  return { status: 200, file, headers: upTo < last ? next : {} };
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

async function readAll(
  table: Table,
  organisationId: string,
  year: number,
  range: { readonly from: number; readonly upTo: number },
): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for await (const receipt of receiptsFrom(table, organisationId, year, range)) receipts.push(receipt);
  return receipts;
}

const numberOf = (text: string | undefined, otherwise: number): number | undefined => {
  if (text === undefined) return otherwise;
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
};
const BAD_NUMBER = (field: string): HttpAnswer =>
  problem(422, 'invalid', 'A number of the series is needed.', [
    { field, problem: 'is no whole number', fix: 'send a number of the series, without leading zeros or with them' },
  ]);
const BAD_YEAR = problem(422, 'invalid', 'A series is of a year.', [
  { field: 'year', problem: 'is no year of this millennium', fix: 'send four digits such as 2026' },
]);

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;
const SEE = { roles: READERS, of: 'organisation' } as const;
const EXPORT = { roles: ['finance', 'auditor', 'admin'], of: 'organisation' } as const;

export const definition: StaffDefinition<ReadReceiptsUse> = {
  name: 'read-receipts',
  access: {
    'GET /organisations/{organisationId}/receipts': SEE,
    'GET /organisations/{organisationId}/receipt-waivers': SEE,
    'GET /organisations/{organisationId}/receipt-series/{year}': SEE,
    'GET /organisations/{organisationId}/receipts.csv': EXPORT,
    'GET /organisations/{organisationId}/receipts.xlsx': EXPORT,
    'GET /organisations/{organisationId}/receipts/{receiptId}/document': SEE,
  },
  open: () => ({
    table: openTable(),
    print: async (sheet) => (await openPress(import.meta.dirname)).print('receipt.typ', sheet),
  }),
  handle: answer,
};
export const handler = staffFunction(definition);
