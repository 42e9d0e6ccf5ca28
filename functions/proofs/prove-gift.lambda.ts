import { findCampaign } from '../campaigns/campaign.store.ts';
import { type CampaignFiles, openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { cacheable, cacheableHtml } from '../disclosure/cacheable.ts';
import { isPublic } from '../disclosure/public-figures.ts';
import { PAGE_LANGUAGES } from '../disclosure/public-page-words.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { proveGift } from './gift-proof.store.ts';
import { PROOF_PAGE_SECURITY_POLICY, proofPage } from './proof-page.ts';
import { listProofKeys, listSignedDays } from './signed-day.store.ts';

type Use = {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly readDonorKey: () => Promise<string>;
};

/** Some 2 KB each: 100 KB a page. */
const DAYS_PER_PAGE = 50;

async function answerProof(request: HttpRequest, use: Use): Promise<HttpAnswer> {
  if (request.route.endsWith('/proof-keys')) return cacheable(request, { keys: await listProofKeys(use.table) });
  const { campaignId = '', gift } = request.parameters;
  const campaign = await findCampaign(use.table, campaignId, { stale: true });
  if (campaign === undefined || !isPublic(campaign))
    return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (request.route.endsWith('/signed-days')) return signedDays(request, use.table, campaignId);
  if (gift === undefined) {
    const language = PAGE_LANGUAGES.find((known) => known === request.query['lang']) ?? campaign.proposal.language;
    return cacheableHtml(request, proofPage(campaign.proposal, language), PROOF_PAGE_SECURITY_POLICY);
  }
  const outcome = await proveGift(use, campaignId, gift);
  if (outcome.kind === 'unknown-gift') return UNKNOWN_GIFT;
  if (outcome.kind === 'not-signed-yet') return NOT_SIGNED_YET;
  // Not for shared caches: asked for by the gift's id or an order's number, it says whose the gift is.
  return { status: 200, headers: { 'access-control-allow-origin': '*' }, body: outcome.proof };
}

async function signedDays(request: HttpRequest, table: Table, campaignId: string): Promise<HttpAnswer> {
  const after = request.query['after'] ?? '0';
  if (!/^\d{1,9}$/.test(after))
    return problem(400, 'bad-cursor', '"after" must be the number of a day of an earlier page.');
  const { days, hasMore } = await listSignedDays(table, campaignId, Number(after) + 1, DAYS_PER_PAGE);
  const last = days.at(-1);
  return cacheable(request, {
    campaignId,
    days: days.map(({ text, hash, signature, signedAt, statement }) => ({
      statement: text,
      signature,
      hash,
      signedAt,
      day: statement.day,
      number: statement.number,
    })),
    next: hasMore && last !== undefined ? `?after=${last.statement.number}` : null,
  });
}

const UNKNOWN_GIFT = problem(
  404,
  'unknown-gift',
  'There is no such gift in this campaign. By its own number or its order’s it can be found from the day after it was counted.',
);
const NOT_SIGNED_YET = problem(
  409,
  'not-signed-yet',
  'The gift is counted, and the day on which it was is not signed yet. That is done in the night after it.',
);

export const definition: HttpDefinition<Use> = {
  name: 'prove-gift',
  open: () => ({ table: openTable(), files: openCampaignFiles(), readDonorKey }),
  handle: answerProof,
};
export const handler = httpFunction(definition);
