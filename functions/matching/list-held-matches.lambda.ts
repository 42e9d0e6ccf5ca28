import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { standingOf } from './gift-account.ts';
import { type HeldMatch, readHeldMatches } from './held-matches.store.ts';
import { holdClause } from './hold-words.ts';
import type { Language } from './rule-words.ts';

const afterSchema = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)
  .default(0);
const languageSchema = z.enum(['zh-CN', 'en']).optional();

async function answerHeldMatches(request: StaffRequest, use: { table: Table }): Promise<HttpAnswer> {
  const after = afterSchema.safeParse(request.query['after']);
  if (!after.success) return problem(400, 'bad-cursor', '"after" must be a gift number, as "next" of the page before.');
  const lang = languageSchema.safeParse(request.query['lang']);
  if (!lang.success) return problem(400, 'bad-language', '"lang" must be zh-CN or en.');
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const { campaignId, proposal } = campaign;
  const { held, next } = await readHeldMatches(use.table, campaignId, after.data);
  return {
    status: 200,
    body: {
      campaignId,
      held: held.map((match) => heldView(match, lang.data ?? proposal.language)),
      next: next === undefined ? null : `?after=${next}`,
    },
  };
}

function heldView({ no, line, account: { match, settlements } }: HeldMatch, language: Language) {
  const { giftId, orderNo, donorId, unitId, amountMinor, held, heldGifts, occurredAt, day } = line;
  const standing = match === undefined ? undefined : standingOf(match, settlements);
  return {
    no,
    giftId,
    orderNo,
    donorId,
    unitId,
    amountMinor,
    refundedMinor: standing?.refundedMinor,
    matchMinor: standing?.netMinor,
    held,
    heldGifts,
    reason: held === undefined ? '' : holdClause(held, heldGifts ?? 0, language),
    occurredAt,
    day,
  };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'list-held-matches',
  access: {
    'GET /campaigns/{campaignId}/held-matches': { roles: ['finance', 'approver', 'auditor', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerHeldMatches,
};
export const handler = staffFunction(definition);
