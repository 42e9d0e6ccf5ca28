import { localDateOf, plusDays } from '../../functions/kernel/time.ts';
import type { Deciding } from './decisions.ts';
import { DEMO_WINDOW } from './demo-campaign.ts';
import type { DemoClock } from './demo-clock.ts';
import { waitFor } from './waiting.ts';

/** What the closeout found, and what a person made of it. */
export type SettledItem = {
  readonly class: string;
  readonly day: string;
  readonly ourAmountMinor?: number;
  readonly theirAmountMinor?: number;
  readonly state: string;
  readonly reason: string;
};
type Item = Omit<SettledItem, 'reason'> & { readonly itemId: string; readonly version: number };

const REASONS: Readonly<Record<string, string>> = {
  'amount-differs': '与支付机构核对：账单该行有误，对方已出具更正说明。',
  'missing-there': '与支付机构核对：款项已入账，账单遗漏，对方次日补列。',
  'paid-not-booked': '捐赠人已付款，通知遗失，结转下月导入账单补记。',
};
const OTHER_REASON = '已核对凭证，与账簿一致。';
/** How long what is carried on may wait. */
const CARRIED_DAYS = 30;

/**
 * The closeout stops at what does not agree. The person of finance takes each item, says what they found, and settles it: what the bill
 * has wrong is explained, and what was paid and never told of is carried on to be booked by the bill's import.
 */
export async function settleDiscrepancies(
  deciding: Deciding & { readonly clock: DemoClock },
): Promise<readonly SettledItem[]> {
  const { api, tokens, campaignId, seconds, signal, show, clock } = deciding;
  const token = tokens.finance;
  const reconciliation = `/campaigns/${campaignId}/reconciliation`;
  await waitFor(
    'the closeout to wait for people',
    async () => {
      const { body } = await api.call('GET', reconciliation, { token });
      show(`${body['open']} do not agree`);
      return Number(body['open']) > 0 ? true : undefined;
    },
    { seconds, signal },
  );
  const { body: me } = await api.call('GET', '/me', { token });
  const { body } = await api.call('GET', `${reconciliation}-items`, { token });
  const settled: SettledItem[] = [];
  for (const item of body['items'] as Item[]) {
    const path = `${reconciliation}-items/${item.itemId}`;
    const { etag = '' } = await api.call('GET', path, { token });
    await api.call('PUT', `${path}/assignee`, { token, ifMatch: etag, body: { personId: me['personId'] } });
    await api.call('POST', `${path}/comments`, {
      token,
      key: `demo-${item.itemId}`,
      body: { text: '已致电支付机构核对。' },
    });
    const { body: read } = await api.call('GET', path, { token });
    const reason = REASONS[item.class] ?? OTHER_REASON;
    const version = read['version'];
    const decision =
      item.class === 'paid-not-booked'
        ? {
            decision: 'carry',
            version,
            reason,
            dueOn: plusDays(localDateOf(clock.now(), DEMO_WINDOW.zone), CARRIED_DAYS),
          }
        : { decision: 'resolve', version, kind: 'explained', reason };
    const { body: after } = await api.call('POST', `${path}/decisions`, { token, body: decision });
    settled.push({ ...(after as unknown as Item), reason });
    show(`${item.class}: ${after['state']}`);
  }
  return settled;
}
