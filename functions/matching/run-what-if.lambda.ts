import { findCampaign } from '../campaigns/campaign.store.ts';
import { dayCount, windowBounds } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
  refuseUnless,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { generatedGifts } from './giving-day/generated-gifts.ts';
import { findPool, journalLines } from './matching-pool.store.ts';
import { moveByDays } from './what-if/moved-days.ts';
import { whatIfNotes } from './what-if/notes.ts';
import {
  MOST_STORED,
  type WhatIfRequest,
  whatIfProblems,
  whatIfRequestSchema,
  workProblems,
} from './what-if/what-if-request.ts';
import { WhatIf } from './what-if.ts';

async function answerRunWhatIf(request: HttpRequest, { table }: { table: Table }): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'manager', 'finance', 'approver', 'admin');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, whatIfRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const problems = whatIfProblems(body.value);
  if (problems.length > 0) return problem(422, 'invalid', 'The drafts cannot be tried like this.', problems);
  const { drafts, window, units, lotSeed, gifts } = body.value;
  const frame = { zone: window.zone, ...windowBounds(window) };
  const replay = new WhatIf(drafts, { frame, unitIds: units, lotSeed });
  if (gifts.generated === undefined) {
    const refused = await replayCampaign(table, body.value, replay);
    if (refused !== undefined) return refused;
  } else {
    const withStandings = replay.needsStandings;
    for (const gift of generatedGifts({ ...gifts.generated, window, unitIds: units, withStandings })) replay.take(gift);
  }
  const notes = whatIfNotes(drafts, gifts.generated === undefined ? 'replayed' : 'generated');
  return { status: 200, body: { ...replay.result(), notes } };
}

/** Replays the journal of a campaign in its recorded order; an answer where that cannot be. */
async function replayCampaign(table: Table, request: WhatIfRequest, replay: WhatIf): Promise<HttpAnswer | undefined> {
  const campaignId = request.gifts.campaignId ?? '';
  const campaign = await findCampaign(table, campaignId);
  if (campaign === undefined)
    return refusedGifts('names no campaign', 'give the id of a campaign that has taken gifts');
  const pool = await findPool(table, campaignId);
  if (pool === undefined)
    return refusedGifts('names a campaign that was never opened', 'name one that has taken gifts');
  if (pool.sequence > MOST_STORED)
    return refusedGifts(
      `names a campaign of ${pool.sequence} gifts, of which ${MOST_STORED} can be read in one answer`,
      'run npm run what-if with its gifts as a file',
    );
  const [tooMuch] = workProblems(request, pool.sequence, 'gifts.campaignId');
  if (tooMuch !== undefined) return refusedGifts(tooMuch.problem, tooMuch.fix);
  // Counted between the days, both included, so that the same day is no move at all.
  const days = dayCount(campaign.proposal.window.firstDay, request.window.firstDay) - 1;
  const move = moveByDays(days, request.window.zone);
  for await (const { giftId, donorId, unitId, amountMinor, occurredAt, standing } of journalLines(table, campaignId))
    replay.take({ giftId, donorId, unitId, amountMinor, standing, ...move(occurredAt) });
  return undefined;
}

const refusedGifts = (text: string, fix: string): HttpAnswer =>
  problem(422, 'invalid', 'These gifts cannot be replayed.', [{ field: 'gifts.campaignId', problem: text, fix }]);

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'run-what-if',
  open: () => ({ table: openTable() }),
  handle: answerRunWhatIf,
};
export const handler = httpFunction(definition);
