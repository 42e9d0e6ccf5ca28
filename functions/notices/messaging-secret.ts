import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';

/** Accounts by which messages are sent. An organisation's settings name one; without it the channel is off. */
export const messagingSecretSchema = z.object({
  wechat: z
    .array(z.strictObject({ appId: z.string().min(1), appSecret: z.string().min(1) }))
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
