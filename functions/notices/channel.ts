import type { DonorContact } from '../donations/donation-intent.ts';
import type { LetterKind } from './letter-kind.ts';
import { NEWS_KINDS } from './letter-kind.ts';
import { filledLine } from './letter-template.ts';
import type { Undeliverable } from './notice.ts';
import type { Channel, NoticeSettingsText } from './notice-settings.ts';
import type { WechatService } from './wechat-service.ts';

/** One way to tell a donor, with all that its channel needs besides the letter. */
export type Way =
  | { readonly channel: 'mail'; readonly address: string }
  | {
      readonly channel: 'wechat';
      readonly address: string;
      readonly appId: string;
      readonly templateId: string;
      readonly fields: Readonly<Record<string, string>>;
      readonly sentAs: WechatService;
      readonly isLasting: boolean;
      readonly page?: string | undefined;
    }
  | {
      readonly channel: 'sms';
      readonly address: string;
      readonly accessKeyId: string;
      readonly signName: string;
      readonly templateCode: string;
      readonly fields: Readonly<Record<string, string>>;
    };

type Contact = Pick<DonorContact, 'email' | 'phone' | 'openid'>;

/** A mobile telephone of mainland China as the gateway wants it; `undefined` for any other number. */
export const mobileOf = (phone: string | undefined): string | undefined =>
  /^(?:\+?86)?(1[3-9]\d{9})$/.exec(phone?.replaceAll(/[\s-]/g, '') ?? '')?.[1];

/**
 * The ways to tell a donor, best first: by the organisation's order of channels, those for which the donor left an address and
 * which are set up for this kind of letter. News goes by mail alone: only there one click unsubscribes.
 */
export function waysTo(
  contact: Contact,
  settings: NoticeSettingsText,
  kind: LetterKind,
): readonly Way[] | Extract<Undeliverable, 'no-contact' | 'channel-off'> {
  const leftSomething = [contact.email, contact.phone, contact.openid].some((one) => one !== undefined);
  if (!leftSomething) return 'no-contact';
  const ways = settings.channels.flatMap((channel) => wayBy(channel, contact, settings, kind) ?? []);
  return ways.length === 0 ? 'channel-off' : ways;
}

function wayBy(channel: Channel, contact: Contact, settings: NoticeSettingsText, kind: LetterKind): Way | undefined {
  if (channel === 'mail') return contact.email === undefined ? undefined : { channel, address: contact.email };
  if (NEWS_KINDS.has(kind)) return undefined;
  if (channel === 'wechat') {
    const message = settings.wechat?.messages[kind];
    if (contact.openid === undefined || settings.wechat === undefined || message === undefined) return undefined;
    return { channel, address: contact.openid, appId: settings.wechat.appId, ...message };
  }
  const [phone, message] = [mobileOf(contact.phone), settings.sms?.messages[kind]];
  if (phone === undefined || settings.sms === undefined || message === undefined) return undefined;
  const { accessKeyId, signName } = settings.sms;
  return { channel, address: phone, accessKeyId, signName, ...message };
}

/** The fields of a message with their placeholders filled. */
export const filledFields = (
  fields: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, filledLine(text, values)]));
