import type { Deciding } from './decisions.ts';
import { DEMO_ROOT } from './staff.ts';
import { waitFor } from './waiting.ts';

/** What the scene is played with: a campaign of the demo whose gifts are counted. */
export type ReceiptsScene = Deciding & {
  /** A gift of the campaign whose donor left no name. */
  readonly giftId: string;
};

const PATH = `/organisations/${DEMO_ROOT.organisationId}`;
const SETTINGS = {
  codePrefix: '510101',
  creditCode: '91350100M000100Y43',
  reviewer: '陈复核',
  handler: '李经手',
  project: { code: '103050101', name: '公益性捐赠收入' },
  goodsProject: { code: '103050102', name: '物资捐赠' },
  policy: 'identified',
};

/**
 * Finance says once what receipts say, issues those of all named donors in a batch, one by hand for a donor who asks, and makes a mistake void;
 * the public checks one. Ends with the figures of the series. Everything is made up, and the receipts say so.
 */
export async function issueReceipts(scene: ReceiptsScene): Promise<void> {
  const { api, tokens, campaignId, giftId, seconds, signal, show } = scene;
  const { finance: token } = tokens;
  const { etag } = await api.call('GET', `${PATH}/receipt-settings`, { token, expected: [200, 404] });
  const ifMatch = etag === undefined ? {} : { ifMatch: etag };
  await api.call('PUT', `${PATH}/receipt-settings`, { body: SETTINGS, token, ...ifMatch, expected: [200, 201] });

  const started = await api.call('POST', `${PATH}/receipt-batches`, {
    body: { campaignIds: [campaignId] },
    token,
    key: `demo-${campaignId}`,
    expected: [202],
  });
  const batchPath = `${PATH}/receipt-batches/${started.body['batchId']}`;
  const finished = async () => {
    const { body } = await api.call('GET', batchPath, { token });
    return body['state'] === 'finished' ? body : undefined;
  };
  const batch = await waitFor('the batch of receipts', finished, { seconds, signal });
  show(`Receipts issued in a batch: ${JSON.stringify(batch['figures'])}`);

  const byHand = `/campaigns/${campaignId}/gifts/${giftId}/receipts`;
  const wrong = await api.call('POST', byHand, { body: { payer: { name: '孙力' } }, token, expected: [200, 201] });
  await api.call('POST', `${PATH}/receipts/${wrong.body['receiptId']}/voids`, { body: { reason: '姓名有误' }, token });
  const right = await api.call('POST', byHand, { body: { payer: { name: '孙丽' } }, token, expected: [200, 201] });
  const { receiptId, number, checkCode, amountInWords } = right.body as Record<string, string>;
  show(`Receipt ${number}, ${amountInWords}; the one before it is void and keeps its number.`);
  const check = await api.call('GET', `/public/receipt-checks?receiptId=${receiptId}&code=${checkCode}`, {});
  show(`Anybody with its check code sees: ${check.body['state']}, payer ${check.body['payer']}.`);

  const year = String(right.body['issuedOn']).slice(0, 4);
  const series = await api.call('GET', `${PATH}/receipt-series/${year}`, { token });
  const problems = series.body['problems'] as readonly unknown[];
  show(
    `Series ${year}: ${series.body['issued']} numbers, ${problems.length === 0 ? 'none missing' : 'with problems'}.`,
  );
}
