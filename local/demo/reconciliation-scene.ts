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
  const open = await openItems(deciding);
  const settled: { class: string; what: string }[] = [];
  const item = (itemId: string): string => `/campaigns/${campaignId}/reconciliation-items/${itemId}`;
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
function openItems({ api, tokens, campaignId, seconds, signal, show }: Deciding): Promise<readonly Open[]> {
  return waitFor(
    'the closeout to find what does not agree',
    async () => {
      const { body } = await api.call('GET', `/campaigns/${campaignId}/reconciliation`, { token: tokens.finance });
      show(`${body['open']} open`);
      const open = body['openItems'] as readonly Open[];
      return open.length >= PLANTED ? open : undefined;
    },
    { seconds, signal },
  );
}

/** What the provider's stand-in was made to have: a payment hidden from its bill, one with a fen more, one that it never told of. */
const PLANTED = 3;
