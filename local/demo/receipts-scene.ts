import type { Deciding } from './decisions.ts';
import { DEMO_ROOT } from './staff.ts';
import { waitFor } from './waiting.ts';

type Receipt = {
  readonly receiptId: string;
  readonly giftId: string;
  readonly number: string;
  readonly state: string;
  readonly amountMinor: number;
  readonly amountInWords: string;
  readonly checkCode: string;
  readonly copies: number;
  readonly verification: string;
};
export type ReceiptsIssued = {
  readonly issued: number;
  readonly issuedMinor: number;
  readonly waived: number;
  readonly voidNumber: string;
  readonly newNumber: string;
  /** What the series says of itself: no gap, no double. */
  readonly problems: readonly unknown[];
  readonly sample: Receipt;
  /** Where anybody verifies it. */
  readonly verification: string;
};

const SETTINGS = {
  codePrefix: '510101',
  creditCode: '53510000MJQ000000F',
  reviewer: '陈静（演示）',
  handler: '李华（演示）',
  project: { code: '103044901', name: '公益事业捐赠收入' },
  goodsProject: { code: '103044902', name: '公益事业捐赠物资' },
  policy: 'identified',
};
/** Receipts for 300 gifts are some 200 documents, each a transaction of its own. */
const BATCH_SECONDS = 240;

/**
 * Everybody who gave a name gets a receipt in one batch. One was issued to the wrong name: it becomes void, its number stays, and another
 * is issued and handed out; the donor loses that one, and gets it again as a duplicate.
 */
export async function issueReceipts(deciding: Deciding): Promise<ReceiptsIssued> {
  const { api, tokens, campaignId, signal, show } = deciding;
  const token = tokens.finance;
  const organisation = `/organisations/${DEMO_ROOT.organisationId}`;
  await api.call('PUT', `${organisation}/receipt-settings`, { token, body: SETTINGS });
  const started = await api.call('POST', `${organisation}/receipt-batches`, {
    token,
    key: 'demo-receipts',
    body: { campaignIds: [campaignId] },
    expected: [200, 201, 202],
  });
  const batch = await waitFor(
    'the batch of receipts',
    async () => {
      const { body } = await api.call('GET', `${organisation}/receipt-batches/${started.body['batchId']}`, { token });
      const figures = body['figures'] as { gifts: number; issued: number; issuedMinor: number; waived: number };
      show(`${figures.gifts} gifts looked at, ${figures.issued} receipts`);
      return body['state'] === 'finished' ? figures : undefined;
    },
    { seconds: BATCH_SECONDS, signal },
  );
  const { body } = await api.call('GET', `${organisation}/receipts`, { token });
  const [first, second] = body['receipts'] as Receipt[];
  if (first === undefined || second === undefined) throw new Error('no receipts were issued');
  await api.call('POST', `${organisation}/receipts/${first.receiptId}/voids`, {
    token,
    body: { reason: '交款人名称有误，重开' },
  });
  const again = await api.call('POST', `/campaigns/${campaignId}/gifts/${first.giftId}/receipts`, {
    token,
    body: { payer: { name: '演示捐赠人' } },
  });
  const { receiptId } = again.body as unknown as Receipt;
  const handOut = `${organisation}/receipts/${receiptId}/copies`;
  await api.call('POST', handOut, { token, key: 'demo-original' });
  const copy = await api.call('POST', handOut, { token, key: 'demo-copy' });
  const sample = copy.body as unknown as Receipt;
  const series = await api.call('GET', `${organisation}/receipt-series/${yearOf(again.body)}`, { token });
  return {
    issued: batch.issued,
    issuedMinor: batch.issuedMinor,
    waived: batch.waived,
    voidNumber: first.number,
    newNumber: sample.number,
    problems: series.body['problems'] as unknown[],
    sample,
    verification: api.address(sample.verification),
  };
}

const yearOf = (receipt: Record<string, unknown>): string => String(receipt['year']);
