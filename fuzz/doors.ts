import { alipayDoor } from './alipay.ts';
import type { FuzzedDoor } from './door.ts';
import { standardWebhookDoor } from './standard-webhook.ts';
import { stripeDoor } from './stripe.ts';
import { wechatPayDoor } from './wechat-pay.ts';

/** Every door that can be fuzzed, by the name that the command knows it by. Opening one makes its keys. */
export const DOORS: Readonly<Record<string, () => FuzzedDoor>> = {
  'wechat-pay': wechatPayDoor,
  alipay: alipayDoor,
  stripe: stripeDoor,
  'standard-webhook': standardWebhookDoor,
};
