import { expect, it } from 'vitest';
import { campaignSchema } from '../../functions/campaigns/campaign.ts';
import { findCampaignTerms } from '../../functions/campaigns/campaign-terms.store.ts';
import { decideGoods, enterGoods } from '../../functions/goods/goods.store.ts';
import { goodsRequestIdOf, goodsRequestSchema } from '../../functions/goods/goods-request.ts';
import { campaignKey } from '../../functions/platform/keys.ts';
import { readSpendingBooks } from '../../functions/spending/spending-books.store.ts';
import { spendingViolations, surplusViolations } from '../../functions/spending/spending-invariants.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import { expenditure, MINUTES_ID, NOW, person, spendingBooks } from '../spending/spending-books.ts';
import { goodsTable, spendingTable } from './spending-table.ts';

const NEXT_ID = 'cmp_nextnextnextnextnext';

it('what became of 110,000 yuan: boxes bought and given out, three people helped, one payment taken back, a transfer, and the surplus in the next campaign', async () => {
  const world = await spendingBooks();
  const { table } = world;
  const first = campaignSchema.parse(await table.get(campaignKey(CAMPAIGN_ID)));
  const proposal = { ...first.proposal, title: '博爱家园' };
  await table.write({ put: { ...campaignKey(NEXT_ID), ...first, campaignId: NEXT_ID, status: 'open', proposal } });

  let keys = 0;
  const book = async (request: object, decision: object = { decision: 'confirm' }) => {
    keys += 1;
    const asked = await world.ask(request, `key-${keys}`);
    expect(asked.status).toBe(201);
    if (asked.body.state === 'booked') return asked;
    const decided = await world.decide(asked.body.requestId, decision);
    expect(decided.status).toBe(200);
    return decided;
  };
  const papers = (n: number) => ({ voucherNo: `记-${n}`, evidence: [{ kind: 'invoice', number: `FP-${n}` }] });

  // A hundred first-aid boxes for 12,000 yuan come, are given to two counties, and five are broken.
  const boxes = { ...expenditure, amountMinor: 1_200_000, purpose: '急救箱 100 个', ...papers(1) };
  await book(boxes);
  const terms = await findCampaignTerms(table, CAMPAIGN_ID);
  if (terms === undefined) throw new Error('there is no campaign');
  const handle = async (request: object) => {
    keys += 1;
    const requestId = goodsRequestIdOf(CAMPAIGN_ID, `key-${keys}`);
    const about = { on: '2026-10-08', evidence: [{ kind: 'signature-list', number: `签收单 ${keys}` }] };
    const parsed = goodsRequestSchema.parse({ ...about, ...request });
    const entered = await enterGoods(table, terms, parsed, { requestId, by: 'finance-chen', now: NOW });
    if (entered.kind === 'refused') throw new Error(entered.message);
    if (entered.request.state !== 'booked')
      await decideGoods(table, terms, requestId, { decision: 'confirm' }, { by: 'finance-li', now: NOW });
  };
  const source = {
    kind: 'bought',
    expenditure: 1,
    item: '急救箱',
    unit: '个',
    valueMinor: 1_200_000,
    basisReference: 'FP-1',
  };
  await handle({ kind: 'receive', source, place: '市仓库', quantity: 100, expiresOn: '2028-10-01' });
  const lotId = String(table.everything().find(({ type }) => type === 'goods-lot')?.['lotId']);
  await handle({ kind: 'move', lotId, place: '市仓库', toPlace: '宣汉仓库', quantity: 40 });
  await handle({
    kind: 'issue',
    lotId,
    place: '宣汉仓库',
    quantity: 40,
    recipient: { kind: 'organisation', name: '宣汉县红十字会' },
  });
  await handle({
    kind: 'issue',
    lotId,
    place: '市仓库',
    quantity: 33,
    recipient: { kind: 'place', name: '开江县中学' },
  });
  await handle({ kind: 'return', of: 4, quantity: 3, reason: '多发三个' });
  await handle({ kind: 'write-off', lotId, place: '市仓库', quantity: 5, reason: '运输破损' });

  // More people apply than planned: a transfer from the boxes. Three are helped; one account was wrong, and is paid again.
  await book({ kind: 'transfer', fromLineNo: 1, toLineNo: 2, amountMinor: 500_000, reason: '申请人数超出预计' });
  const ids: string[] = [];
  for (const order of ['021', '022', '023'])
    ids.push((await world.beneficiary('POST', '', person(order))).body.beneficiaryId);
  const aid = (beneficiaryId: string | undefined, n: number) => ({
    kind: 'aid',
    lineNo: 2,
    amountMinor: 1_500_000,
    beneficiaryId,
    paidOn: '2026-10-08',
    purpose: '大病救助',
    ...papers(n),
  });
  for (const [n, id] of ids.entries()) await book(aid(id, 10 + n));
  await book({
    kind: 'reversal',
    of: 5,
    amountMinor: 1_500_000,
    reversedOn: '2026-10-08',
    reason: '账号有误，银行退回',
  });
  await book(aid(ids[2], 20));
  await book({ ...expenditure, lineNo: 3, amountMinor: 550_000, payee: '印刷厂', purpose: '宣传册', ...papers(30) });
  await book({ ...expenditure, lineNo: 4, amountMinor: 300_000, payee: '审计所', purpose: '专项审计', ...papers(31) });
  await book({ kind: 'variance-note', lineNo: 1, reason: '集中采购，单价低于询价' });

  // What is left goes to the next campaign, by a meeting.
  const minutes = { attachmentId: MINUTES_ID, heldOn: '2026-10-08', attendees: ['何', '孙', '王'] };
  const left = (await world.read()).body.funds.leftMinor;
  await book(
    { kind: 'surplus', amountMinor: left, destination: 'campaign', toCampaignId: NEXT_ID, reason: '同类项目' },
    { decision: 'confirm', minutes },
  );

  const [books, next] = [await readSpendingBooks(table, CAMPAIGN_ID), await readSpendingBooks(table, NEXT_ID)];
  if (books === undefined || next === undefined) throw new Error('the books moved while they were read');
  expect(`${spendingTable(books)}\n\n${goodsTable(books)}\n\n${spendingTable(next)}`).toMatchSnapshot();
  expect([...spendingViolations(books), ...spendingViolations(next), ...surplusViolations([books, next])]).toEqual([]);
  expect((await world.read()).body).toMatchObject({
    spentMinor: 6_550_000,
    aid: { beneficiaries: 3, payments: 3, amountMinor: 4_500_000 },
    aidByLine: [{ lineNo: 2, beneficiaries: 3 }],
    surplus: { amountMinor: 4_450_000, destination: '博爱家园' },
    funds: { leftMinor: 0 },
  });
});
