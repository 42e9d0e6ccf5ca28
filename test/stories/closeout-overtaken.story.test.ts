import { rmSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import type { LocalDate } from '../../functions/kernel/time.ts';
import { spendingBookKey } from '../../functions/platform/keys.ts';
import {
  findReconciliationItem,
  readReconciliationStanding,
  recordFindings,
  signOver,
  writeChange,
} from '../../functions/reconciliation/reconciliation-item.store.ts';
import { decided as decidedItem, type Finding, itemIdOf } from '../../functions/reconciliation/reconciliation-item.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { ROOT } from '../access/people.ts';
import {
  APPROVED,
  approved,
  bytesOf,
  campaignId,
  closedCampaign,
  decide,
  folder,
  GIFTS,
  payments,
  prepareAnew,
  reportOf,
  review,
  STATEMENT,
  sign,
  staff,
  state,
  stored,
  submit,
  world,
  write,
} from './closing.ts';
import { APPROVER, FINANCE, MANAGER } from './people.ts';
import { refund } from './play.ts';

afterAll(() => rmSync(folder, { recursive: true }));
/** Opening the typesetter takes seconds on a busy core. */
const SETUP_TIMEOUT_MS = 60_000;
beforeEach(() => closedCampaign(GIFTS), SETUP_TIMEOUT_MS);

const FINDING: Finding = {
  class: 'missing-there',
  provider: 'wechat-pay',
  merchantId: '1900000001',
  day: '2026-09-07' as LocalDate,
  transactionId: '4200000000202609070000000001',
  orderNo: '',
  ourAmountMinor: minor(1_770),
};
const ITEM = () => itemIdOf(FINDING, campaignId);
/** The day's check finds that the provider does not know a payment that the books have. */
const findItem = () =>
  recordFindings(
    world.table,
    { campaignId, organisationId: ROOT, foundBy: 'bill of the day', now: world.now },
    [FINDING],
    () => false,
  );
async function resolveItem(): Promise<void> {
  const item = await findReconciliationItem(world.table, campaignId, ITEM());
  if (item === undefined) throw new Error('there is no such item');
  const today = '2026-09-12' as LocalDate;
  const decision = { decision: 'resolve', version: item.version, kind: 'explained', reason: '银行次日补单' } as const;
  const said = { by: FINANCE.id, now: world.now, today, lastDueOn: '2027-09-12' as LocalDate };
  const outcome = decidedItem(item, decision, said);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  expect((await writeChange(world.table, item, outcome.item)).kind).toBe('changed');
}

/** The statement is submitted, written and, by the first of the two, signed. */
async function signedByFinance(): Promise<void> {
  await state(STATEMENT);
  await submit();
  await write();
  expect(await review()).toEqual({ kind: 'to-sign', round: 1 });
  await world.requestApproval(campaignId, 1, 'token-1', 'closeout');
  expect((await decide(1, { decision: 'approve' }, FINANCE)).status).toBe(200);
}
/** Both sign the round, and it is kept. */
async function signRound(round: number): Promise<void> {
  await world.requestApproval(campaignId, round, `token-${round}`, 'closeout');
  for (const actor of [FINANCE, APPROVER])
    expect((await decide(round, { decision: 'approve' }, actor)).status).toBe(200);
  expect(await sign(round, APPROVED)).toEqual({ kind: 'signed' });
}
const approvalOfReport = () =>
  world.table.everything().find(({ type, subject }) => type === 'approval' && subject === 'closeout') as unknown as {
    state: string;
    withdrawn?: { why: string };
  };
const statement = async () => (await staff('GET', 'closeout-statement', MANAGER)).body;

describe('a draft that the books overtake', () => {
  it('is signed no more once an item of the reconciliation opens: the next signature is refused, and says which', async () => {
    await signedByFinance();
    const before = stored('closeout')['reportSha256'];
    await findItem();
    const refused = await decide(1, { decision: 'approve' }, APPROVER);
    expect([refused.status, refused.body.title]).toEqual([409, 'books-moved']);
    expect(refused.body.detail).toContain(ITEM());
    expect(refused.body.problems[0].field).toBe('round');
    // The workflow goes on at once, not within the hour.
    expect(world.told).toContain('token-1');
    const ended = await world.reviewApproval(campaignId, 1, 'closeout');
    expect(ended['kind']).toBe('returned');
    expect(await sign(1, { kind: 'returned', reason: ended['reason'] })).toMatchObject({ kind: 'renewed', round: 2 });
    expect(await statement()).toMatchObject({ state: 'submitted', round: 2 });
    expect(await review()).toEqual({ kind: 'to-prepare' });
    // The item is people's matter first: nothing is written before.
    expect(await prepareAnew()).toEqual({ kind: 'items-open', open: 1 });
    await resolveItem();
    expect(await prepareAnew()).toMatchObject({ kind: 'written', round: 2 });
    expect(await review()).toEqual({ kind: 'to-sign', round: 2 });
    await signRound(2);
    expect(stored('closeout')['reportSha256']).not.toBe(before);
    expect(reportOf().reconciliation.items).toMatchObject([{ itemId: ITEM(), state: 'resolved' }]);
    // The first draft is still there for whoever asks what finance had signed.
    expect([...world.files.keys()].some((key) => key.includes(`/drafts/1-${before}`))).toBe(true);
  });

  it('is signed no more once a gift goes back: the new draft counts it', async () => {
    await signedByFinance();
    await refund(world, payments[1] as Payment, 8_000);
    await world.drainStream();
    expect((await decide(1, { decision: 'approve' }, APPROVER)).body.detail).toContain('1 settlement');
    await sign(1, { kind: 'returned', reason: '' });
    expect(await review()).toEqual({ kind: 'to-prepare' });
    await prepareAnew();
    await signRound(2);
    expect(reportOf().summary).toMatchObject({ refundedMinor: 8_000, refundedGifts: 1, netMinor: 6_770 });
    expect(stored('closeout')).toMatchObject({ state: 'signed', round: 2, laterAdjustments: 0 });
  });

  it('is written anew from the sums as they are once something is spent; nothing has to be added up again', async () => {
    await signedByFinance();
    // The book alone tells that there is an entry more.
    const book = { type: 'spending-book', campaignId, sequence: 1, revision: 1 };
    const sums = { lines: [], spentMinor: 0, surplusOutMinor: 0, surplusInMinor: 0 };
    await world.table.write({ put: { ...spendingBookKey(campaignId), ...book, ...sums } });
    expect((await decide(1, { decision: 'approve' }, APPROVER)).body.detail).toContain('1 entry of spending');
    await sign(1, { kind: 'returned', reason: '' });
    expect(await review()).toEqual({ kind: 'to-write' });
  });

  it('is found out within the hour where nobody comes to sign', async () => {
    await signedByFinance();
    await findItem();
    expect(await world.reviewApproval(campaignId, 1, 'closeout')).toMatchObject({ kind: 'returned' });
    const { state: stands, withdrawn } = approvalOfReport();
    expect([stands, withdrawn?.why.includes(ITEM())]).toEqual(['returned', true]);
    await world.tellApprovers(campaignId, 1, 'closeout');
    expect(world.mails.at(-1)?.subject).toContain('因账目变动重新送签');
    expect(world.mails.at(-1)?.text).toContain('您无需操作');
  });

  it('is not asked for at all where the books moved between the writing and the asking', async () => {
    await state(STATEMENT);
    await submit();
    await write();
    await findItem();
    expect(await review()).toEqual({ kind: 'to-prepare' });
    expect(await statement()).toMatchObject({ state: 'submitted', round: 2 });
    await resolveItem();
    await prepareAnew();
    expect(await review()).toEqual({ kind: 'to-sign', round: 2 });
  });

  it('is not kept as signed where the books moved after the last signature', async () => {
    const round = await approved();
    await findItem();
    expect(await sign(round, APPROVED)).toMatchObject({ kind: 'renewed', round: 2 });
    expect(await sign(round, APPROVED)).toMatchObject({ kind: 'renewed', round: 2 });
    expect(stored('closeout')).toMatchObject({ state: 'draft', round: 1 });
  });

  it('is not kept as signed where an item comes in the very moment', async () => {
    const round = await approved();
    const { transact } = world.table;
    Object.assign(world.table, {
      transact: async (writes: Parameters<typeof transact>[0]) => {
        Object.assign(world.table, { transact });
        await findItem();
        return transact(writes);
      },
    });
    await expect(sign(round, APPROVED)).rejects.toThrow('changed while it was signed');
    expect(stored('closeout')['state']).toBe('draft');
    expect(await sign(round, APPROVED)).toMatchObject({ kind: 'renewed', round: 2 });
  });

  it('goes back to its authors where the statement does not do for what the books say now', async () => {
    await signedByFinance();
    const filed = stored('closeout-statement') as unknown as { pk: string; sk: string; statement: typeof STATEMENT };
    const { variances: _, ...rest } = filed.statement;
    await world.table.write({ update: { pk: filed.pk, sk: filed.sk }, set: { statement: rest } });
    await findItem();
    await decide(1, { decision: 'approve' }, APPROVER);
    expect(await sign(1, { kind: 'returned', reason: '' })).toEqual({ kind: 'returned' });
    const { state: stands, round, returned } = await statement();
    expect([stands, round]).toEqual(['open', 1]);
    expect(returned.why).toContain('does not say why line 1');
    expect(await review()).toMatchObject({ kind: 'waiting' });
  });

  it('stays what it is while people only talk about an item, or give it to somebody', async () => {
    await findItem();
    await resolveItem();
    await prepareAnew();
    await signedByFinance();
    const item = await findReconciliationItem(world.table, campaignId, ITEM());
    if (item === undefined) throw new Error('there is no such item');
    const said = { by: MANAGER.id, now: world.now, text: '已电话确认', about: 'comment' as const };
    const after = { ...item, assignee: MANAGER.id, version: item.version + 1 };
    expect((await writeChange(world.table, item, after, said)).kind).toBe('changed');
    expect((await decide(1, { decision: 'approve' }, APPROVER)).status).toBe(200);
    expect(await sign(1, APPROVED)).toEqual({ kind: 'signed' });
  });

  it('is overtaken too where what was signed over is resolved: the report would still call it open', async () => {
    await findItem();
    const { version, openMinor } = await readReconciliationStanding(world.table, campaignId);
    const request = { version, reason: '年底前查清', itemIds: [ITEM()], sumMinor: openMinor };
    expect((await signOver(world.table, campaignId, request, { by: APPROVER.id, now: world.now })).kind).toBe('signed');
    await prepareAnew();
    await signedByFinance();
    await resolveItem();
    expect((await decide(1, { decision: 'approve' }, APPROVER)).body.title).toBe('books-moved');
  });

  it('may still be given back or rejected by whoever has to sign it', async () => {
    await signedByFinance();
    await findItem();
    const reasons = [{ reason: '数字不对' }];
    expect((await decide(1, { decision: 'return', reasons }, APPROVER)).status).toBe(200);
    const { kind, reason } = await world.reviewApproval(campaignId, 1, 'closeout');
    expect(await sign(1, { kind, reason })).toEqual({ kind: 'returned' });
    expect(await statement()).toMatchObject({ state: 'open', returned: { why: '数字不对' } });
  });

  it('is told only to those who may sign: a stranger hears that they may not', async () => {
    await signedByFinance();
    await findItem();
    const stranger = { id: 'nobody-here', groups: ['approver'] };
    const answer = await decide(1, { decision: 'approve' }, stranger);
    expect([answer.status, JSON.stringify(answer.body).includes(ITEM())]).toEqual([403, false]);
    expect(approvalOfReport().state).toBe('waiting');
  });

  it('of the first round without a statement is only figures, which nobody signs', async () => {
    await findItem();
    expect(await review()).toMatchObject({ kind: 'waiting' });
    expect(bytesOf(`campaigns/${campaignId}/closeout/report.json`).length).toBeGreaterThan(0);
  });
});
