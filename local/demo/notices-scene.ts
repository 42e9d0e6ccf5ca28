import type { components } from '../../client/api-types.ts';
import { dataOf } from '../../client/client.ts';
import type { Deciding } from './decisions.ts';
import { DEMO_ROOT } from './staff.ts';

export type NoticeLine = components['schemas']['NoticeFigures']['notices'][number];
type Acting = Omit<Deciding, 'campaignId'>;

/** An admin says where the public pages are, and a manager words the thank-you, looks at it, and mails it to themselves. */
export async function wordTheLetters({ api, tokens, show }: Acting, publicAddress: string): Promise<void> {
  const { organisationId } = DEMO_ROOT;
  await dataOf(
    api.staff(tokens.admin).PUT('/organisations/{organisationId}/public-address', {
      // Said for the first time: there is no version yet to be changed.
      params: { path: { organisationId }, header: { 'If-Match': '' } },
      body: { address: publicAddress },
    }),
  );
  await dataOf(
    api.staff(tokens.admin).PUT('/organisations/{organisationId}/notice-settings', {
      params: { path: { organisationId }, header: { 'If-Match': '' } },
      body: {
        channels: ['mail'],
        linkHosts: [],
        quietHours: { sms: { from: '21:00', until: '08:00' } },
      },
    }),
  );
  const manager = api.staff(tokens.manager);
  const path = { organisationId, kind: 'thank-you', language: 'zh-CN' } as const;
  const body = {
    subject: '{{donorName}}，感谢您支持{{campaign}}',
    heading: '谢谢您的善意',
    paragraphs: ['{{whatHappened}}', '每一笔善款的使用情况，都会在本会公开。'],
    closing: '{{organisation}}',
  };
  await dataOf(
    manager.PUT('/organisations/{organisationId}/letter-templates/{kind}/{language}', {
      params: { path, header: { 'If-Match': '' } },
      body,
    }),
  );
  const { subject } = await dataOf(
    manager.POST('/organisations/{organisationId}/letter-templates/{kind}/{language}/previews', { params: { path } }),
  );
  show(`the thank-you is worded: ${subject}`);
  await dataOf(
    manager.POST('/organisations/{organisationId}/letter-templates/{kind}/{language}/test-sends', { params: { path } }),
  );
}

/** What became of the campaign's notices, by kind. */
export async function lookAtNotices({ api, tokens, campaignId, show }: Deciding): Promise<readonly NoticeLine[]> {
  const { notices } = await dataOf(
    api.staff(tokens.manager).GET('/campaigns/{campaignId}/notices', { params: { path: { campaignId } } }),
  );
  for (const { subject, due, sent, waiting, undeliverable, failed } of notices)
    show(`${subject}: ${sent} of ${due} sent, ${waiting} waiting, ${undeliverable + failed} to nobody`);
  return notices;
}
