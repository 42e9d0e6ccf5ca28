import * as z from 'zod';
import { TransientError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';
import { bodyOf } from '../platform/answer-body.ts';
import type { Language } from './letter-kind.ts';
import { NotAccepted } from './notice.store.ts';
import { notReached } from './sms.gateway.ts';
import { fittedField, takenBy } from './wechat-field.ts';
import type { WechatService } from './wechat-service.ts';

export type WechatAccount = { readonly appId: string; readonly appSecret: string };
/** One message to a user of an official account or a mini program. */
export type WechatMessage = {
  readonly account: WechatAccount;
  readonly sentAs: WechatService;
  readonly openid: string;
  readonly templateId: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Where it leads in an official account: a web page. */
  readonly url?: string | undefined;
  /** Where it leads in a mini program: one of its own pages. */
  readonly page?: string | undefined;
  readonly language: Language;
  /** Ours: of template messages the provider sends one of each to a user within ten minutes. At most 32 characters. */
  readonly messageId: string;
};
/** Hands a message to WeChat. Throws NotAccepted where it was certainly not taken, NotSubscribed where the user does not want it. */
export type SendWechat = (message: WechatMessage) => Promise<{ readonly messageId: string }>;

/** The user has refused messages of this template, or used up the ones they agreed to: whatever we know of consents is wrong. */
export class NotSubscribed extends NotAccepted {
  constructor(message: string) {
    super(message, { forGood: true });
  }
}

const BASE = 'https://api.weixin.qq.com';
const TIMEOUT_MS = 8_000;
const LARGEST_ANSWER_BYTES = 16 * 1024;
const SECOND_MS = 1_000;
/** A token is renewed this long before it ends, so that none ends on its way. */
const RENEWED_BEFORE_SECONDS = 300;

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() });
const answerSchema = z.object({ errcode: z.number().int(), msgid: z.union([z.number(), z.string()]).optional() });
type Answer = z.infer<typeof answerSchema>;

/** The token is not (or no longer) one of this account's: another one is asked for, once. */
const TOKEN_IS_OLD = new Set([40001, 40014, 42001]);
/** Too many calls, two at one moment (43108), or the provider is busy: later. */
const LATER = new Set([-1, 43108, 45009, 45011, 45047]);
/** Refused by the user, or no consent is left. */
const NOT_SUBSCRIBED = 43101;

type Token = { readonly text: string; readonly endsAtMs: number };
type Data = Readonly<Record<string, { readonly value: string }>>;

/** How each service is asked to send (its own interface, field by field). */
const REQUESTS: Readonly<
  Record<WechatService, { path: string; body: (message: WechatMessage, data: Data) => object }>
> = {
  template: {
    path: '/cgi-bin/message/template/send',
    body: ({ openid, templateId, url, messageId }, data) => ({
      touser: openid,
      template_id: templateId,
      ...(url === undefined ? {} : { url }),
      client_msg_id: messageId,
      data,
    }),
  },
  subscription: {
    path: '/cgi-bin/message/subscribe/bizsend',
    body: ({ openid, templateId, url }, data) => ({
      touser: openid,
      template_id: templateId,
      ...(url === undefined ? {} : { page: url }),
      data,
    }),
  },
  'mini-program': {
    path: '/cgi-bin/message/subscribe/send',
    body: ({ openid, templateId, page, language }, data) => ({
      touser: openid,
      template_id: templateId,
      ...(page === undefined ? {} : { page }),
      miniprogram_state: 'formal',
      lang: language === 'zh-CN' ? 'zh_CN' : 'en_US',
      data,
    }),
  },
};

/** WeChat's messages, with a token of `stable_token`. What tests replace are `fetch` and the clock. */
export function wechatMessages(
  fetch: typeof globalThis.fetch = globalThis.fetch,
  clockMs: () => number = Date.now,
): SendWechat {
  const tokens = new Map<string, Token>();

  async function post(path: string, content: object): Promise<unknown> {
    const response = await fetch(`${BASE}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(content),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw notReached(error);
    });
    return jsonOf(new TextDecoder().decode(await bodyOf(response, LARGEST_ANSWER_BYTES)))?.value;
  }

  async function tokenOf({ appId, appSecret }: WechatAccount, old?: string): Promise<string> {
    const known = tokens.get(appId);
    if (known !== undefined && known.text !== old && known.endsAtMs > clockMs()) return known.text;
    const ask = (isForced: boolean) =>
      post('/cgi-bin/stable_token', {
        grant_type: 'client_credential',
        appid: appId,
        secret: appSecret,
        force_refresh: isForced,
      }).catch((error: unknown) => {
        // No message has been handed over yet, whatever became of this question.
        throw new NotAccepted('WeChat gave no access token', { cause: error, forGood: false });
      });
    let answer = tokenSchema.safeParse(await ask(false));
    // Only where the very token that was refused is given again is a new one forced: an account may do so 20 times a day.
    if (answer.success && answer.data.access_token === old) answer = tokenSchema.safeParse(await ask(true));
    if (!answer.success) throw new NotAccepted('WeChat gave no access token', { forGood: false });
    const { access_token: text, expires_in: seconds } = answer.data;
    tokens.set(appId, { text, endsAtMs: clockMs() + (seconds - RENEWED_BEFORE_SECONDS) * SECOND_MS });
    return text;
  }

  async function send(message: WechatMessage, data: Data, token: string): Promise<Answer> {
    const { path, body } = REQUESTS[message.sentAs];
    const url = `${path}?access_token=${encodeURIComponent(token)}`;
    const answer = answerSchema.safeParse(await post(url, body(message, data)));
    if (!answer.success) throw new TransientError('WeChat answered a message without an errcode');
    return answer.data;
  }

  return async (message) => {
    const data = dataOf(message);
    const token = await tokenOf(message.account);
    let answer = await send(message, data, token);
    if (TOKEN_IS_OLD.has(answer.errcode)) answer = await send(message, data, await tokenOf(message.account, token));
    const { errcode, msgid } = answer;
    if (errcode === 0) return { messageId: String(msgid ?? message.messageId) };
    if (errcode === NOT_SUBSCRIBED) throw new NotSubscribed(`WeChat refused: errcode ${errcode}`);
    // What is left is about this user, this template or these fields: 43004 is no follower, 40037 no such template, 47003 a field that
    // does not fit, 43107 an account that may not send.
    const forGood = !LATER.has(errcode) && !TOKEN_IS_OLD.has(errcode);
    throw new NotAccepted(`WeChat refused: errcode ${errcode}`, { forGood });
  };
}

/** The fields as WeChat takes them. Throws NotAccepted where one cannot: it would refuse the whole message. */
function dataOf({ fields }: WechatMessage): Data {
  const data: Record<string, { value: string }> = {};
  for (const [field, text] of Object.entries(fields)) {
    const value = fittedField(field, text);
    if (value === undefined)
      throw new NotAccepted(`the field ${field} takes ${takenBy(field)}, and its value does not fit`, {
        forGood: true,
      });
    data[field] = { value };
  }
  return data;
}
