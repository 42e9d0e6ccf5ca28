import { plusDays } from '../../functions/kernel/time.ts';
import type { ReconciliationItem } from '../../functions/reconciliation/reconciliation-item.ts';
import type { Deciding } from './decisions.ts';
import { DEMO_WINDOW } from './demo-campaign.ts';
import { waitFor } from './waiting.ts';

/** What became of each discrepancy, for people to read. */
export type SettledDiscrepancies = readonly { readonly class: string; readonly what: string }[];

type Open = { readonly itemId: string; readonly class: ReconciliationItem['class']; readonly atStakeMinor: number };

/**
 * The closeout waits for the three discrepancies that the provider was made to have (give.ts), and a person settles each: the
 * payment that is missing in the bill is given to somebody, talked about and resolved; the fen too many is written off by two
 * people; the payment whose notice was lost is carried on to the day by which its bill is imported. Then the closeout goes on.
 */
export async function settleDiscrepancies(deciding: Deciding): Promise<SettledDiscrepancies> {
  const { api, tokens, campaignId, show } = deciding;
  const settled: { class: string; what: string }[] = [];
  const item = (itemId: string): string => `/campaigns/${campaignId}/reconciliation-items/${itemId}`;
  // Found one after the other; and the sweep of orders may have found the lost notice first, where the demo is slow.
  for (let open = await openItems(deciding); open.length > 0; open = await openItems(deciding, settled.length))
    for (const { itemId, class: kind } of open) {
      show(`${kind}: ${itemId}`);
      const { etag = '' } = await api.call('GET', item(itemId), { token: tokens.finance });
      const personId = (await api.call('GET', '/me', { token: tokens.finance })).body['personId'];
      await api.call('PUT', `${item(itemId)}/assignee`, { body: { personId }, token: tokens.manager, ifMatch: etag });
      await api.call('POST', `${item(itemId)}/comments`, {
        body: { text: REMARKS[kind] ?? '已登录商户平台逐笔核对。' },
        token: tokens.finance,
        key: `demo-${itemId}`,
      });
      settled.push({ class: kind, what: await settle(deciding, item(itemId), kind) });
    }
  return settled;
}

const REMARKS: Partial<Record<ReconciliationItem['class'], string>> = {
  'missing-there': '商户平台可查到该笔交易，已致电支付机构要求补正账单。',
  'amount-differs': '账单较订单多记一分，支付机构确认为其系统误差。',
  'paid-not-booked': '捐赠人已付款，通知未送达；账单将作为对账单导入补记。',
};

async function settle(deciding: Deciding, path: string, kind: ReconciliationItem['class']): Promise<string> {
  const reason = REMARKS[kind] ?? '已核对。';
  switch (kind) {
    case 'amount-differs':
      await decide(deciding, 'finance', path, { decision: 'resolve', kind: 'written-off', reason });
      await decide(deciding, 'approver', path, { decision: 'resolve', kind: 'written-off', reason });
      return 'written off by two people';
    case 'paid-not-booked':
      await decide(deciding, 'finance', path, { decision: 'carry', reason, dueOn: plusDays(DEMO_WINDOW.lastDay, 60) });
      return 'carried to the next period';
    default:
      await decide(deciding, 'finance', path, { decision: 'resolve', kind: 'explained', reason });
      return 'resolved with a reason';
  }
}

/** On the version that stands. */
async function decide(
  { api, tokens }: Deciding,
  role: 'finance' | 'approver',
  path: string,
  decision: object,
): Promise<void> {
  const { version } = (await api.call('GET', path, { token: tokens[role] })).body;
  await api.call('POST', `${path}/decisions`, { body: { ...decision, version }, token: tokens[role] });
}

/** Waits until the closeout has found what does not agree. */
function openItems(
  { api, tokens, campaignId, seconds, signal, show }: Deciding,
  settled = 0,
): Promise<readonly Open[]> {
  return waitFor(
    'the closeout to find what does not agree',
    async () => {
      const { body } = await api.call('GET', `/campaigns/${campaignId}/reconciliation`, { token: tokens.finance });
      show(`${body['open']} open`);
      const open = body['openItems'] as readonly Open[];
      return open.length > 0 || settled > 0 ? open : undefined;
    },
    { seconds, signal },
  );
}
