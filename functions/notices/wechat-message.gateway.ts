import * as z from 'zod';
import { TransientError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';
import { bodyOf } from '../platform/answer-body.ts';
import { NotAccepted } from './notice.store.ts';
import { notReached } from './sms.gateway.ts';

export type WechatAccount = { readonly appId: string; readonly appSecret: string };
/** One template message of an official account (公众号模板消息). */
export type WechatMessage = {
  readonly account: WechatAccount;
  readonly openid: string;
  readonly templateId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly url?: string | undefined;
  /** Ours: the provider sends one of each to a user within ten minutes. At most 32 characters. */
  readonly messageId: string;
};
/** Hands a message to WeChat. Throws NotAccepted where it was certainly not taken. */
export type SendWechat = (message: WechatMessage) => Promise<{ readonly messageId: string }>;

const BASE = 'https://api.weixin.qq.com';
const TIMEOUT_MS = 8_000;
const LARGEST_ANSWER_BYTES = 16 * 1024;
const SECOND_MS = 1_000;
/** A token is renewed this long before it ends, so that none ends on its way. */
const RENEWED_BEFORE_SECONDS = 300;

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() });
const answerSchema = z.object({ errcode: z.number().int(), msgid: z.union([z.number(), z.string()]).optional() });

/** The token is not (or no longer) one of this account's: another one is asked for, once. */
const TOKEN_IS_OLD = new Set([40001, 40014, 42001]);
/** Too many calls, or the provider is busy: later. */
const LATER = new Set([-1, 45009, 45011, 45047]);

/** What each field of a template takes at most, by the beginning of its name (template library, "parameter limits"). */
const LONGEST_BY_NAME: readonly (readonly [string, number])[] = [
  ['thing', 20],
  ['character_string', 32],
  ['phrase', 5],
  ['name', 10],
];
const LONGEST_OTHERWISE = 32;

type Token = { readonly text: string; readonly endsAtMs: number };

/** WeChat's official accounts, `message/template/send` with a token of `stable_token`. What tests replace are `fetch` and the clock. */
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

  async function send(message: WechatMessage, token: string): Promise<z.infer<typeof answerSchema>> {
    const { openid, templateId, url, messageId, fields } = message;
    const data = Object.fromEntries(
      Object.entries(fields).map(([name, text]) => [name, { value: shortened(name, text) }]),
    );
    const answer = answerSchema.safeParse(
      await post(`/cgi-bin/message/template/send?access_token=${encodeURIComponent(token)}`, {
        touser: openid,
        template_id: templateId,
        ...(url === undefined ? {} : { url }),
        client_msg_id: messageId,
        data,
      }),
    );
    if (!answer.success) throw new TransientError('WeChat answered a template message without an errcode');
    return answer.data;
  }

  return async (message) => {
    const token = await tokenOf(message.account);
    let answer = await send(message, token);
    if (TOKEN_IS_OLD.has(answer.errcode)) answer = await send(message, await tokenOf(message.account, token));
    const { errcode, msgid } = answer;
    if (errcode === 0) return { messageId: String(msgid ?? message.messageId) };
    // What is left is about this user or this template: 43004 and 43101 are no followers, or took no subscription.
    const forGood = !LATER.has(errcode) && !TOKEN_IS_OLD.has(errcode);
    throw new NotAccepted(`WeChat refused: errcode ${errcode}`, { forGood });
  };
}

function shortened(name: string, text: string): string {
  const longest = LONGEST_BY_NAME.find(([beginning]) => name.startsWith(beginning))?.[1] ?? LONGEST_OTHERWISE;
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
