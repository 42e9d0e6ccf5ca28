import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  problemsOf,
} from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { count, METRICS, type MetricName } from '../platform/metrics.ts';
import { openHurriedTable } from '../platform/open-table.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { type IntakeUse, recordDisputeEvent, recordPayment, recordRefundEvent } from './payment-intake.store.ts';
import { type ReadStandardSources, readStandardSources } from './standard-webhook.gateway.ts';
import { type StandardEvent, standardEventOf, standardMessageSchema } from './standard-webhook-event.ts';
import { checkStandardSignature, type StandardSignatureRefusal } from './standard-webhook-signature.ts';
import { recordUnbookedMoney } from './unbooked-money.store.ts';
import { type EnvelopeRefusal, envelopeRefusal, type JsonRefusal, messageIn } from './webhook-body.ts';

export type ReceiveStandardUse = IntakeUse & { readonly readSources: ReadStandardSources };

const RECEIVED: HttpAnswer = { status: 200, body: { received: true } };
const CONTRADICTS = problem(
  409,
  'contradicts',
  'This payment, refund or dispute is recorded with another amount. Send a refund, or a payment of its own.',
);

type Refusal = EnvelopeRefusal | 'unknown-source' | StandardSignatureRefusal | JsonRefusal;
type RefusalRule = {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly metric: MetricName;
};
const { notificationForged, notificationRefused, paymentRefused } = METRICS;
const UNVERIFIED = { status: 401, code: 'unverified', detail: 'The signature could not be verified.' };
const NOT_JSON = { status: 400, code: 'not-json', metric: paymentRefused };

/** How each refusal is answered and counted. Who fails the signature, or names no source of ours, learns only that. */
const REFUSALS = {
  'too-large': {
    status: 413,
    code: 'body-too-large',
    detail: 'The body may have at most 64 KB.',
    metric: notificationRefused,
  },
  'wrong-content-type': {
    status: 415,
    code: 'wrong-content-type',
    detail: 'Send application/json.',
    metric: notificationRefused,
  },
  'unknown-source': { ...UNVERIFIED, metric: notificationForged },
  empty: { ...UNVERIFIED, metric: notificationRefused },
  'missing-header': { ...UNVERIFIED, metric: notificationRefused },
  'malformed-header': { ...UNVERIFIED, metric: notificationRefused },
  stale: { ...UNVERIFIED, metric: notificationRefused },
  forged: { ...UNVERIFIED, metric: notificationForged },
  'not-utf8': { ...NOT_JSON, detail: 'The body must be JSON in UTF-8.' },
  'too-deep': { ...NOT_JSON, detail: 'The body is nested too deeply.' },
  'not-json': { ...NOT_JSON, detail: 'The body must be JSON in UTF-8.' },
} as const satisfies Record<Refusal, RefusalRule>;

/** Nothing of the body is parsed before its signature has been verified. */
async function answerMessage(request: HttpRequest, use: ReceiveStandardUse, now: Instant): Promise<HttpAnswer> {
  const { headers, body, parameters } = request;
  const unfit = envelopeRefusal(headers, body, 'application/json');
  if (unfit !== undefined) return refuse(unfit);
  const source = (await use.readSources()).get(parameters['sourceId'] ?? '');
  if (source === undefined) return refuse('unknown-source');
  const check = checkStandardSignature(headers, body, source.keys, now);
  if (check.kind === 'refused') return refuse(check.reason);
  const message = messageIn(body);
  if (message.kind === 'refused') return refuse(message.reason);
  const { sourceId } = source;
  const about = { sourceId, messageId: check.messageId };
  const parsed = standardMessageSchema.safeParse(message.value);
  if (!parsed.success) return unreadable(problemsOf(parsed.error), about);
  const event = standardEventOf(sourceId, parsed.data);
  if (event.kind === 'wrong-amount') {
    const fix = 'send amountMinor, or amount as decimal text, as docs/providers.md describes it';
    return unreadable([{ field: `data.${event.field}`, problem: event.problem, fix }], about);
  }
  const outcome = await book(event, use, now);
  log.info('standard webhook taken', { ...about, kind: event.kind, outcome });
  return outcome === 'contradicts' ? CONTRADICTS : RECEIVED;
}

function refuse(reason: Refusal): HttpAnswer {
  const { status, code, detail, metric } = REFUSALS[reason];
  count(metric);
  log.warn('notification refused', { refusal: reason });
  return problem(status, code, detail);
}

/** Signed by a source of ours, so money may have moved: the source learns which field is wrong, and a person that it was refused. */
function unreadable(
  problems: Parameters<typeof problem>[3],
  about: { readonly sourceId: string; readonly messageId: string },
): HttpAnswer {
  count(paymentRefused);
  log.error('signed message refused', { ...about, fields: problems?.map(({ field }) => field).join(', ') });
  return problem(422, 'invalid', 'Some fields are not as they must be.', problems);
}

async function book(
  event: Exclude<StandardEvent, { kind: 'wrong-amount' }>,
  use: ReceiveStandardUse,
  now: Instant,
): Promise<string> {
  switch (event.kind) {
    case 'payment':
      return (await recordPayment(use, event.event, now)).kind;
    case 'refund':
      return (await recordRefundEvent(use, event.event, now)).kind;
    case 'dispute':
      return (await recordDisputeEvent(use, event.event, now)).kind;
    case 'unbooked':
      return recordUnbookedMoney(use.table, event.money, now);
  }
}

export const definition: HttpDefinition<ReceiveStandardUse> = {
  name: 'receive-standard-webhook',
  open: () => ({ table: openHurriedTable(), readSources: readStandardSources, readDonorKey }),
  handle: answerMessage,
  failed: problem(503, 'unavailable', 'The message could not be recorded. Send it again.'),
};
export const handler = httpFunction(definition);
