import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findDonation } from './donation-entry.store.ts';
import { decideDonorLink } from './donor-link.store.ts';
import { donorLinkRequestSchema } from './donor-link.ts';

async function answerLink(request: StaffRequest, { table }: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, donorLinkRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  for (const giftId of [body.value.giftId, body.value.sameAsGiftId]) {
    const campaignId = (await findDonation(table, giftId))?.campaignId;
    const refused = await request.standing.refuse(
      campaignId === undefined ? undefined : await organisationOfCampaign(table, campaignId),
    );
    if (refused !== undefined) return refused;
  }
  const outcome = await decideDonorLink(table, body.value, request.actor.id, now);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'unknown-gift' ? 404 : 409, outcome);
  const { aliasId, donorId, state, evidence, by, at } = outcome.link;
  return { status: 200, body: { aliasId, donorId, state, evidence, by, at } };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'link-donors',
  access: {
    'POST /donor-links': { roles: ['finance', 'admin'], of: 'handler' },
  },
  open: () => ({ table: openTable() }),
  handle: answerLink,
};
export const handler = staffFunction(definition);
