import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { type AreaContract, countAnswer as count } from '../platform/contract.ts';
import { LANGUAGES, LETTER_KINDS } from './letter-kind.ts';
import { templateTextSchema } from './letter-template.ts';
import { noticeSettingsTextSchema } from './notice-settings.ts';
import { liftingSchema } from './suppression.ts';

const answered = (description: string, body: z.ZodType) => ({ description, body });
const letter = { kind: z.enum(LETTER_KINDS), language: z.enum(LANGUAGES) };
const from = z.string().nullable().describe('The organisation that words it so; null where the letter is ours');

const template = z.object({
  ...letter,
  placeholders: z.array(z.string()).describe('What the text may name as {{name}}'),
  from,
  template: templateTextSchema.nullable(),
  savedBy: z.string().nullable(),
  updatedAt: instantSchema.nullable(),
});
const rendered = z.object({ subject: z.string(), html: z.string(), text: z.string() });
const settings = z.object({
  from: z.string().nullable().describe('The organisation that says so; null where nobody up the tree does'),
  settings: noticeSettingsTextSchema,
});
const figures = z.object({
  notices: z.array(
    z.object({
      subject: z.string().describe('The kind; of an update `progress#` and its entry'),
      due: count,
      sent: count,
      waiting: count.describe('In the queue, or about to be'),
      held: count.describe('Kept back: quiet hours, a used-up quota, a provider that takes nothing now'),
      undeliverable: count.describe('There is nobody to send it to'),
      failed: count.describe('Every channel refused it for good'),
      uncertain: count.describe('Perhaps sent, perhaps not; never sent again by itself'),
      reasons: z.record(z.string(), count),
      notLookedAt: count.describe('Gifts that this look did not come to; the next one goes on with them'),
    }),
  ),
  hasMoreHeld: z.boolean(),
});
const ONE = '/organisations/{organisationId}/letter-templates/{kind}/{language}';

export const noticesContract = {
  tag: 'Notices',
  routes: [
    {
      method: 'GET',
      path: '/organisations/{organisationId}/letter-templates',
      operation: 'listLetterTemplates',
      summary: 'Every kind of letter in every language, and which organisation words it.',
      answers: {
        200: answered(
          'The letters',
          z.object({ letters: z.array(z.object({ ...letter, from, updatedAt: instantSchema.nullable() })) }),
        ),
      },
    },
    {
      method: 'GET',
      path: ONE,
      operation: 'getLetterTemplate',
      summary: 'The wording in force: the organisation’s own, else that of the nearest above it, else ours.',
      description: 'The answer has an ETag where the wording is the organisation’s own.',
      answers: { 200: answered('The wording', template) },
      problems: { 404: ['unknown-letter'] },
    },
    {
      method: 'PUT',
      path: ONE,
      operation: 'saveLetterTemplate',
      summary: 'Words a letter. Text only; the sums and numbers of a gift are in it whatever the text says.',
      description: 'If-Match is needed unless the organisation has none of its own.',
      ifMatch: true,
      etag: true,
      body: templateTextSchema,
      answers: { 201: answered('New', template), 200: answered('Saved', template) },
      problems: { 400: ['bad-if-match'], 404: ['unknown-letter'] },
    },
    {
      method: 'DELETE',
      path: ONE,
      operation: 'removeLetterTemplate',
      summary: 'Takes an organisation’s own wording away: that of the nearest above it counts again.',
      ifMatch: true,
      answers: { 204: { description: 'Taken away' } },
      problems: { 400: ['bad-if-match'], 404: ['unknown-letter', 'unknown-template'] },
    },
    {
      method: 'POST',
      path: `${ONE}/previews`,
      operation: 'previewLetter',
      summary: 'Shows the letter about a made-up gift: worded as in the body, or as it is in force.',
      body: templateTextSchema.optional(),
      answers: { 200: answered('The letter', rendered) },
      problems: { 400: ['not-json'], 404: ['unknown-letter'] },
    },
    {
      method: 'POST',
      path: `${ONE}/test-sends`,
      operation: 'sendTestLetter',
      summary: 'Mails that letter, marked as a test, to the caller’s own address and to nobody else.',
      body: templateTextSchema.optional(),
      answers: { 202: answered('The mail provider took it', z.object({ subject: z.string() })) },
      problems: { 400: ['not-json'], 404: ['unknown-letter'], 409: ['no-own-address'], 502: ['mail-refused'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/notice-settings',
      operation: 'getNoticeSettings',
      summary: 'How an organisation writes to donors: channels in order, quiet hours, public address.',
      description: 'The answer has an ETag where the settings are the organisation’s own.',
      answers: { 200: answered('The settings in force', settings) },
    },
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/notice-settings',
      operation: 'saveNoticeSettings',
      summary: 'Saves them, for the organisation and all below it that have none of their own.',
      description: 'If-Match is needed unless the organisation has none of its own.',
      ifMatch: true,
      etag: true,
      body: noticeSettingsTextSchema,
      answers: { 201: answered('New', settings), 200: answered('Saved', settings) },
      problems: { 400: ['bad-if-match'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/suppressions',
      operation: 'getSuppressionCounts',
      summary: 'How many addresses are not written to, by reason, in this whole deployment. No address is in it.',
      answers: {
        200: answered(
          'The counts',
          z.object({ bounced: count, complained: count, transientBounces: count, lifted: count }),
        ),
      },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/suppressions/liftings',
      operation: 'liftSuppression',
      summary: 'Lets an address be written to again, whose owner has asked for it.',
      body: liftingSchema,
      answers: { 200: answered('Lifted', z.object({ outcome: z.literal('lifted') })) },
      problems: { 404: ['not-suppressed'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/notices',
      operation: 'getNoticeFigures',
      summary: 'What became of the notices of a campaign, by kind: due, sent, waiting, held, and why not.',
      answers: { 200: answered('The figures', figures) },
    },
    {
      method: 'GET',
      path: '/unsubscribe/{token}',
      operation: 'showUnsubscribePage',
      summary: 'The page behind the link of a letter. Opening it changes nothing.',
      answers: { 200: { description: 'A page with one button', contentType: 'text/html' } },
      problems: { 404: ['unknown-link'] },
    },
    {
      method: 'POST',
      path: '/unsubscribe/{token}',
      operation: 'unsubscribe',
      summary: 'Unsubscribes, by the page’s button or by a mailbox’s one click (RFC 8058). Works twice.',
      answers: { 200: { description: 'Done', contentType: 'text/html' } },
      problems: { 404: ['unknown-link'] },
    },
    {
      method: 'GET',
      path: '/webhooks/wechat-messages/{appId}',
      operation: 'confirmWechatPushAddress',
      summary: 'WeChat asks whether this address is ours, when somebody saves it in the account.',
      query: z.object({ signature: z.string(), timestamp: z.string(), nonce: z.string(), echostr: z.string() }),
      answers: { 200: { description: 'The echostr, as it came', body: z.string(), contentType: 'text/plain' } },
      problems: { 401: ['unverified'], 404: ['not-set-up'] },
    },
    {
      method: 'POST',
      path: '/webhooks/wechat-messages/{appId}',
      operation: 'receiveWechatPush',
      summary:
        'What WeChat pushes of an account, sealed (安全模式): consents to subscription messages are noted, no more.',
      query: z.object({ msg_signature: z.string(), timestamp: z.string(), nonce: z.string() }),
      body: z
        .looseObject({ Encrypt: z.string() })
        .describe('In XML, or in JSON where a mini program has chosen that; at most 64 KB'),
      bodyType: 'text/xml',
      answers: { 200: { description: 'Taken', body: z.literal('success'), contentType: 'text/plain' } },
      problems: { 401: ['unverified'], 404: ['not-set-up'] },
    },
  ],
  named: { LetterTemplate: template, NoticeSettings: settings, NoticeFigures: figures },
} as const satisfies AreaContract;
