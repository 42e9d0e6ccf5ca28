import { describe, expect, it } from 'vitest';
import { recordRefund } from '../../functions/donations/refund-entry.store.ts';
import { refundEntrySchema } from '../../functions/donations/refund-entry.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { definition } from '../../functions/matching/explain-match.lambda.ts';
import { matchExplanationSchema } from '../../functions/matching/explanation.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { changeBooks, settleRefunds } from '../../functions/matching/settlement.store.ts';
import { decisionSettlement } from '../../functions/matching/settlement.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { entry, record } from './money-path.ts';

const NOW = instantOf('2026-09-08T10:00:00Z');
const hurried = { random: () => 0, pause: async () => undefined };
const AUDITOR: Actor = { id: 'auditor-sun', groups: ['auditor'] };

/** An open campaign with a counted gift no. 0, and no. 1 that has only arrived. */
async function campaignWithGifts(): Promise<Table> {
  const table = memoryTable();
  const { proposal } = await putCampaign(table);
  await table.write({ put: openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, proposal.currency) });
  const gifts = [0, 1].map((n) => entry(n, { campaignId: CAMPAIGN_ID, amountMinor: 1_770, payerAmountMinor: 1_770 }));
  await record(table, [...gifts, entry(2)]);
  await allocateGifts(table, CAMPAIGN_ID, gifts.slice(0, 1), NOW, hurried);
  return table;
}

async function ask(
  table: Table,
  giftId: string,
  more: { actor?: Actor; lang?: string; campaignId?: string } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { actor = AUDITOR, lang, campaignId = CAMPAIGN_ID } = more;
  const handler = anyHttpFunction(definition, {
    use: { table: restrictedTable(table, 'explain-match') },
    tellTime: async () => NOW,
  });
  const answer = await handler(
    httpEvent({
      path: `/campaigns/${campaignId}/gifts/${giftId}/match`,
      routeParameters: { campaignId, giftId },
      actor,
      ...(lang === undefined ? {} : { query: { lang } }),
    }),
    lambdaContext,
  );
  return { status: answer.statusCode ?? 0, body: JSON.parse(answer.body ?? '{}') as Record<string, unknown> };
}

describe('the route that explains a match', () => {
  it('answers staff with the explanation as data and as text, in the language of the campaign or the one asked for', async () => {
    const table = await campaignWithGifts();
    const { status, body } = await ask(table, 'gft_0');
    expect(status).toBe(200);
    const { language, text, ...data } = body;
    expect(language).toBe('zh-CN');
    expect(matchExplanationSchema.parse(data).result).toMatchObject({ netMinor: 1_770, stage: 'provisional' });
    expect(JSON.stringify(text)).toContain('应配：¥17.70 × 1/1 = ¥17.70。');
    expect(JSON.stringify((await ask(table, 'gft_0', { lang: 'en' })).body['text'])).toContain('What stands');
  });

  it('tells what happened since: a refund that was settled, one that waits, and a decision with its reason', async () => {
    const table = await campaignWithGifts();
    const { provider, merchantId, paymentId, orderNo, currency } = entry(0);
    const refund = (refundId: string, amountMinor: number) =>
      refundEntrySchema.parse({
        type: 'refund',
        giftId: 'gft_0',
        refundId,
        provider,
        merchantId,
        paymentId,
        orderNo,
        campaignId: CAMPAIGN_ID,
        amountMinor,
        currency,
        occurredAt: NOW,
        recordedAt: NOW,
      });
    await recordRefund(table, refund('rf_1', 885));
    await settleRefunds(table, 'gft_0', NOW, hurried);
    await changeBooks(
      table,
      CAMPAIGN_ID,
      'gft_0',
      NOW,
      (books, account) => {
        const settlement = decisionSettlement({ kind: 'void', by: 'chen', reason: '刷单' }, account, books);
        return 'kind' in settlement ? settlement : { settlement, cause: 'VOID' };
      },
      hurried,
    );
    await recordRefund(table, refund('rf_2', 100));
    const { body } = await ask(table, 'gft_0');
    const { language: _, text, ...data } = body;
    const explanation = matchExplanationSchema.parse(data);
    expect(explanation.events.map(({ kind, changes }) => [kind, changes])).toEqual([
      ['refund', [{ ruleId: 'main', matchMinor: -885 }]],
      ['void', [{ ruleId: 'main', matchMinor: -885 }]],
    ]);
    expect(explanation.refundsWaiting).toMatchObject([{ refundId: 'rf_2', amountMinor: 100 }]);
    expect(explanation.result).toMatchObject({ netMinor: 0, takenBackMinor: 1_770, refundedMinor: 885, stage: 'void' });
    expect(JSON.stringify(text)).toContain('chen 取消了这笔配捐，理由：刷单。');
  });

  it('knows no gift that does not exist, belongs to another campaign, or has no id that could be one', async () => {
    const table = await campaignWithGifts();
    for (const giftId of ['gft_9', 'gft_2', 'GIFT#gft_0']) {
      const { status, body } = await ask(table, giftId);
      expect([status, body['title']]).toEqual([404, 'unknown-gift']);
    }
    expect((await ask(table, 'gft_0', { campaignId: 'cmp_other' })).body['title']).toBe('forbidden');
  });

  it('says of a gift that has arrived and was not counted that it waits', async () => {
    expect(await ask(await campaignWithGifts(), 'gft_1')).toMatchObject({
      status: 409,
      body: { title: 'not-counted-yet' },
    });
  });

  it('refuses a language it does not speak, naming those it does, and whoever has no role', async () => {
    const table = await campaignWithGifts();
    const french = await ask(table, 'gft_0', { lang: 'fr' });
    expect(french.status).toBe(422);
    expect(JSON.stringify(french.body)).toContain('zh-CN, en');
    expect((await ask(table, 'gft_0', { actor: { id: 'x', groups: ['donor'] } })).status).toBe(403);
  });
});
