import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';
import type { PushKeys } from './wechat-push-signature.ts';

/** Accounts by which messages are sent. An organisation's settings name one; without it the channel is off. */
export const messagingSecretSchema = z.object({
  wechat: z
    .array(
      z.strictObject({
        appId: z.string().min(1),
        appSecret: z.string().min(1),
        /** Of an account that pushes to us whether its users agree to messages: 令牌 of its server settings, secure mode. */
        pushToken: z
          .string()
          .regex(/^[A-Za-z0-9]{3,32}$/)
          .optional(),
        /** 消息加解密密钥, 43 characters; a second one while one replaces the other. */
        encodingAesKeys: z
          .array(z.string().regex(/^[A-Za-z0-9]{43}$/))
          .max(2)
          .default([]),
      }),
    )
    .max(20)
    .default([]),
  sms: z
    .array(z.strictObject({ accessKeyId: z.string().min(1), accessKeySecret: z.string().min(1) }))
    .max(20)
    .default([]),
});
export type MessagingAccounts = z.infer<typeof messagingSecretSchema>;

/** The accounts out of the secret's text. Throws PermanentError naming the field that is wrong, never what it holds. */
export function messagingAccountsOf(text: string): MessagingAccounts {
  const json = jsonOf(text);
  if (json === undefined) throw new PermanentError('the messaging secret is not JSON');
  const parsed = messagingSecretSchema.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.map(String).join('.'));
  throw new PermanentError(`the messaging secret is wrong at: ${fields.join(', ')}`);
}

/** What an account's pushes are checked with; `undefined` where none are expected. */
export function pushKeysOf({ wechat }: MessagingAccounts, appId: string): PushKeys | undefined {
  const account = wechat.find((one) => one.appId === appId);
  if (account?.pushToken === undefined || account.encodingAesKeys.length === 0) return undefined;
  return { appId, pushToken: account.pushToken, encodingAesKeys: account.encodingAesKeys };
}
