import { findCampaign } from '../campaigns/campaign.store.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { publicAddressOf } from '../organisations/public-address.store.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openPress } from '../press/press.ts';
import { documentTokenOf, isSameSecret } from './check-code.ts';
import { type ReceiptSheet, receiptSheetOf } from './receipt-sheet.ts';
import { findReceipt, findReceiptByNumber } from './register.store.ts';
import { isGenuine, type Verification, verificationOf } from './verification.ts';
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
  switch (request.route) {
    case 'GET /public/receipts/{receiptId}/document':
      return documentOf(request, use);
    case 'GET /public/receipt-checks':
      return checked(request, use);
    default:
      return page(request, use);
  }
}

/** For people: the form, until something has been typed or scanned, then what came of it. */
async function page(request: HttpRequest, use: PublicReceiptUse): Promise<HttpAnswer> {
  const place = placeOf(request);
  const { receiptCode, number, code } = request.query;
  const isAsked = [request.parameters['receiptId'], receiptCode, number, code].some((one) => one !== undefined);
  if (!isAsked) return html(200, verificationForm(false, place));
  const found = await verified(request, use);
  if (found === undefined) return html(404, verificationForm(true, place));
  return html(200, verifiedPage(found, { ...place, documentPath: await ownCopy(request, use, place.formPath) }));
}

/** Where the document is, for who has come by the address in the donor's letter. */
async function ownCopy(
  { parameters, query }: HttpRequest,
  use: PublicReceiptUse,
  pagePath: string,
): Promise<string | undefined> {
  const { receiptId } = parameters;
  if (receiptId === undefined) return undefined;
  const token = documentTokenOf(await use.readDonorKey(), receiptId);
  return isSameSecret(query['token'] ?? '', token) ? `${pagePath}/${receiptId}/document?token=${token}` : undefined;
}

/** The same for programs. */
async function checked(request: HttpRequest, use: PublicReceiptUse): Promise<HttpAnswer> {
  const found = await verified(request, use);
  return found === undefined ? UNKNOWN : { status: 200, headers: { 'x-robots-tag': 'noindex' }, body: found };
}

/** What is known of a receipt, for who has its check code: by its id, or by what is printed on it. */
async function verified({ parameters, query }: HttpRequest, use: PublicReceiptUse): Promise<Verification | undefined> {
  const secret = await use.readDonorKey();
  const receiptId = parameters['receiptId'] ?? query['receiptId'];
  const receipt =
    receiptId === undefined
      ? await findReceiptByNumber(use.table, query['receiptCode'] ?? '', query['number'] ?? '')
      : await findReceipt(use.table, receiptId);
  if (!isGenuine(secret, receipt, query['code'] ?? '')) return undefined;
  const campaign = await findCampaign(use.table, receipt.campaignId, { stale: true });
  return verificationOf(receipt, campaign?.proposal.title);
}

/** The donor's own copy, for who has the address that their mail has. However often it is printed, it says that it is one. */
async function documentOf({ parameters, query }: HttpRequest, use: PublicReceiptUse): Promise<HttpAnswer> {
  const { receiptId = '' } = parameters;
  const secret = await use.readDonorKey();
  const receipt = await findReceipt(use.table, receiptId);
  const isRight = isSameSecret(query['token'] ?? '', documentTokenOf(secret, receiptId));
  if (receipt === undefined || !isRight) return UNKNOWN;
  const organisation = await findOrganisation(use.table, receipt.organisationId);
  const place = await publicAddressOf(use.table, organisation?.path ?? [receipt.organisationId]);
  const content = await use.print(receiptSheetOf(receipt, place?.address, { kind: 'copy' }));
  return {
    status: 200,
    headers: { 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' },
    file: { content, contentType: 'application/pdf', name: `receipt-${receipt.code}-${receipt.number}.pdf` },
  };
}

/** Where the form leads: to the page itself, whatever stage stands before it in the path. */
function placeOf({ path, query }: HttpRequest): { language: VerificationLanguage; formPath: string } {
  const language = VERIFICATION_LANGUAGES.find((known) => known === query['lang']) ?? 'zh-CN';
  return { language, formPath: `${path.slice(0, Math.max(0, path.indexOf(PAGE)))}${PAGE}` };
}
const PAGE = '/public/receipts';

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
