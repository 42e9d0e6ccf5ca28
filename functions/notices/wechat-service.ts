/**
 * By which of WeChat's services a message goes. `template`: a template message of an official account, to its followers (模板消息).
 * `subscription`: a subscription message of an official account (订阅通知), `mini-program`: one of a mini program (订阅消息); both go
 * to who has agreed to this very template, of a one-time template once for each time they agreed.
 */
export const WECHAT_SERVICES = ['template', 'subscription', 'mini-program'] as const;
export type WechatService = (typeof WECHAT_SERVICES)[number];

/** Whether messages of this service need the user's consent to their template. */
export const needsConsent = (sentAs: WechatService): boolean => sentAs !== 'template';
