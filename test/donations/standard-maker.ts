import { generateKeyPairSync } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import {
  type ReceiveStandardUse,
  definition as receiveStandard,
} from '../../functions/donations/receive-standard-webhook.lambda.ts';
import { parseStandardSources } from '../../functions/donations/standard-webhook-source.ts';
import { epochSeconds, type Instant, instantOf } from '../../functions/kernel/time.ts';
import type { Table } from '../../functions/platform/table.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';

// Messages signed wholly by the specification's own library: what our code verifies here, it has not signed.

export const NOW: Instant = instantOf('2026-09-07T20:00:05+08:00');
export const SOURCE = 'city-platform';
export const SECRET = `whsec_${Buffer.from('a shared secret of 32 bytes, yes').toString('base64')}`;
export const ed25519 = generateKeyPairSync('ed25519');
const publicBytes = Buffer.from(ed25519.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
export const PUBLIC_KEY = `whpk_${publicBytes.toString('base64')}`;

/** The JSON of a merchant secret, as an object that tests change. */
export const merchantSecret = () => ({ standardWebhook: [{ sourceId: SOURCE, keys: [SECRET, PUBLIC_KEY] }] });
export const sources = parseStandardSources(JSON.stringify(merchantSecret()));

export type Message = { readonly headers: Record<string, string>; readonly body: Buffer };
type Signing = {
  readonly secret?: string;
  readonly id?: string;
  readonly sentAt?: number;
  readonly headers?: Record<string, string>;
};

/** Signs a body as the specification's library does. `headers` replaces headers after the signature. */
export function signed(body: string, signing: Signing = {}): Message {
  const { secret = SECRET, id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', sentAt = epochSeconds(NOW), headers = {} } = signing;
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(sentAt),
      'webhook-signature': new Webhook(secret).sign(id, new Date(sentAt * 1000), body),
      ...headers,
    },
    body: Buffer.from(body),
  };
}

export const payment = (data: object = {}, changes: object = {}) => ({
  type: 'payment.succeeded',
  timestamp: '2026-09-07T20:00:00+08:00',
  data: { paymentId: 'P-1', amountMinor: 1770, currency: 'CNY', orderNo: 'int_0123456789abcdefghjk', ...data },
  ...changes,
});
export const refund = (data: object = {}) => ({
  ...payment({ refundId: 'R-1', amountMinor: 700, ...data }),
  type: 'payment.refunded',
});
export const dispute = (data: object = {}) => ({
  ...payment({ disputeId: 'D-1', state: 'lost', ...data }),
  type: 'payment.disputed',
});
export const message = (content: object, signing: Signing = {}): Message => signed(JSON.stringify(content), signing);

/** The door as it is deployed, on a table as its grant shows it: one message in, the answer out. */
export function standardDoor(table: Table, secret = JSON.stringify(merchantSecret())) {
  const use: ReceiveStandardUse = {
    table: restrictedTable(table, 'receive-standard-webhook'),
    readSources: async () => parseStandardSources(secret),
    readDonorKey: async () => 'donor key',
  };
  return async ({ headers, body }: Message, sourceId = SOURCE, now: Instant = NOW) => {
    const handler = anyHttpFunction(receiveStandard, { use, tellTime: async () => now });
    const path = `/webhooks/standard/${sourceId}`;
    const event = httpEvent({ method: 'POST', path, routeParameters: { sourceId }, headers, body });
    const result = await handler(event, lambdaContext);
    return { status: result.statusCode ?? 0, body: JSON.parse(result.body ?? 'null') as Record<string, unknown> };
  };
}
