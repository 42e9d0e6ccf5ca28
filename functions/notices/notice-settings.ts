import * as z from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import { lineSchema } from '../kernel/plain-text.ts';
import { instantSchema } from '../kernel/time.ts';
import { LETTER_KINDS, type LetterKind, NEWS_KINDS, PLACEHOLDERS } from './letter-kind.ts';
import { filledLine } from './letter-template.ts';
import { fittedField, takenBy } from './wechat-field.ts';
import { WECHAT_SERVICES, type WechatService } from './wechat-service.ts';

export const CHANNELS = ['mail', 'wechat', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

const MOST_HOSTS = 20;
const MOST_FIELDS = 10;
const clockTimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 21:00');
/** From one time of day to another in the campaign's zone, over midnight where `until` is the earlier one. */
export const quietHoursSchema = z.strictObject({ from: clockTimeSchema, until: clockTimeSchema });
export type QuietHours = z.infer<typeof quietHoursSchema>;

/** How our placeholders fill the fields of a message that the provider has approved: field -> text with placeholders. */
const fieldsSchema = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/), lineSchema(100))
  .refine((fields) => Object.keys(fields).length <= MOST_FIELDS, { message: `has at most ${MOST_FIELDS} fields` });

const hostSchema = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'must be a host in lower case, such as www.example.org');

/** How an organisation writes to its donors, and all below it that say nothing of their own. */
export const noticeSettingsTextSchema = z.strictObject({
  /** In order of preference: a donor is told by the first one for which they left an address and that is set up. */
  channels: z.array(z.enum(CHANNELS)).min(1).max(CHANNELS.length),
  quietHours: z.partialRecord(z.enum(CHANNELS), quietHoursSchema).default({}),
  /** Hosts that templates may lead to. */
  linkHosts: z.array(hostSchema).max(MOST_HOSTS).default([]),
  replyTo: z.email().max(254).optional(),
  wechat: z
    .strictObject({
      appId: z.string().regex(/^wx[0-9a-z]{16}$/, 'must be an appid such as wx0123456789abcdef'),
      messages: z.partialRecord(
        z.enum(LETTER_KINDS),
        z.strictObject({
          templateId: z.string().regex(/^[\w-]{1,64}$/),
          fields: fieldsSchema,
          sentAs: z.enum(WECHAT_SERVICES).default('template'),
          /** Of a subscription that lasts (长期订阅): one consent holds until it is withdrawn. Else each consent is good for one message. */
          isLasting: z.boolean().default(false),
          /** Which page of a mini program the message opens. */
          page: lineSchema(128).optional(),
        }),
      ),
    })
    .optional(),
  sms: z
    .strictObject({
      accessKeyId: z.string().regex(/^[A-Za-z0-9]{8,64}$/),
      signName: lineSchema(20),
      messages: z.partialRecord(
        z.enum(LETTER_KINDS),
        z.strictObject({ templateCode: z.string().regex(/^SMS_\d{1,16}$/), fields: fieldsSchema }),
      ),
    })
    .optional(),
});
export type NoticeSettingsText = z.infer<typeof noticeSettingsTextSchema>;

export const noticeSettingsSchema = z.object({
  ...noticeSettingsTextSchema.shape,
  type: z.literal('notice-settings'),
  /** Of settings that were saved before the organisation's public address was one of its own (public-address.store.ts reads it). */
  publicAddress: z.string().optional(),
  organisationId: z.string(),
  version: z.number().int().min(1),
  savedBy: z.string(),
  updatedAt: instantSchema,
});
export type NoticeSettings = z.infer<typeof noticeSettingsSchema>;

/** What holds where no organisation up the tree has said anything: mail at any hour, and no message on a telephone at night. */
export const DEFAULT_SETTINGS: NoticeSettingsText = {
  channels: ['mail'],
  quietHours: { sms: { from: '21:00', until: '08:00' } },
  linkHosts: [],
};

/** All that is wrong with settings that are rightly formed. */
export function settingsProblems(settings: NoticeSettingsText): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (new Set(settings.channels).size !== settings.channels.length)
    problems.push({ field: 'channels', problem: 'names a channel twice', fix: 'name each channel once' });
  for (const channel of ['wechat', 'sms'] as const) {
    if (settings.channels.includes(channel) && settings[channel] === undefined)
      problems.push({
        field: channel,
        problem: 'is missing, although channels names it',
        fix: 'set it up, or leave it out of channels',
      });
    for (const [kind, { fields }] of Object.entries(settings[channel]?.messages ?? {}))
      problems.push(...messageProblems(`${channel}.messages.${kind}`, kind as LetterKind, fields));
  }
  for (const [kind, message] of Object.entries(settings.wechat?.messages ?? {}))
    problems.push(...wechatProblems(`wechat.messages.${kind}`, message));
  for (const [channel, { from, until }] of Object.entries(settings.quietHours))
    if (from === until)
      problems.push({
        field: `quietHours.${channel}`,
        problem: 'would never end',
        fix: 'let until differ from from, or leave the channel out',
      });
  return problems;
}

function messageProblems(field: string, kind: LetterKind, fields: Readonly<Record<string, string>>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (NEWS_KINDS.has(kind))
    problems.push({
      field,
      problem: 'is news, which goes by mail alone, where one click unsubscribes',
      fix: 'leave this kind out',
    });
  for (const [name, text] of Object.entries(fields))
    for (const [, placeholder = ''] of text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g))
      if (!PLACEHOLDERS[kind].includes(placeholder))
        problems.push({
          field: `${field}.fields.${name}`,
          problem: `names {{${placeholder}}}, which a letter of this kind does not have`,
          fix: `use one of ${PLACEHOLDERS[kind].map((one) => `{{${one}}}`).join(', ')}`,
        });
  return problems;
}

/** Values as most letters have them: a field that does not take these takes hardly any. */
const USUAL_VALUES: Readonly<Record<string, string>> = {
  donorName: '张三',
  campaign: '暖冬行动',
  organisation: '红十字会',
  unit: '第一中学',
  giftNo: 'gft_0123456789abcdefghjkmnpqrs',
  paidAt: '2026-09-07 10:00:00（北京时间）',
  receiptNo: '51170126-0000000001',
  whatHappened: '',
  updateTitle: '第一批款已发放',
  gifts: '300',
  ...Object.fromEntries(
    ['amount', 'match', 'refunded', 'together', 'given', 'matched', 'raised'].map((sum) => [sum, '¥1,234.56']),
  ),
};

type WechatText = {
  readonly fields: Readonly<Record<string, string>>;
  readonly sentAs: WechatService;
  readonly isLasting: boolean;
  readonly page?: string | undefined;
};

/** What WeChat would refuse in every message, or what says nothing where it stands. */
function wechatProblems(field: string, { fields, sentAs, isLasting, page }: WechatText): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [name, text] of Object.entries(fields))
    if (fittedField(name, filledLine(text, USUAL_VALUES)) === undefined)
      problems.push({
        field: `${field}.fields.${name}`,
        problem: `takes ${takenBy(name)}, which this never is: WeChat refuses the whole message (47003)`,
        fix: 'fill it with a placeholder of that kind, or choose a template without it',
      });
  if (isLasting && sentAs === 'template')
    problems.push({
      field: `${field}.isLasting`,
      problem: 'is about subscriptions, and a template message has none',
      fix: "leave it out, or send the message as 'subscription' or 'mini-program'",
    });
  if (page !== undefined && sentAs !== 'mini-program')
    problems.push({
      field: `${field}.page`,
      problem: 'is a page of a mini program, and this message is not one of a mini program',
      fix: "leave it out: other messages lead to the letter's own web page",
    });
  return problems;
}
