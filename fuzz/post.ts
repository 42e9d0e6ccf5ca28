import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { checkAgainstContract, hasContract } from '../client/answer-check.ts';
import { donationIntentSchema } from '../functions/donations/donation-intent.ts';
import type { Instant } from '../functions/kernel/time.ts';
import { type HttpDefinition, httpFunction } from '../functions/platform/http.ts';
import { intentKey } from '../functions/platform/keys.ts';
import type { MemoryTable } from '../functions/platform/table.memory.ts';
import type { Answer, FuzzedDoor, Message } from './door.ts';

export const ORDER_NO = 'int_0123456789abcdefghjk';

/** The order that every door's genuine message pays. */
export async function putOrder(table: MemoryTable): Promise<void> {
  const intent = donationIntentSchema.parse({
    type: 'donation-intent',
    orderNo: ORDER_NO,
    campaignId: 'cmp_fuzz',
    amountMinor: 1770,
    currency: 'CNY',
    anonymous: true,
    emailGiven: false,
    language: 'zh-CN',
    zone: 'Asia/Shanghai',
    createdAt: '2026-09-07T11:59:00.000Z',
  });
  await table.write({ put: { ...intentKey(ORDER_NO), ...intent } });
}

const CONTEXT = { functionName: 'fuzz', awsRequestId: 'fuzz' } as Context;

/**
 * Posts as API Gateway does: the body in base64, header names in lower case. Throws where the answer is not one of those that the door's
 * contract promises to its provider.
 */
export function postTo<Use>(
  definition: HttpDefinition<Use>,
  now: Instant,
  path: string,
  use: (table: MemoryTable) => Use,
  routeParameters: Readonly<Record<string, string>> = {},
): FuzzedDoor['post'] {
  if (!hasContract(`POST ${path}`)) throw new Error(`POST ${path} has no contract to be held against`);
  const rawPath = path.replace(/\{(\w+)\}/g, (_whole, name: string) => routeParameters[name] ?? '');
  return async ({ headers, body }: Message, table: MemoryTable): Promise<Answer> => {
    const handler = httpFunction(definition, { use: use(table), tellTime: async () => now });
    const event = {
      version: '2.0',
      routeKey: `POST ${path}`,
      rawPath,
      rawQueryString: '',
      pathParameters: routeParameters,
      headers,
      requestContext: { http: { method: 'POST', path: rawPath } },
      isBase64Encoded: true,
      body: body.toString('base64'),
    } as unknown as APIGatewayProxyEventV2;
    const result = await handler(event, CONTEXT);
    checkAgainstContract(event.routeKey, result);
    return { status: result.statusCode ?? 0, body: result.body ?? '' };
  };
}
