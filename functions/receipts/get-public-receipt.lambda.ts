import { findCampaign } from '../campaigns/campaign.store.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openPress } from '../press/press.ts';
import { documentTokenOf, isSameSecret } from './check-code.ts';
import type { Receipt } from './receipt.ts';
import { findReceiptSettings } from './receipt-settings.store.ts';
import { type ReceiptSheet, receiptSheetOf } from './receipt-sheet.ts';
import { findReceipt, findReceiptByNumber } from './register.store.ts';
import { isGenuine, verificationOf } from './verification.ts';
import { VERIFICATION_HEADERS, verificationForm, verifiedPage } from './verification-page.ts';
import { VERIFICATION_LANGUAGES, type VerificationLanguage } from './verification-words.ts';

export type PublicReceiptUse = {
  readonly table: Table;
  readonly readDonorKey: () => Promise<string>;
  readonly print: (sheet: ReceiptSheet) => Promise<Uint8Array>;
};

/** The same answer to a receipt that is not there and to a code that is not its own. */
const UNKNOWN = problem(404, 'unknown-receipt', 'There is no receipt with this number and this check code.');

async function answer(request: HttpRequest, use: PublicReceiptUse): Promise<HttpAnswer> {
  const { receiptId } = request.parameters;
  if (receiptId === undefined) return byNumber(request, use);
  if (request.path.endsWith('/document')) return documentOf(receiptId, request.query['token'] ?? '', use);
  return verified(request, use, await findReceipt(use.table, receiptId));
}

/** By what is printed: for who types it, and for whom there is nothing to scan. Without anything it is the form. */
async function byNumber(request: HttpRequest, use: PublicReceiptUse): Promise<HttpAnswer> {
  const { receiptCode, number } = request.query;
  if (receiptCode === undefined && number === undefined && request.query['code'] === undefined)
    return html(200, verificationForm(false, placeOf(request, request.path)));
  return verified(request, use, await findReceiptByNumber(use.table, receiptCode ?? '', number ?? ''));
}

async function verified(
  request: HttpRequest,
  use: PublicReceiptUse,
  receipt: Receipt | undefined,
): Promise<HttpAnswer> {
  const secret = await use.readDonorKey();
  const place = placeOf(request, '/public/receipts');
  const isForPeople = wantsPage(request);
  if (!isGenuine(secret, receipt, request.query['code'] ?? ''))
    return isForPeople ? html(404, verificationForm(true, place)) : UNKNOWN;
  const campaign = await findCampaign(use.table, receipt.campaignId, { stale: true });
  const found = verificationOf(receipt, campaign?.proposal.title);
  return isForPeople
    ? html(200, verifiedPage(found, place))
    : { status: 200, headers: { 'x-robots-tag': 'noindex' }, body: found };
}

/** The donor's own copy, for who has the address that their mail has. */
async function documentOf(receiptId: string, token: string, use: PublicReceiptUse): Promise<HttpAnswer> {
  const secret = await use.readDonorKey();
  const receipt = await findReceipt(use.table, receiptId);
  const isRight = isSameSecret(token, documentTokenOf(secret, receiptId));
  if (receipt === undefined || !isRight) return UNKNOWN;
  const settings = await findReceiptSettings(use.table, receipt.organisationId);
  const content = await use.print(receiptSheetOf(receipt, settings?.publicUrl));
  return {
    status: 200,
    headers: { 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' },
    file: { content, contentType: 'application/pdf', name: `receipt-${receipt.code}-${receipt.number}.pdf` },
  };
}

/** A browser asks for HTML; `format` decides where somebody says it. */
const wantsPage = ({ headers, query }: HttpRequest): boolean =>
  query['format'] === undefined ? (headers['accept'] ?? '').includes('text/html') : query['format'] === 'html';

/** Where the form leads: beside the page that was asked for, whatever stage stands before it. */
function placeOf({ path, query }: HttpRequest, formPath: string): { language: VerificationLanguage; formPath: string } {
  const language = VERIFICATION_LANGUAGES.find((known) => known === query['lang']) ?? 'zh-CN';
  const end = path.indexOf('/public/receipts');
  return { language, formPath: end < 0 ? formPath : `${path.slice(0, end)}/public/receipts` };
}

const html = (status: number, text: string): HttpAnswer => ({ status, headers: VERIFICATION_HEADERS, html: text });

export const definition: HttpDefinition<PublicReceiptUse> = {
  name: 'get-public-receipt',
  open: () => ({
    table: openTable(),
    readDonorKey,
    print: async (sheet) => (await openPress(import.meta.dirname)).print('receipt.typ', sheet),
  }),
  handle: answer,
};
export const handler = httpFunction(definition);
