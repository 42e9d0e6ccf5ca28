import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import { dayCount, windowBounds } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
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

async function answerRunWhatIf(request: StaffRequest, { table }: { table: Table }): Promise<HttpAnswer> {
  const body = readJsonBody(request, whatIfRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId } = body.value.gifts;
  const refused =
    campaignId === undefined
      ? await request.standing.refuseStranger()
      : await request.standing.refuse(await organisationOfCampaign(table, campaignId));
  if (refused !== undefined) return refused;
  const problems = whatIfProblems(body.value);
  if (problems.length > 0) return problem(422, 'invalid', 'The drafts cannot be tried like this.', problems);
  const { drafts, window, units, lotSeed, gifts } = body.value;
  const frame = { zone: window.zone, ...windowBounds(window) };
  const replay = new WhatIf(drafts, { frame, unitIds: units, lotSeed });
  if (gifts.generated === undefined) {
    const impossible = await replayCampaign(table, body.value, replay);
    if (impossible !== undefined) return impossible;
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

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'run-what-if',
  access: {
    'POST /what-ifs': { roles: ['manager', 'finance', 'approver', 'admin'], of: 'handler' },
  },
  open: () => ({ table: openTable() }),
  handle: answerRunWhatIf,
};
export const handler = staffFunction(definition);
