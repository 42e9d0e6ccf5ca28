import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  readJsonBody,
} from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { keepReceiptRequest } from './receipt-request.store.ts';
import { receiptAskSchema } from './receipt-request.ts';

/** Takes a donor's request. The answer is the same whether the order is there and the contact right, so that nobody learns who gave. */
async function answer(request: HttpRequest, use: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, receiptAskSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await keepReceiptRequest(use.table, body.value, now);
  log.info('receipt asked for', { outcome });
  return { status: 202, body: { kind: 'taken', orderNo: body.value.orderNo } };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'request-receipt',
  open: () => ({ table: openTable() }),
  handle: answer,
};
export const handler = httpFunction(definition);
