import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { explainMatch } from './explanation.ts';
import { explanationText } from './explanation-text.ts';
import { adjustmentsOf, readPool } from './matching-pool.store.ts';
import { LANGUAGES } from './rule-words.ts';
import { readGiftAccount } from './settlement.store.ts';

/** What a gift id looks like; anything else names no gift and is not looked up. */
const GIFT_ID = /^[a-z0-9_]{1,64}$/;

async function answerExplainMatch(request: StaffRequest, use: { table: Table }): Promise<HttpAnswer> {
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const language = LANGUAGES.find((known) => known === (request.query['lang'] ?? campaign.proposal.language));
  if (language === undefined)
    return problem(422, 'invalid', 'Some fields are not as they must be.', [
      { field: 'lang', problem: 'is no language of explanations', fix: `send one of ${LANGUAGES.join(', ')}` },
    ]);
  const giftId = request.parameters['giftId'] ?? '';
  if (!GIFT_ID.test(giftId)) return unknownGift;
  const account = await readGiftAccount(use.table, giftId);
  // A gift of another campaign is as unknown here as one that does not exist: what exists elsewhere is not told.
  if (account.entry?.campaignId !== campaign.campaignId) return unknownGift;
  const { match } = account;
  if (match === undefined)
    return problem(409, 'not-counted-yet', 'The gift has arrived and waits to be counted. Ask again in a minute.');
  const pool = await readPool(use.table, campaign.campaignId);
  // Only a pool that was raised or lowered has other versions to go back to.
  const resizes = pool.planVersion === 1 ? [] : await resizesOf(use.table, campaign.campaignId);
  const explanation = explainMatch({ match, account, pool, resizes, seedHashes: campaign.seedHashes ?? {} });
  return { status: 200, body: { ...explanation, language, text: explanationText(explanation, language) } };
}

const unknownGift = problem(404, 'unknown-gift', 'There is no such gift in this campaign.');

const resizesOf = async (table: Table, campaignId: string) =>
  (await adjustmentsOf(table, campaignId)).filter(({ kind }) => kind === 'pool');

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'explain-match',
  access: {
    'GET /campaigns/{campaignId}/gifts/{giftId}/match': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answerExplainMatch,
};
export const handler = staffFunction(definition);
