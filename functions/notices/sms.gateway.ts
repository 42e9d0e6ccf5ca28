import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';
import type { Instant } from '../kernel/time.ts';
import { bodyOf } from '../platform/answer-body.ts';
import { type AliyunAccount, canonicalQuery, signedHeaders } from './aliyun-signature.ts';
import { NotAccepted } from './notice.store.ts';

/** One message by an approved template. */
export type Sms = {
  readonly account: AliyunAccount;
  readonly phone: string;
  readonly signName: string;
  readonly templateCode: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Ours, which comes back with the report: at most 255 bytes. */
  readonly outId: string;
};
/** Hands a message to the provider. Throws NotAccepted where it was certainly not taken. */
export type SendSms = (sms: Sms, now: Instant) => Promise<{ readonly messageId: string }>;

const HOST = 'dysmsapi.aliyuncs.com';
const TIMEOUT_MS = 8_000;
const LARGEST_ANSWER_BYTES = 16 * 1024;
/** The provider cuts or refuses longer values (Short Message Service, "specifications of template variables"). */
const LONGEST_FIELD_CHARACTERS = 35;

const answerSchema = z.object({ Code: z.string(), BizId: z.string().optional() });

/** This number is refused, not the moment (SendSms, error codes). */
const REFUSED_FOR_GOOD = new Set([
  'isv.MOBILE_NUMBER_ILLEGAL',
  'isv.INVALID_PARAMETERS',
  'isv.BLACK_KEY_CONTROL_LIMIT',
  'isv.TEMPLATE_MISSING_PARAMETERS',
  'isv.PARAM_LENGTH_LIMIT',
  'isv.SMS_SIGNATURE_ILLEGAL',
  'isv.SMS_TEMPLATE_ILLEGAL',
  'isv.SMS_CONTENT_ILLEGAL',
  'isv.SMS_SIGN_ILLEGAL',
]);

/** Aliyun's Short Message Service, SendSms of 2017-05-25. `fetch` and `nonce` are replaced by tests. */
export const aliyunSms =
  (
    fetch: typeof globalThis.fetch = globalThis.fetch,
    nonce: () => string = () => randomBytes(16).toString('hex'),
  ): SendSms =>
  async (sms, now) => {
    const query = {
      PhoneNumbers: sms.phone,
      SignName: sms.signName,
      TemplateCode: sms.templateCode,
      TemplateParam: JSON.stringify(
        Object.fromEntries(Object.entries(sms.fields).map(([name, text]) => [name, shortened(text)])),
      ),
      OutId: sms.outId,
    };
    const { host: _, ...headers } = signedHeaders(sms.account, {
      host: HOST,
      action: 'SendSms',
      version: '2017-05-25',
      query,
      date: `${now.slice(0, 19)}Z`,
      nonce: nonce(),
    });
    const response = await fetch(`https://${HOST}/?${canonicalQuery(query)}`, {
      method: 'POST',
      headers: { ...headers, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw notReached(error);
    });
    const answer = answerSchema.safeParse(
      jsonOf(new TextDecoder().decode(await bodyOf(response, LARGEST_ANSWER_BYTES)))?.value,
    );
    if (!answer.success) throw new TransientError(`the SMS provider answered HTTP ${response.status} without a code`);
    const { Code, BizId } = answer.data;
    if (Code === 'OK') return { messageId: BizId ?? 'unknown' };
    throw new NotAccepted(`the SMS provider refused: ${Code}`, { forGood: REFUSED_FOR_GOOD.has(Code) });
  };

/** Before a connection was made nothing was sent; any other failure leaves it open. */
export function notReached(error: unknown): Error {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  const isBefore = cause?.code === 'ECONNREFUSED' || cause?.code === 'ENOTFOUND' || cause?.code === 'EAI_AGAIN';
  return isBefore
    ? new NotAccepted(`the provider cannot be reached: ${cause?.code}`, { cause: error, forGood: false })
    : new TransientError(`the provider did not answer: ${reasonOf(error)}`, { cause: error });
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST_FIELD_CHARACTERS
    ? text
    : `${characters.slice(0, LONGEST_FIELD_CHARACTERS - 1).join('')}…`;
}
