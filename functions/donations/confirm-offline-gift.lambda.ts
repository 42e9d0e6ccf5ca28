import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { decideOfflineGift, findOfflineGift } from './offline-gift.store.ts';
import { confirmationSchema } from './offline-gift.ts';
import { offlineGiftView } from './offline-gift-view.ts';
import type { IntakeUse } from './payment-intake.store.ts';

async function answerConfirmation(request: StaffRequest, use: IntakeUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, confirmationSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '', offlineId = '' } = request.parameters;
  const gift = await findOfflineGift(use.table, campaignId, offlineId);
  if (gift === undefined) return problem(404, 'unknown-gift', 'No such gift was entered in this campaign.');
  const outcome = await decideOfflineGift(use, gift, body.value, request.actor.id, now);
  if (outcome.kind === 'decided') return { status: 200, body: offlineGiftView(outcome.gift) };
  return refusalAnswer(outcome.code === 'own-entry' ? 403 : 409, outcome);
}

export const definition: StaffDefinition<IntakeUse> = {
  name: 'confirm-offline-gift',
  access: {
    'POST /campaigns/{campaignId}/offline-gifts/{offlineId}/confirmations': {
      roles: ['finance', 'approver'],
      of: 'campaign',
    },
  },
  open: () => ({ table: openTable(), readDonorKey }),
  handle: answerConfirmation,
};
export const handler = staffFunction(definition);
