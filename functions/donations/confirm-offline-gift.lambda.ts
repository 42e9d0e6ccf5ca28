import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
  refusalAnswer,
  refuseUnless,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { decideOfflineGift, findOfflineGift } from './offline-gift.store.ts';
import { confirmationSchema } from './offline-gift.ts';
import { offlineGiftView } from './offline-gift-view.ts';
import type { IntakeUse } from './payment-intake.store.ts';

async function answerConfirmation(request: HttpRequest, use: IntakeUse, now: Instant): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'finance', 'approver');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, confirmationSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '', offlineId = '' } = request.parameters;
  const gift = await findOfflineGift(use.table, campaignId, offlineId);
  if (gift === undefined) return problem(404, 'unknown-gift', 'No such gift was entered in this campaign.');
  const outcome = await decideOfflineGift(use, gift, body.value, request.actor?.id ?? 'unknown', now);
  if (outcome.kind === 'decided') return { status: 200, body: offlineGiftView(outcome.gift) };
  return refusalAnswer(outcome.code === 'own-entry' ? 403 : 409, outcome);
}

export const definition: HttpDefinition<IntakeUse> = {
  name: 'confirm-offline-gift',
  open: () => ({ table: openTable(), readDonorKey }),
  handle: answerConfirmation,
};
export const handler = httpFunction(definition);
