import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import ExcelJS from 'exceljs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findCloseout } from '../../functions/closeout/closeout.store.ts';
import { definition as mailReports } from '../../functions/closeout/mail-closeout-reports.lambda.ts';
import { definition as manageCloseout } from '../../functions/closeout/manage-closeout.lambda.ts';
import { definition as prepareCloseout } from '../../functions/closeout/prepare-closeout.lambda.ts';
import { definition as reviewCloseout } from '../../functions/closeout/review-closeout.lambda.ts';
import { definition as signReport } from '../../functions/closeout/sign-report.lambda.ts';
import { definition as summarisePartition } from '../../functions/closeout/summarise-partition.lambda.ts';
import { definition as writeReport } from '../../functions/closeout/write-report.lambda.ts';
import { PermanentError, ThrottledError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { spendingEntryKey } from '../../functions/platform/keys.ts';
import type { Item } from '../../functions/platform/table.ts';
import { definition as reconcileBills } from '../../functions/reconciliation/reconcile-bills.lambda.ts';
import { definition as reconcileDay } from '../../functions/reconciliation/reconcile-day.lambda.ts';
import { readReconciliationStanding, signOver } from '../../functions/reconciliation/reconciliation-item.store.ts';
import { definition as reviewReconciliation } from '../../functions/reconciliation/review-reconciliation.lambda.ts';
import type { fetchFundFlowBill, fetchTradeBill } from '../../functions/reconciliation/trade-bill.gateway.ts';
import { tradeBillOf } from '../../local/sandbox/bill.ts';
import { Book } from '../../local/sandbox/book.ts';
import { fundFlowBillOf } from '../../local/sandbox/fund-flow-bill.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { ROOT } from '../access/people.ts';
import { assetsFolder } from '../press/press-folder.ts';
import { entry as aidEntry } from '../spending/sample-entries.ts';
import { APPROVER, FINANCE as FINANCE_PERSON, MANAGER, PROPOSAL } from './people.ts';
import { decide, type Gift, notify, openedCampaign, order, refund } from './play.ts';
import { World } from './world.ts';

const folder = assetsFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const FINANCE = 'finance@example.org';
const LEADER = 'leader@example.org';
/** 35 hours after the close of 9 September; the last bill is there since 10:00. */
const AFTER_SETTLING = '2026-09-11T11:00:00+08:00';

const gift = (paidAt: string, openid: string, amountMinor: number, unitId?: string): Gift => ({
  paidAt,
  openid,
  amountMinor,
  ...(unitId === undefined ? {} : { asked: { unitId } }),
});
/** Five gifts of 192.71 yuan; a pool of 150 gives 17.70, 50.00, 0.01, 50.00 and what is left of it. */
const GIFTS = [
  gift('2026-09-07T10:00:00+08:00', 'openid-chen', 1_770, 'wanyuan'),
  gift('2026-09-07T20:15:00+08:00', 'openid-liu', 8_000, 'xuanhan'),
  gift('2026-09-07T20:16:00+08:00', 'openid-chen', 1, 'wanyuan'),
  gift('2026-09-08T20:30:00+08:00', 'openid-he', 5_000),
  gift('2026-09-09T23:59:59+08:00', 'openid-zhou', 4_500, 'xuanhan'),
];
/** Ordered while the campaign was open; whether and when it is paid and notified is a story's own matter. */
const WITHOUT_NEWS = gift('2026-09-08T12:00:00+08:00', 'openid-without-news', 700);

const STATEMENT = {
  narrative: '走访并帮扶了全部家庭。',
  interestMinor: 321,
  beneficiariesReached: 118,
  outputs: [{ what: '入户走访', unit: '户', planned: 120, achieved: 118 }],
  auditOpinion: { kind: 'not-audited', reason: '并入年度审计' },
  variances: PROPOSAL.budgetLines.map((_, position) => ({ lineNo: position + 1, reason: '十二月起执行' })),
  commendation: { kind: 'top', units: 5 },
};

describe('the closeout of a campaign', () => {
  let world: World;
  let book: Book;
  let campaignId: string;
  let payments: Payment[];
  let orderWithoutNews: string;

  /** What the provider's interface would answer, from the sandbox's books. */
  const fetchTrade: typeof fetchTradeBill = async ({ billDate }) => {
    const { payments: paid, refunds } = book.dayOf(billDate);
    if (paid.length + refunds.length === 0) return { kind: 'no-statement' };
    return { kind: 'bill', content: tradeBillOf(world.keys, paid, refunds) };
  };

  const fetchFunds: typeof fetchFundFlowBill = async ({ billDate, account }) => {
    const { movements, balanceMinor } = book.movementsOf(billDate);
    if (account !== 'BASIC' || movements.length === 0) return { kind: 'no-statement' };
    return { kind: 'bill', content: fundFlowBillOf(movements, balanceMinor) };
  };
  const readAccounts = async () => undefined;

  const prepare = () => world.task('prepare-closeout', prepareCloseout, { campaignId });
  const reconcileOne = (day: unknown) =>
    world.task(
      'reconcile-day',
      reconcileDay,
      { campaignId, day },
      { fetchTrade, fetchFunds, readAccounts, baseUrl: 'https://provider.example' },
    );
  const reconcile = async ({ billDays }: Record<string, unknown>) => {
    for (const day of billDays as unknown[]) await reconcileOne(day);
    return world.task('reconcile-bills', reconcileBills, { campaignId, billDays });
  };
  const summarise = (partitions: unknown, adjustments: unknown) =>
    world.task('summarise-partition', summarisePartition, { campaignId, partitions, adjustments });
  const write = ({ partitions, adjustments }: Record<string, unknown>) =>
    world.task('write-report', writeReport, { campaignId, partitions, adjustments }, { assetsFolder: folder });
  /** One run of the schedule by a person. */
  const mail = () =>
    world.job(
      'mail-closeout-reports',
      mailReports,
      {},
      {
        job: 'mail-closeout-reports',
        organisationId: ROOT,
        by: 'person',
        dueAt: world.now,
        personId: FINANCE_PERSON.id,
        requestId: randomUUID(),
      },
    );
  const review = () => world.task('review-closeout', reviewCloseout, { campaignId });
  const sign = (round: number, decision: object) =>
    world.task('sign-report', signReport, { campaignId, round, decision }, { assetsFolder: folder });
  const staff = (method: 'GET' | 'PUT' | 'POST', path: string, actor: Actor, more: object = {}) =>
    world.request('manage-closeout', manageCloseout, {
      method,
      path: `/campaigns/${campaignId}/${path}`,
      routeParameters: { campaignId },
      actor,
      ...more,
    });

  /** Saves the statement on the version that stands. */
  async function state(statement: object, actor = MANAGER) {
    const { headers } = await staff('GET', 'closeout-statement', actor);
    const ifMatch = { 'If-Match': String(headers['etag']) };
    return staff('PUT', 'closeout-statement', actor, { headers: ifMatch, body: JSON.stringify(statement) });
  }
  const submit = (actor = MANAGER) => staff('POST', 'closeout-statement/submissions', actor);

  /** What people and the workflow do after the first draft: a statement, the report with it, two signatures. */
  async function signedReport(prepared: Record<string, unknown>, statement: object = STATEMENT): Promise<void> {
    expect((await state(statement)).status).toBe(200);
    expect((await submit()).status).toBe(200);
    expect(await review()).toEqual({ kind: 'to-write' });
    await write(prepared);
    const { round } = (await review()) as { round: number };
    await world.requestApproval(campaignId, round, `token-${round}`, 'closeout');
    for (const actor of [FINANCE_PERSON, APPROVER]) {
      const decided = await world.decide(campaignId, { subject: 'closeout', round, decision: 'approve' }, actor);
      expect(decided.status).toBe(200);
    }
    const decision = await world.reviewApproval(campaignId, round, 'closeout');
    expect(await sign(round, { kind: decision['kind'], reason: decision['reason'] })).toEqual({ kind: 'signed' });
  }

  /** What the workflow waits for where bills and books differ. */
  async function signOpenItemsOver(): Promise<void> {
    const { version, uncovered, openMinor, items } = await readReconciliationStanding(world.table, campaignId);
    if (uncovered === 0) return;
    const itemIds = items.filter(({ state: stands }) => stands === 'open').map(({ itemId }) => itemId);
    const request = { version, reason: '理事会同意先行结项', itemIds, sumMinor: openMinor };
    const by = { by: APPROVER.id, now: world.now };
    expect(await signOver(world.table, campaignId, request, by)).toMatchObject({ kind: 'signed' });
  }

  /** The steps of workflows/campaign-closeout.asl.json up to the first draft, in their order. */
  async function summarised(): Promise<Record<string, unknown>> {
    const prepared = await prepare();
    expect(prepared['kind']).toBe('prepared');
    await reconcile(prepared);
    await signOpenItemsOver();
    for (const batch of prepared['batches'] as unknown[]) await summarise(batch, prepared['adjustments']);
    return prepared;
  }
  const closeOut = async (): Promise<Record<string, unknown>> => write(await summarised());
  /** All of them, to the signed report. */
  async function closeOutSigned(): Promise<void> {
    const prepared = await summarised();
    await write(prepared);
    await signedReport(prepared);
  }

  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON; a story says by name what it expects of it
  const fileOf = (name: string): any =>
    JSON.parse(new TextDecoder().decode(world.files.get(`campaigns/${campaignId}/closeout/${name}`)));
  const copyOfFiles = () => new Map([...world.files].map(([key, content]) => [key, Buffer.from(content)]));

  function stored(type: string, giftNo: number): Item {
    const paymentId = payments[giftNo - 1]?.transactionId;
    const entry = world.table.everything().find((item) => item['paymentId'] === paymentId);
    const item = world.table.everything().find((one) => one.type === type && one['giftId'] === entry?.['giftId']);
    if (item === undefined) throw new Error(`there is no ${type} of gift ${giftNo}`);
    return item;
  }

  async function addFen(item: Item, attribute: string): Promise<void> {
    await world.table.write({ update: { pk: item.pk, sk: item.sk }, add: { [attribute]: 1 } });
  }

  /** The provider takes the money of an order. */
  const paid = (orderNo: string, { openid, amountMinor, paidAt }: Gift): Payment =>
    book.pay({ orderNo, openid, amountMinor, paidAt: instantOf(paidAt) });

  beforeEach(async () => {
    world = new World();
    book = new Book();
    payments = [];
    campaignId = await openedCampaign(world);
    for (const one of GIFTS) {
      const payment = paid(await order(world, campaignId, one), one);
      payments.push(payment);
      expect(await notify(world, payment)).toBe(200);
    }
    orderWithoutNews = await order(world, campaignId, WITHOUT_NEWS);
    await world.drainStream();
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    world.at(AFTER_SETTLING);
    expect(await world.finalise(campaignId)).toMatchObject({ kind: 'finalised', gifts: 5 });
    await world.move(campaignId, 'finalised');
  });

  describe('whose books agree with the bills', () => {
    it('writes a report whose figures are those that the public has seen', async () => {
      expect(await closeOut()).toMatchObject({ kind: 'written', lateGifts: 0 });
      const report = fileOf('report.json');
      const figures = (await world.figures(campaignId)).body;
      expect(report.summary).toMatchObject({
        gifts: figures.raised.gifts,
        donors: figures.raised.donors,
        raisedMinor: figures.raised.giftsMinor,
        matchedMinor: figures.raised.matchMinor,
        totalMinor: figures.raised.totalMinor,
      });
      expect(report.summary).toMatchObject({ gifts: 5, donors: 4, raisedMinor: 19_271, matchedMinor: 15_000 });
      expect(report.match).toMatchObject({
        remainingMinor: 0,
        matchedGifts: 5,
        cappedGifts: 1,
        exhaustedGifts: 1,
        recomputation: { agrees: true, giftsCompared: 5, adjustmentsCompared: 0, differences: 0 },
      });
      const lineOf = (line: {
        id?: string;
        day?: string;
        gifts: number;
        raisedMinor: number;
        matchedMinor: number;
      }) => [line.id ?? line.day ?? null, line.gifts, line.raisedMinor, line.matchedMinor];
      expect(report.units.map(lineOf)).toEqual([
        ['xuanhan', 2, 12_500, 8_229],
        ['wanyuan', 2, 1_771, 1_771],
        [null, 1, 5_000, 5_000],
      ]);
      expect(report.days.map(lineOf)).toEqual([
        ['2026-09-07', 3, 9_771, 6_771],
        ['2026-09-08', 1, 5_000, 5_000],
        ['2026-09-09', 1, 4_500, 3_229],
      ]);
      expect(report.reconciliation).toMatchObject({
        status: 'agrees',
        discrepancies: [],
        totals: { billLines: 5, billMinor: 19_271, entries: 5, entriesMinor: 19_271, unexplainedMinor: 0 },
      });
    });

    it('writes the report in three forms, and its hash where the campaign is', async () => {
      const { sha256 } = await closeOut();
      const closeout = world.table.everything().find(({ type }) => type === 'closeout');
      expect(closeout).toMatchObject({ campaignId, reportSha256: sha256 });
      const [pdf, xlsx] = ['pdf', 'xlsx'].map((format) =>
        Buffer.from(world.files.get(`campaigns/${campaignId}/closeout/report.${format}`) ?? []),
      );
      expect(pdf?.subarray(0, 5).toString()).toBe('%PDF-');
      const workbook = new ExcelJS.Workbook();
      await workbook.xlsx.load(xlsx as unknown as ArrayBuffer);
      expect(workbook.worksheets.length).toBeGreaterThan(3);
    });

    it.each([
      { people: 2, aid: null },
      { people: 3, aid: { beneficiaries: 3, payments: 3, amountMinor: 2_100 } },
    ])(
      'tells of aid to $people people only what the neighbours cannot know one of them by',
      async ({ people, aid }) => {
        for (let number = 1; number <= people; number += 1)
          await world.table.write({
            put: {
              ...spendingEntryKey(campaignId, number),
              ...aidEntry('aid', number, {
                campaignId,
                amountMinor: 700,
                beneficiaryId: `bnf_0000000000000000000${number}`,
              }),
            },
          });
        await closeOut();
        expect(fileOf('report.json').budget.aid).toEqual(aid);
      },
    );

    it('compares years net: asks of figures from paper what went back, and takes it off', async () => {
      const before = { title: '困难党员帮扶', year: 2025, gifts: 220, raisedMinor: 310_000, matchedMinor: 200_000 };
      const earlier = (refunded: object) => [{ ...before, takenFrom: '2025 年结项报告第 3 页', ...refunded }];
      const prepared = await summarised();
      await write(prepared);
      for (const [refunded, problem] of [
        [{}, 'is missing'],
        [{ refundedMinor: 310_001 }, 'is more than was raised'],
      ] as const) {
        expect((await state({ ...STATEMENT, earlier: earlier(refunded) })).status).toBe(200);
        const refused = await submit();
        expect([refused.status, refused.body.type]).toEqual([422, expect.stringContaining('incomplete')]);
        expect(JSON.stringify(refused.body)).toContain(`"field":"earlier[0].refundedMinor","problem":"${problem}"`);
      }
      await signedReport(prepared, { ...STATEMENT, earlier: earlier({ refundedMinor: 10_000 }) });
      const { yearOnYear, summary } = fileOf('report.json');
      expect(yearOnYear.map(({ netMinor }: { netMinor: number }) => netMinor)).toEqual([300_000, summary.netMinor]);
    });

    it('mails it once it is signed to each recipient once, with PDF and XLSX', async () => {
      await closeOut();
      expect(await mail()).toMatchObject({ kind: 'mailed', reports: 0, sent: 0 });
      await closeOutSigned();
      expect(await mail()).toEqual({ kind: 'mailed', reports: 1, sent: 2, uncertain: 0, refused: 0 });
      expect(world.mails.map(({ to }) => to)).toEqual([FINANCE, LEADER]);
      for (const { subject, text, attachments } of world.mails) {
        expect(subject).toContain(PROPOSAL.title);
        expect(text).toContain('¥192.71');
        expect(attachments?.map(({ filename }) => filename)).toEqual([
          `closeout-${campaignId}.pdf`,
          `closeout-${campaignId}.xlsx`,
        ]);
        expect(attachments?.[0]?.content).toEqual(world.files.get(`campaigns/${campaignId}/closeout/report.pdf`));
      }
    });

    it('does every step twice with the same files and no second mail, also when the second time is hours later', async () => {
      const first = await closeOut();
      const drafts = copyOfFiles();
      world.at('2026-09-11T18:00:00+08:00');
      expect(await closeOut()).toEqual(first);
      expect(copyOfFiles()).toEqual(drafts);
      await closeOutSigned();
      await mail();
      const files = copyOfFiles();
      world.at('2026-09-12T18:00:00+08:00');
      expect(await closeOut()).toMatchObject({ kind: 'written', round: 1 });
      expect(await review()).toEqual({ kind: 'signed' });
      expect(await sign(1, { kind: 'approved', reason: '' })).toEqual({ kind: 'signed' });
      expect(copyOfFiles()).toEqual(files);
      expect(await mail()).toMatchObject({ kind: 'mailed', reports: 0, sent: 0 });
      expect(world.mails.filter(({ attachments }) => attachments !== undefined)).toHaveLength(2);
    });

    it('leaves payments of the merchant’s other campaigns out, and notes refunds beside the sums', async () => {
      book.pay({
        orderNo: 'int_ofanothercampaign',
        openid: 'openid-x',
        amountMinor: 99_999,
        paidAt: instantOf('2026-09-08T10:00:00+08:00'),
      });
      const [, liu] = payments as [Payment, Payment];
      const back = book.refund(liu, 3_000, instantOf('2026-09-09T09:00:00+08:00'));
      world.at('2026-09-09T09:00:02+08:00');
      await refund(world, liu, 3_000, back.refundId);
      await world.drainStream();
      world.at(AFTER_SETTLING);
      await closeOut();
      expect(fileOf('report.json').reconciliation).toMatchObject({
        status: 'agrees',
        totals: { billLines: 5, billMinor: 19_271, refundLines: 1, refundMinor: 3_000 },
      });
    });
  });

  describe('whose books and bills differ', () => {
    it('lists what is missing here, what is missing there and what has another amount, each with both sides', async () => {
      const missingHere = paid(orderWithoutNews, WITHOUT_NEWS);
      const [, hidden, , falsified] = payments as [Payment, Payment, Payment, Payment];
      book.hide(hidden);
      book.falsify(falsified, 5_001);
      world.at(AFTER_SETTLING);
      await closeOut();
      const { reconciliation } = fileOf('report.json');
      expect(reconciliation.status).toBe('differs');
      expect(reconciliation.discrepancies).toEqual([
        {
          kind: 'missing-there',
          provider: 'wechat-pay',
          transactionId: hidden.transactionId,
          orderNo: hidden.orderNo,
          ourAmountMinor: 8_000,
          day: '2026-09-07',
        },
        ...[
          {
            kind: 'missing-here',
            provider: 'wechat-pay',
            transactionId: missingHere.transactionId,
            orderNo: orderWithoutNews,
            theirAmountMinor: 700,
            day: '2026-09-08',
          },
          {
            kind: 'amount-differs',
            provider: 'wechat-pay',
            transactionId: falsified.transactionId,
            orderNo: falsified.orderNo,
            ourAmountMinor: 5_000,
            theirAmountMinor: 5_001,
            day: '2026-09-08',
          },
        ].sort((a, b) => (a.transactionId < b.transactionId ? -1 : 1)),
      ]);
      // 19,271 - 8,000 + 700 + 1 on the bills: every fen of the difference is explained by a line.
      expect(reconciliation.totals).toMatchObject({
        billMinor: 11_972,
        entriesMinor: 19_271,
        differenceMinor: -7_299,
        unexplainedMinor: 0,
      });
      // Each is an item too, which the report shows with what became of it: here all were signed over.
      const place = (one: { transactionId: string; ourAmountMinor?: number; theirAmountMinor?: number }) =>
        [one.transactionId, one.ourAmountMinor, one.theirAmountMinor].join(' ');
      expect(reconciliation.items.map(place).toSorted()).toEqual(reconciliation.discrepancies.map(place).toSorted());
      const over = { personId: APPROVER.id, name: expect.any(String) };
      for (const { state: stands, decided } of reconciliation.items)
        expect([stands, decided]).toMatchObject(['open', { by: over, reason: '理事会同意先行结项' }]);
      expect(reconciliation.standing).toMatchObject({
        open: { items: 3, atStakeMinor: 8_701 },
        resolved: { items: 0 },
        signedOver: { by: over, items: 3, atStakeMinor: 8_701, at: world.now },
      });
    });

    it('writes nothing while an item is open that nobody has signed over, and lists one that agrees by now as settled', async () => {
      const late = paid(orderWithoutNews, WITHOUT_NEWS);
      world.at(AFTER_SETTLING);
      const prepared = await prepare();
      await reconcile(prepared);
      for (const partition of prepared['partitions'] as unknown[])
        await summarise([partition], prepared['adjustments']);
      expect(await write(prepared)).toEqual({ kind: 'items-open', open: 1 });
      expect(world.files.has(`campaigns/${campaignId}/closeout/report.json`)).toBe(false);
      expect(world.table.everything().some(({ type }) => type === 'closeout')).toBe(false);
      expect(await notify(world, late, 2 * 86_400)).toBe(200);
      await world.drainStream();
      await world.task('review-reconciliation', reviewReconciliation, { campaignId });
      expect(await write(prepared)).toMatchObject({ kind: 'written', lateGifts: 1 });
      const { items, standing } = fileOf('report.json').reconciliation;
      expect(items).toMatchObject([
        {
          class: 'paid-not-booked',
          transactionId: late.transactionId,
          state: 'resolved',
          resolvedAs: 'agreed',
          decided: { by: { personId: 'workflow' } },
        },
      ]);
      expect(standing).toMatchObject({
        open: { items: 0 },
        resolved: { items: 1, atStakeMinor: 700 },
        signedOver: null,
      });
    });

    it('lists where another fee was taken than was billed, and it explains nothing of what was given', async () => {
      const [, overcharged] = payments as [Payment, Payment];
      book.overcharge(overcharged, 48);
      book.withdraw(10_000, instantOf('2026-09-08T09:00:00+08:00'));
      await closeOut();
      const { reconciliation } = fileOf('report.json');
      expect(reconciliation).toMatchObject({
        status: 'differs',
        totals: { differenceMinor: 0, unexplainedMinor: 0 },
        discrepancies: [
          {
            kind: 'fee-differs',
            provider: 'wechat-pay',
            transactionId: overcharged.transactionId,
            orderNo: overcharged.orderNo,
            ourAmountMinor: 0,
            theirAmountMinor: 48,
            day: '2026-09-07',
          },
        ],
        funds: [
          {
            merchantId: world.keys.mchid,
            paidMinor: 19_271,
            feesBilledMinor: 0,
            feesMinor: 48,
            campaignFeesMinor: 48,
            withdrawnMinor: 10_000,
            settlements: [{ account: 'BASIC', day: '2026-09-08', changeMinor: -10_000 }],
          },
        ],
      });
    });

    it('keeps what providers charged by the signed report, where what is published reads it', async () => {
      book.overcharge(payments[1] as Payment, 48);
      await closeOutSigned();
      expect((await findCloseout(world.table, campaignId))?.feesMinor).toBe(48);
    });

    it('says how many differences there are to the workflow', async () => {
      book.hide(payments[0] as Payment);
      expect(await reconcile(await prepare())).toEqual({
        kind: 'differs',
        discrepancies: 1,
        open: 1,
        daysWithoutBill: 1,
      });
    });

    it('stops at a bill that cannot be read', async () => {
      await reconcile(await prepare());
      const unreadable = async () =>
        ({ kind: 'bill', content: new TextEncoder().encode('<html>busy</html>') }) as const;
      const again = world.task(
        'reconcile-day',
        reconcileDay,
        { campaignId, day: '2026-09-07' },
        { fetchTrade: unreadable, fetchFunds, readAccounts, baseUrl: 'https://provider.example' },
      );
      await expect(again).rejects.toThrow(/the bill of 2026-09-07 cannot be used/);
    });
  });

  describe('waiting for what is not there yet', () => {
    it('waits until the bill of the day after the last one can be fetched, and asks for none before', async () => {
      world.at('2026-09-11T09:00:00+08:00');
      expect(await prepare()).toEqual({ kind: 'wait', waitSeconds: 3_600 });
      expect(world.files.size).toBe(0);
      world.at('2026-09-11T10:00:00+08:00');
      const prepared = await prepare();
      expect(prepared).toMatchObject({ kind: 'prepared' });
      expect(await reconcile(prepared)).toMatchObject({ kind: 'agrees', daysWithoutBill: 1 });
      const names = [...world.files.keys()].map((key) => key.split('/').slice(3).join('/'));
      expect(names.filter((name) => name.startsWith('bills/'))).toEqual(
        ['2026-09-07', '2026-09-08', '2026-09-09'].flatMap((day) => [
          `bills/wechat-pay-${world.keys.mchid}-${day}.csv`,
          `bills/wechat-pay-${world.keys.mchid}-basic-${day}.csv`,
        ]),
      );
    });

    it('sums up nothing of a campaign whose matching is still open', async () => {
      const other = new World();
      world = other;
      campaignId = await openedCampaign(other);
      other.at(AFTER_SETTLING);
      const { partitions } = await prepare();
      await expect(summarise([(partitions as unknown[])[0]], 0)).rejects.toThrow(/has not been finalised/);
    });

    it('leaves a gift that came after finalisation out of the report, and counts it as late', async () => {
      expect(await notify(world, paid(orderWithoutNews, WITHOUT_NEWS), 2 * 86_400)).toBe(200);
      await world.drainStream();
      world.at(AFTER_SETTLING);
      expect(await closeOut()).toMatchObject({ kind: 'written', lateGifts: 1 });
      expect(fileOf('report.json').summary).toMatchObject({ gifts: 5, raisedMinor: 19_271, matchedMinor: 15_000 });
    });
  });

  describe('in which matches changed after their gifts were counted', () => {
    const [partly, whole, decided] = [1, 3, 0];
    const paymentNo = (index: number) => payments[index] as Payment;

    it('reports net of what went back, as the public figures do, and lists every change with why', async () => {
      await refund(world, paymentNo(partly), 3_000);
      await refund(world, paymentNo(whole), 5_000);
      await world.drainStream();
      await decide(world, paymentNo(decided), 'void', '员工集中代捐');
      await closeOut();
      const report = fileOf('report.json');
      const { raised } = (await world.figures(campaignId)).body;
      // 50.00 for 80.00 of which 50.00 stayed leaves 31.25; the other two matches are gone.
      expect(report.summary).toMatchObject({
        raisedMinor: raised.giftsMinor,
        refundedMinor: raised.refundedMinor,
        matchedMinor: raised.matchMinor,
        totalMinor: raised.totalMinor,
        refundedGifts: 1,
      });
      expect(report.summary).toMatchObject({ raisedMinor: 19_271, refundedMinor: 8_000, matchedMinor: 6_355 });
      expect(report.match).toMatchObject({
        stage: 'publicised',
        drawnMinor: 15_000,
        remainingMinor: 8_645,
        matchedGifts: 3,
        recomputation: { agrees: true, giftsCompared: 5, adjustmentsCompared: 3, differences: 0 },
      });
      expect(
        report.match.adjustments.map(
          (one: { kind: string; giftNo: number; refundMinor?: number; matchMinor: number; reason?: string }) => [
            one.kind,
            one.giftNo,
            one.refundMinor,
            one.matchMinor,
            one.reason,
          ],
        ),
      ).toEqual([
        ['refund', 2, 3_000, -1_875, undefined],
        ['refund', 4, 5_000, -5_000, undefined],
        ['void', 1, undefined, -1_770, '员工集中代捐'],
      ]);
    });

    it('counts in all of its steps what was settled when it began, and what comes meanwhile in the next report', async () => {
      await refund(world, paymentNo(partly), 3_000);
      await world.drainStream();
      const prepared = await prepare();
      await reconcile(prepared);
      const [first, ...others] = prepared['partitions'] as unknown[];
      await summarise([first], prepared['adjustments']);
      await refund(world, paymentNo(whole), 5_000);
      await refund(world, paymentNo(partly), 1_000);
      await world.drainStream();
      for (const partition of others) await summarise([partition], prepared['adjustments']);
      expect(await write(prepared)).toMatchObject({ kind: 'written', laterAdjustments: 2 });
      expect(fileOf('report.json')).toMatchObject({
        summary: { refundedMinor: 3_000, matchedMinor: 13_125 },
        match: { remainingMinor: 1_875, recomputation: { agrees: true, adjustmentsCompared: 1 } },
      });
      expect(await closeOut()).toMatchObject({ kind: 'written', laterAdjustments: 0 });
      expect(fileOf('report.json')).toMatchObject({
        summary: { refundedMinor: 9_000, matchedMinor: 7_500 },
        match: { remainingMinor: 7_500, recomputation: { agrees: true, adjustmentsCompared: 3 } },
      });
    });

    it('leaves out the refund of a gift that came after the end, like the gift itself', async () => {
      const late = paid(orderWithoutNews, WITHOUT_NEWS);
      expect(await notify(world, late, 2 * 86_400)).toBe(200);
      await world.drainStream();
      await refund(world, late, 700);
      await world.drainStream();
      world.at(AFTER_SETTLING);
      expect(await closeOut()).toMatchObject({ kind: 'written', lateGifts: 1 });
      expect(fileOf('report.json')).toMatchObject({
        summary: { gifts: 5, refundedMinor: 0, matchedMinor: 15_000 },
        match: { adjustments: [], recomputation: { agrees: true } },
      });
    });

    it('says on every face that the second calculation differs when somebody has touched a settlement', async () => {
      await refund(world, paymentNo(partly), 3_000);
      await world.drainStream();
      const adjustment = world.table
        .everything()
        .find(({ type, pk }) => type === 'adjustment' && pk.startsWith('POOL#'));
      await addFen(adjustment as Item, 'refundMinor');
      await closeOutSigned();
      expect(fileOf('report.json').match.recomputation).toMatchObject({ agrees: false, differences: 1 });
      await mail();
      expect(world.mails.at(-1)?.text).toContain('中有 1 处不符，须核实');
    });
  });

  describe('when somebody has touched the books by one fen', () => {
    it.each([
      [
        'an entry',
        'donation',
        'amountMinor',
        'entries and journal disagree: raisedMinor 19272 by entries, 19271 by the journal',
      ],
      ['a match', 'match', 'matchMinor', 'is 2, but its draws sum to 1'],
    ])('stops for good at %s, and names both figures', async (_what, type, attribute, sentence) => {
      await addFen(stored(type, 3), attribute);
      const closing = closeOut();
      await expect(closing).rejects.toBeInstanceOf(PermanentError);
      await expect(closing).rejects.toThrow(sentence);
      expect(world.files.has(`campaigns/${campaignId}/closeout/report.json`)).toBe(false);
    });

    it('stops for good at the pool', async () => {
      const pool = world.table.everything().find(({ type }) => type === 'pool');
      await addFen(pool as Item, 'remainingMinor');
      await expect(closeOut()).rejects.toThrow(/poolMinor against matched \+ remaining is 15000, but should be 15001/);
    });
  });

  describe('mail that does not go through', () => {
    /** Lets the provider fail `times` times for one address. */
    function failing(address: string, error: Error, times = 1): void {
      const { sendMail } = world;
      let left = times;
      world.sendMail = async (one) => {
        if (one.to !== address || left === 0) return sendMail(one);
        left -= 1;
        throw error;
      };
    }
    const recipients = () => world.mails.map(({ to }) => to);

    it('is not sent again where it may have been sent already', async () => {
      await closeOutSigned();
      world.mails.length = 0;
      failing(FINANCE, new Error('socket hang up'));
      await expect(mail()).rejects.toThrow('socket hang up');
      expect(await mail()).toEqual({ kind: 'mailed-in-part', reports: 1, sent: 1, uncertain: 1, refused: 0 });
      expect(await mail()).toMatchObject({ reports: 0, sent: 0 });
      expect(recipients()).toEqual([LEADER]);
    });

    it('is sent at the next attempt where the provider did not take it, and the others have not waited', async () => {
      await closeOutSigned();
      world.mails.length = 0;
      failing(FINANCE, new NotAccepted('TooManyRequestsException', { forGood: false }));
      await expect(mail()).rejects.toBeInstanceOf(ThrottledError);
      expect(recipients()).toEqual([LEADER]);
      expect(await mail()).toEqual({ kind: 'mailed', reports: 1, sent: 1, uncertain: 0, refused: 0 });
      expect(recipients()).toEqual([LEADER, FINANCE]);
    });

    it('keeps nobody else from the report when one address is refused for good', async () => {
      await closeOutSigned();
      world.mails.length = 0;
      failing(FINANCE, new NotAccepted('MessageRejected', { forGood: true }), 10);
      expect(await mail()).toEqual({ kind: 'mailed-in-part', reports: 1, sent: 1, uncertain: 0, refused: 1 });
      expect(recipients()).toEqual([LEADER]);
    });

    it('goes once to a recipient who is named twice', async () => {
      await closeOutSigned();
      world.mails.length = 0;
      const campaign = world.table.everything().find(({ type }) => type === 'campaign');
      const proposal = { ...(campaign?.['proposal'] as object), reportRecipients: [FINANCE, FINANCE] };
      await world.table.write({ update: { pk: campaign?.pk ?? '', sk: campaign?.sk ?? '' }, set: { proposal } });
      expect(await mail()).toMatchObject({ kind: 'mailed', sent: 1 });
      expect(recipients()).toEqual([FINANCE]);
    });
  });
});
