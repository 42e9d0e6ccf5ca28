import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { definition } from '../functions/donations/receive-standard-webhook.lambda.ts';
import { parseStandardSources } from '../functions/donations/standard-webhook-source.ts';
import { epochSeconds, instantOf } from '../functions/kernel/time.ts';
import type { FuzzedDoor } from './door.ts';
import { ORDER_NO, postTo, putOrder } from './post.ts';

const NOW = instantOf('2026-09-07T20:00:05+08:00');
const SOURCE = 'fuzzed-platform';
const SECRET = `whsec_${Buffer.alloc(32, 'secret').toString('base64')}`;
const MESSAGE_ID = 'msg_fuzzed';

export function standardWebhookDoor(): FuzzedDoor {
  const library = new Webhook(SECRET);
  const sources = parseStandardSources(JSON.stringify({ standardWebhook: [{ sourceId: SOURCE, keys: [SECRET] }] }));
  const content = {
    type: 'payment.succeeded',
    timestamp: '2026-09-07T20:00:00+08:00',
    data: {
      paymentId: 'P-1',
      amountMinor: 1770,
      currency: 'CNY',
      orderNo: ORDER_NO,
      campaignId: 'cmp_fuzz',
      unitId: 'unit',
      teamId: 'team',
      payerReference: 'donor',
      anonymous: true,
    },
  };
  const genuine = JSON.stringify(content);
  return {
    name: 'standard-webhook',
    content,
    signed(changed) {
      const text = JSON.stringify(changed) ?? '';
      const payload = text === genuine ? text : ofAnotherType(text);
      return {
        headers: {
          'content-type': 'application/json',
          'webhook-id': MESSAGE_ID,
          'webhook-timestamp': String(epochSeconds(NOW)),
          'webhook-signature': library.sign(MESSAGE_ID, new Date(NOW), payload),
        },
        body: Buffer.from(payload),
      };
    },
    post: postTo(
      definition,
      NOW,
      '/webhooks/standard/{sourceId}',
      (table) => ({ table, readSources: async () => sources, readDonorKey: async () => 'donor key' }),
      { sourceId: SOURCE },
    ),
    prepare: putOrder,
    isInShape({ status, body }) {
      const answer = JSON.parse(body) as { received?: unknown; title?: unknown; detail?: unknown; status?: unknown };
      if (status === 200) return answer.received === true;
      return typeof answer.title === 'string' && typeof answer.detail === 'string' && answer.status === status;
    },
  };
}

/** The same odd content as a message of any type; which one follows from the content, so that a run can be repeated. */
function ofAnotherType(text: string): string {
  const turn = createHash('sha256').update(text).digest().readUInt16BE(0) % 4;
  if (turn > 1) return text;
  const type = turn === 0 ? 'payment.refunded' : 'payment.disputed';
  const more = turn === 0 ? '"refundId":"R-1"' : '"disputeId":"D-1","state":"lost"';
  return text
    .replace('"type":"payment.succeeded"', `"type":"${type}"`)
    .replace('"data":{', `"data":{${more},`)
    .replace(',"unitId":"unit","teamId":"team","payerReference":"donor","anonymous":true', '');
}
