import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { standardEventOf, standardMessageSchema } from '../functions/donations/standard-webhook-event.ts';
import { checkStandardSignature } from '../functions/donations/standard-webhook-signature.ts';
import { parseStandardSources } from '../functions/donations/standard-webhook-source.ts';
import { messageIn } from '../functions/donations/webhook-body.ts';
import { epochSeconds, type Instant, instantOf } from '../functions/kernel/time.ts';
import { type Benchmark, number, standingsTable, verdict } from './findings.ts';
import { type Contestant, compete, processorTime } from './rounds.ts';

const SOURCE = 'measured-platform';
const SECRET_BYTES = Buffer.alloc(32, 'secret');
const SECRET = `whsec_${SECRET_BYTES.toString('base64')}`;
/** Different ones, so that nothing can be kept from one to the next. */
const MESSAGES = 500;
/** Times over all of them in one round: a tenth of a second or so. */
const LAPS = 12;
/** As many as the WeChat Pay benchmark has, and for the same reason. */
const ROUNDS = 31;
const TARGET_OF_FLOOR = 0.8;

type SignedMessage = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

/** Verifying and validating a message by the Standard Webhooks specification, beside the least that must be done and beside its own library. */
export const standardWebhook: Benchmark = {
  title: 'Webhook: verify and validate a Standard Webhooks message',
  async run() {
    // The library looks at the machine's clock, so the messages are of now; all rounds take a few seconds of its 300.
    const now = instantOf(Date.now());
    const library = new Webhook(SECRET);
    const messages = Array.from({ length: MESSAGES }, (_, n) => messageOf(library, now, n));
    const standings = await compete(
      [ours(messages, now), floor(messages), oursUnread(messages, now), sdk(library, messages)],
      ROUNDS,
      processorTime,
    );
    const [, besideFloor, besideUnread, besideSdk] = standings;
    if (besideFloor === undefined || besideUnread === undefined || besideSdk === undefined)
      throw new Error('a contestant is missing');
    return {
      tables: [standingsTable('messages', standings)],
      notes: [
        verdict('share of the floor', besideFloor.ratio.median, TARGET_OF_FLOOR, 'at least'),
        `Verified and parsed, but its fields not looked at, it is ${number(besideUnread.perSecond.median / besideFloor.perSecond.median)} of the floor: the fields have the rest.`,
        `A message has ${messages[0]?.body.length ?? 0} bytes.`,
        'Floor: node:crypto with a cached KeyObject, HMAC-SHA256 + timingSafeEqual + JSON.parse, and no check of anything.',
        'SDK: standardwebhooks 1.1.1, verify; its SHA-256 is JavaScript, and it validates nothing of the payload.',
      ],
      figures: { ofFloor: besideFloor.ratio, timesSdk: besideSdk.ratio },
    };
  },
};

function messageOf(library: Webhook, now: Instant, n: number): SignedMessage {
  const id = `msg_${String(n).padStart(24, '0')}`;
  const payload = JSON.stringify({
    type: 'payment.succeeded',
    timestamp: '2026-09-07T20:00:00+08:00',
    data: {
      paymentId: `P-${String(n).padStart(12, '0')}`,
      amount: `${10 + n}.70`,
      currency: 'CNY',
      campaignId: 'cmp_0123456789abcdefghjk',
      unitId: 'xuanhan',
      payerReference: `donor-${n}`,
      anonymous: true,
    },
  });
  const timestamp = epochSeconds(now);
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': library.sign(id, new Date(timestamp * 1000), payload),
    },
    body: Buffer.from(payload),
  };
}

function lapsOver(messages: readonly SignedMessage[], read: (one: SignedMessage) => boolean): number {
  for (let lap = 0; lap < LAPS; lap += 1)
    for (const one of messages) if (!read(one)) throw new Error('a good message was refused');
  return LAPS * messages.length;
}

const keysOfSource = () =>
  parseStandardSources(JSON.stringify({ standardWebhook: [{ sourceId: SOURCE, keys: [SECRET] }] })).get(SOURCE)?.keys ??
  [];

/** All that ours does before it looks at a field: what no validation of fields, however fast, can be faster than. */
function oursUnread(messages: readonly SignedMessage[], now: Instant): Contestant {
  const keys = keysOfSource();
  const read = ({ headers, body }: SignedMessage): boolean =>
    checkStandardSignature(headers, body, keys, now).kind === 'verified' && messageIn(body).kind === 'read';
  return { name: 'ours, no field looked at', run: () => lapsOver(messages, read) };
}

function ours(messages: readonly SignedMessage[], now: Instant): Contestant {
  const keys = keysOfSource();
  const read = ({ headers, body }: SignedMessage): boolean => {
    if (checkStandardSignature(headers, body, keys, now).kind === 'refused') return false;
    const message = messageIn(body);
    const parsed = standardMessageSchema.safeParse(message.kind === 'read' ? message.value : undefined);
    return parsed.success && standardEventOf(SOURCE, parsed.data).kind === 'payment';
  };
  return { name: 'ours', run: () => lapsOver(messages, read) };
}

function floor(messages: readonly SignedMessage[]): Contestant {
  const key = createSecretKey(SECRET_BYTES);
  return { name: 'floor (node:crypto)', run: () => lapsOver(messages, (one) => readUnchecked(one, key)) };
}

function readUnchecked({ headers, body }: SignedMessage, key: KeyObject): boolean {
  const text = body.toString();
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  const signature = Buffer.from((headers['webhook-signature'] ?? '').slice('v1,'.length), 'base64');
  if (!timingSafeEqual(createHmac('sha256', key).update(signed).digest(), signature)) return false;
  return (JSON.parse(text) as { type: string }).type === 'payment.succeeded';
}

function sdk(library: Webhook, messages: readonly SignedMessage[]): Contestant {
  const read = ({ headers, body }: SignedMessage): boolean => library.verify(body, { ...headers }) !== undefined;
  return { name: 'standardwebhooks 1.1.1', run: () => lapsOver(messages, read) };
}
