import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { utf8TextOf } from '../kernel/text.ts';
import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  LARGEST_BODY_BYTES,
  problem,
} from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { readMessagingAccounts } from './messaging-secret.gateway.ts';
import { type MessagingAccounts, pushKeysOf } from './messaging-secret.ts';
import { recordConsent, recordRefusal } from './wechat-consent.store.ts';
import { subscriberHashOf } from './wechat-consent.ts';
import { ciphertextIn, type Pushed, pushedIn } from './wechat-push.ts';
import { isOwnQuestion, isPushedNow, openedPush, type PushKeys } from './wechat-push-signature.ts';

export type ReceiveWechatPushUse = {
  readonly table: Table;
  readonly readDonorKey: () => Promise<string>;
  readonly readMessagingAccounts: () => Promise<MessagingAccounts>;
};

/** What WeChat wants to read, or it comes again within 5 s, three times. */
const SUCCESS: HttpAnswer = { status: 200, text: 'success' };
const NOT_SET_UP = problem(404, 'not-set-up', 'No pushes of this account are expected. Its secret has no pushToken.');
const UNVERIFIED = problem(
  401,
  'unverified',
  'The signature could not be verified. Pushes are taken in secure mode (安全模式) alone.',
);
const TOO_LARGE = problem(413, 'body-too-large', `A push may have at most ${LARGEST_BODY_BYTES} bytes.`);

/**
 * What WeChat pushes of one account: whether its users agree to messages, which is noted, and all else, which is not. GET is its question
 * whether this address is ours.
 */
async function answerPush(request: HttpRequest, use: ReceiveWechatPushUse, now: Instant): Promise<HttpAnswer> {
  const keys = pushKeysOf(await use.readMessagingAccounts(), request.parameters['appId'] ?? '');
  if (keys === undefined) return NOT_SET_UP;
  if (request.method === 'GET') return echo(keys, request);
  if (request.body.length > LARGEST_BODY_BYTES) return TOO_LARGE;
  const ciphertext = ciphertextIn(utf8TextOf(request.body) ?? '');
  if (ciphertext === undefined || !isPushedNow(keys, request.query, ciphertext, now)) {
    count(METRICS.notificationRefused);
    log.warn('push refused', { refusal: ciphertext === undefined ? 'not-sealed' : 'forged-or-stale' });
    return UNVERIFIED;
  }
  // From here on WeChat has signed it. What we cannot read it would only send three times more.
  const message = openedPush(keys, ciphertext);
  await note(message === undefined ? { kind: 'unreadable' } : pushedIn(message), keys.appId, use);
  return SUCCESS;
}

const ECHO = /^[\w-]{1,128}$/;

function echo(keys: PushKeys, { query }: HttpRequest): HttpAnswer {
  const { echostr = '' } = query;
  if (!ECHO.test(echostr) || !isOwnQuestion(keys, query)) return UNVERIFIED;
  return { status: 200, headers: { 'x-content-type-options': 'nosniff' }, text: echostr };
}

async function note(pushed: Pushed, appId: string, use: ReceiveWechatPushUse): Promise<void> {
  if (pushed.kind === 'unreadable') log.error('a push of WeChat cannot be read', { appId });
  if (pushed.kind === 'not-delivered')
    log.warn('WeChat did not deliver a message that it had taken', { appId, errorCodes: pushed.errorCodes });
  if (pushed.kind !== 'words') return;
  const subscriberHash = subscriberHashOf(await use.readDonorKey(), appId, pushed.openid);
  for (const word of pushed.words) {
    const about = { subscriberHash, appId, templateId: word.templateId };
    if (word.kind === 'agreed') await recordConsent(use.table, about, pushed.at);
    else await recordRefusal(use.table, about, pushed.at, word.by);
  }
  log.info('noted what a user agreed to', { appId, words: pushed.words.length });
}

export const definition: HttpDefinition<ReceiveWechatPushUse> = {
  name: 'receive-wechat-push',
  open: () => ({ table: openTable(), readDonorKey, readMessagingAccounts }),
  handle: answerPush,
};
export const handler = httpFunction(definition);
