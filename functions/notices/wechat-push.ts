import * as z from 'zod';
import { jsonOf } from '../kernel/text.ts';
import { type Instant, instantOf } from '../kernel/time.ts';
import { flatXmlOf } from './flat-xml.ts';
import type { RefusedBy } from './wechat-consent.ts';

/** What a user said about messages of one template. */
export type PushedWord =
  | { readonly templateId: string; readonly kind: 'agreed' }
  | { readonly templateId: string; readonly kind: 'refused'; readonly by: RefusedBy };

export type Pushed =
  | { readonly kind: 'words'; readonly openid: string; readonly at: Instant; readonly words: readonly PushedWord[] }
  /** A message that was taken did not reach its reader. */
  | { readonly kind: 'not-delivered'; readonly errorCodes: readonly string[] }
  /** What users write to the account, whom it gained, and all else that is pushed to the same address. */
  | { readonly kind: 'other'; readonly what: string }
  | { readonly kind: 'unreadable' };

const one = z.object({
  TemplateId: z.string().regex(/^[\w-]{1,64}$/),
  SubscribeStatusString: z.string().optional(),
  ErrorCode: z.union([z.string(), z.number()]).transform(String).optional(),
});
const listSchema = z.union([one.transform((single) => [single]), z.array(one).max(50)]);
const messageSchema = z.looseObject({
  FromUserName: z.string().regex(/^[\x21-\x7e]{1,128}$/),
  CreateTime: z.union([z.string(), z.number()]).transform(Number).pipe(z.number().int().min(1e9).max(9_999_999_999)),
  MsgType: z.string(),
  Event: z.string().optional(),
});
const SECOND_MS = 1_000;

/** The events about subscriptions, and the member that holds their templates. */
const EVENTS = {
  subscribe_msg_popup_event: 'SubscribeMsgPopupEvent',
  subscribe_msg_change_event: 'SubscribeMsgChangeEvent',
  subscribe_msg_sent_event: 'SubscribeMsgSentEvent',
} as const;
type SubscriptionEvent = keyof typeof EVENTS;
const isAboutSubscriptions = (event: string): event is SubscriptionEvent => Object.hasOwn(EVENTS, event);

/** The sealed part of what is posted, in XML or, as a mini program may choose, in JSON. */
export function ciphertextIn(body: string): string | undefined {
  const found = body.trimStart().startsWith('{') ? jsonOf(body)?.value : flatXmlOf(body);
  const parsed = z.looseObject({ Encrypt: z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/) }).safeParse(found);
  return parsed.success ? parsed.data.Encrypt : undefined;
}

/** What a message says that WeChat has pushed, opened already. */
export function pushedIn(text: string): Pushed {
  const message = messageSchema.safeParse(text.trimStart().startsWith('{') ? jsonOf(text)?.value : flatXmlOf(text));
  if (!message.success) return { kind: 'unreadable' };
  const { FromUserName: openid, CreateTime, MsgType, Event: event = '' } = message.data;
  if (MsgType !== 'event' || !isAboutSubscriptions(event)) return { kind: 'other', what: `${MsgType} ${event}`.trim() };
  const list = listSchema.safeParse(templatesOf(message.data, EVENTS[event]));
  if (!list.success) return { kind: 'unreadable' };
  const errorCodes = list.data.flatMap(({ ErrorCode = '0' }) => (ErrorCode === '0' ? [] : [ErrorCode]));
  const words = list.data.flatMap((said) => wordIn(event, said) ?? []);
  if (errorCodes.length > 0 && words.length === 0) return { kind: 'not-delivered', errorCodes };
  return { kind: 'words', openid, at: instantOf(CreateTime * SECOND_MS), words };
}

/** XML has `<SubscribeMsgPopupEvent><List>…`; JSON has the same, or the list in its place, or `List` beside the rest. */
function templatesOf(message: Readonly<Record<string, unknown>>, member: string): unknown {
  const inner = message[member] ?? message;
  return typeof inner === 'object' && 'List' in inner ? inner.List : inner;
}

/** The code with which WeChat says that a user does not want a template's messages. */
const NOT_WANTED = '43101';

function wordIn(event: SubscriptionEvent, said: z.infer<typeof one>): PushedWord | undefined {
  const { TemplateId: templateId, SubscribeStatusString: status, ErrorCode: errorCode } = said;
  switch (event) {
    case 'subscribe_msg_popup_event':
      if (status === 'accept') return { templateId, kind: 'agreed' };
      return status === 'reject' ? { templateId, kind: 'refused', by: 'popup' } : undefined;
    case 'subscribe_msg_change_event':
      // WeChat pushes only that somebody turns messages off there, and not on: on is said again in the next window.
      return status === 'reject' ? { templateId, kind: 'refused', by: 'settings' } : undefined;
    default:
      return errorCode === NOT_WANTED ? { templateId, kind: 'refused', by: 'provider' } : undefined;
  }
}
