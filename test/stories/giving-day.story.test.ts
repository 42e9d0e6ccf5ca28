import { beforeEach, describe, expect, it } from 'vitest';
import { definition as readAuditTrail } from '../../functions/audit/read-audit-trail.lambda.ts';
import { definition as getCalendar } from '../../functions/duties/get-calendar.lambda.ts';
import { minor } from '../../functions/kernel/money.ts';
import { daysBetween, instantOf, localDateSchema, plusSeconds } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { journalPageItem, journalPageOf } from '../../functions/matching/journal-page.ts';
import { auditTrailTable } from '../../local/demo/audit-trail.ts';
import { calendarTable } from '../../local/demo/summary.ts';
import { signedNotification } from '../../local/sandbox/notification.ts';
import { type Payment, transactionOf } from '../../local/sandbox/transaction.ts';
import { ledgerTable } from './ledger-table.ts';
import { ADMIN, APPROVER, AUDITOR, MANAGER, PROPOSAL } from './people.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const ZONE = 'Asia/Shanghai';
const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));

/** The story's gifts: when, from whom, for which unit, how many fen, and what is odd about it. */
const GIFTS = [
  ['2026-09-07T10:00:00+08:00', 'openid-chen', 'wanyuan', 1_770, {}],
  ['2026-09-07T20:15:00+08:00', 'openid-liu', 'xuanhan', 8_000, { name: '刘海燕', anonymous: false }],
  ['2026-09-07T20:15:00+08:00', 'openid-chen', 'wanyuan', 1, {}],
  [
    '2026-09-08T20:30:00+08:00',
    'openid-he',
    undefined,
    5_000,
    { email: 'he@example.org', name: '何 & Söhne <b>', anonymous: false },
  ],
  ['2026-09-09T20:45:00+08:00', 'openid-zhou', 'xuanhan', 4_500, { email: 'zhou@example.org', language: 'en' }],
  ['2026-09-09T23:59:59+08:00', 'openid-tang', 'wanyuan', 2_000, {}],
] as const;

describe('a giving day in Dazhou, from proposal to archive', () => {
  let world: World;
  let campaignId: string;
  let payments: Payment[];

  async function approveAndOpen(): Promise<void> {
    await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
    campaignId = (await world.submit(PROPOSAL, MANAGER)).body.campaignId;
    expect(await world.checkProposal(campaignId)).toEqual({ kind: 'passed' });
    await world.requestApproval(campaignId, 1, 'token-1');
    expect((await world.decide(campaignId, { decision: 'approve', round: 1 }, APPROVER)).status).toBe(200);
    await world.move(campaignId, 'approved');
    expect((await world.file(campaignId)).body.status).toBe('filed');
    world.at('2026-09-07T00:00:00+08:00');
    expect(await world.checkDue(campaignId, 'opening')).toEqual({ kind: 'due' });
    await world.move(campaignId, 'open');
  }

  /** Orders and pays; the notification comes `lateSeconds` after the payment. */
  async function give(
    [paidAt, openid, unitId, amountMinor, more]: (typeof GIFTS)[number],
    lateSeconds = 2,
  ): Promise<Payment> {
    world.at(paidAt);
    const intent = await world.intend(campaignId, {
      amountMinor,
      ...(unitId === undefined ? {} : { unitId }),
      ...more,
    });
    expect(intent.status).toBe(201);
    const payment = paymentOf(intent.body.orderNo, amountMinor, openid, paidAt);
    payments.push(payment);
    await notify(payment, lateSeconds);
    return payment;
  }

  function paymentOf(orderNo: string, amountMinor: number, openid: string, paidAt: string): Payment {
    const transactionId = `42000025${String(payments.length).padStart(20, '0')}`;
    return {
      transactionId,
      orderNo,
      amountMinor,
      payerAmountMinor: amountMinor,
      openid,
      paidAt: instantOf(paidAt),
      tradeType: 'JSAPI',
    };
  }

  async function notify(payment: Payment, lateSeconds = 2): Promise<number> {
    world.now = plusSeconds(payment.paidAt, lateSeconds);
    const keyMode = payments.length % 2 === 0 ? 'certificate' : 'public-key';
    const { headers, body } = signedNotification(world.keys, transactionOf(world.keys, payment), {
      sentAt: world.now,
      keyMode,
    });
    return (await world.notify(headers, body)).status;
  }

  beforeEach(() => {
    world = new World();
    payments = [];
  });

  it('counts every gift once, matches in recorded order until the pool is empty, and prints a ledger that adds up', async () => {
    await approveAndOpen();
    for (const gift of GIFTS) await give(gift);
    // The provider repeats everything fifteen times, a day late.
    for (const payment of payments) {
      const repeats = await Promise.all(Array.from({ length: 15 }, () => notify(payment, 86_400)));
      expect(new Set(repeats)).toEqual(new Set([200]));
    }
    await world.drainStream(4, 2);

    const ledger = await ledgerTable(world.table, campaignId, ZONE);
    process.stdout.write(`\n${ledger}\n`);
    expect(ledger).toMatchSnapshot();
    expect(violationsOf(await settledBooks(world.table, campaignId, DAYS))).toEqual([]);

    const { body } = await world.figures(campaignId);
    expect(body.raised).toEqual({
      gifts: 6,
      donors: 5,
      giftsMinor: 21_271,
      goodsMinor: 0,
      goodsBackMinor: 0,
      refundedGifts: 0,
      refundedMinor: 0,
      matchMinor: 15_000,
      lumpMinor: 0,
      totalMinor: 36_271,
    });
    expect(body.match.remainingMinor).toBe(0);
    expect(body.units.map((unit: { id: string; giftsMinor: number }) => [unit.id, unit.giftsMinor])).toEqual([
      ['xuanhan', 12_500],
      ['wanyuan', 3_771],
    ]);
  });

  it('thanks each donor with an address once, saying the match, whatever is delivered twice', async () => {
    await approveAndOpen();
    for (const gift of GIFTS) await give(gift);
    await world.drainStream(100, 3);
    expect(world.notices.length).toBeGreaterThanOrEqual(2);
    await world.drainNotices(2);
    await world.drainNotices();
    expect(world.mails.map(({ to }) => to).sort()).toEqual(['he@example.org', 'zhou@example.org']);
    const [he, zhou] = [...world.mails].sort((a, b) => (a.to < b.to ? -1 : 1));
    expect(he?.text).toContain('¥50.00');
    expect(he?.html).not.toContain('<b>');
    expect(zhou?.text).toContain('¥45.00');
    expect(zhou?.text).toContain('¥32.29'); // the last money of the pool
    expect(zhou?.subject).toMatch(/thank you/i);
  });

  it('lists gifts to the public so that they add up, with the names of those who agreed and of nobody else', async () => {
    await approveAndOpen();
    for (const gift of GIFTS) await give(gift);
    await world.drainStream(2);
    const { body, headers } = await world.publicGifts(campaignId);
    expect(headers['cache-control']).toContain('public');
    expect(body.gifts.map((gift: { no: number; name: string | null }) => [gift.no, gift.name])).toEqual([
      [6, null],
      [5, null],
      [4, '何 & Söhne <b>'],
      [3, null],
      [2, '刘海燕'],
      [1, null],
    ]);
    expect(JSON.stringify(body)).not.toContain('example.org');
    expect(JSON.stringify(body)).not.toContain('openid');
    const total = body.gifts.reduce((sum: number, gift: { giftMinor: number }) => sum + gift.giftMinor, 0);
    expect(total).toBe(21_271);
    const older = await world.publicGifts(campaignId, { before: '4' });
    expect(older.body.gifts.map((gift: { no: number }) => gift.no)).toEqual([3, 2, 1]);
    expect(older.body.next).toBeNull();
  });

  it('shows people a page in which what a donor wrote is only ever text', async () => {
    await approveAndOpen();
    for (const gift of GIFTS) await give(gift);
    await world.drainStream();
    const page = await world.publicPage(campaignId);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).toContain('何 &amp; Söhne &lt;b&gt;');
    expect(page.body).not.toContain('<b>');
    expect(page.body).not.toContain('<script');
    expect(page.body).toContain('¥212.71');
    expect(page.body).toContain('达州市红十字会');
    const english = await world.publicPage(campaignId, { lang: 'en' });
    expect(english.body).toContain('<html lang="en">');
    expect(english.body).toContain('Anonymous');
  });

  it('answers a reader who has the figures already with nothing but 304', async () => {
    await approveAndOpen();
    const first = await world.figures(campaignId);
    const again = await world.figures(campaignId, { 'If-None-Match': String(first.headers['etag']) });
    expect([again.status, again.body]).toEqual([304, undefined]);
  });

  it('keeps a gift paid one second after the close, without a match', async () => {
    await approveAndOpen();
    world.at('2026-09-09T23:59:00+08:00');
    const intent = await world.intend(campaignId, { amountMinor: 1_000 });
    world.at('2026-09-10T00:00:30+08:00');
    await world.move(campaignId, 'closed');
    const payment = paymentOf(intent.body.orderNo, 1_000, 'openid-late', '2026-09-10T00:00:00+08:00');
    expect(await notify(payment)).toBe(200);
    await world.drainStream();
    const books = await settledBooks(world.table, campaignId, DAYS);
    expect(books.journal.map(({ outcome, matchMinor }) => [outcome, matchMinor])).toEqual([['outside-window', 0]]);
    expect(violationsOf(books)).toEqual([]);
    expect((await world.intend(campaignId, { amountMinor: 1_000 })).status).toBe(409);
  });

  it('keeps money whose order nobody knows, gives it to no campaign, and says so', async () => {
    await approveAndOpen();
    const payment = paymentOf('int_nobodyknows', 1_000, 'openid-x', '2026-09-07T10:00:00+08:00');
    expect(await notify(payment)).toBe(200);
    await world.drainStream();
    const kept = world.table.everything().filter(({ type }) => type === 'donation');
    expect(kept.map((item) => [item['campaignId'], item['amountMinor']])).toEqual([['unassigned', 1_000]]);
    expect((await settledBooks(world.table, campaignId, DAYS)).journal).toEqual([]);
    expect(world.poison).toEqual([]);
  });

  it('keeps a payment whose amount is not that of its order, and counts it for nobody', async () => {
    await approveAndOpen();
    world.at('2026-09-07T10:00:00+08:00');
    const intent = await world.intend(campaignId, { amountMinor: 1_000 });
    expect(await notify(paymentOf(intent.body.orderNo, 999, 'openid-x', '2026-09-07T10:00:00+08:00'))).toBe(200);
    await world.drainStream();
    expect(world.table.everything().filter(({ type }) => type === 'donation')).toMatchObject([
      {
        amountMinor: 999,
        campaignId: 'unassigned',
        unassignedReason: 'amount-differs',
        intendedCampaignId: campaignId,
      },
    ]);
    expect((await world.figures(campaignId)).body.raised).toMatchObject({ gifts: 0, giftsMinor: 0 });
  });

  it('sets a poison record aside alone, and counts its neighbours', async () => {
    await approveAndOpen();
    await give(GIFTS[0]);
    await world.table.write({
      put: { pk: 'GIFT#gft_bad', sk: 'ENTRY#PAYMENT', type: 'donation', campaignId, amountMinor: -5 },
    });
    await give(GIFTS[1]);
    await world.drainStream();
    expect(world.poison).toMatchObject([{ source: 'allocate-donations', pk: 'GIFT#gft_bad' }]);
    expect((await world.figures(campaignId)).body.raised.gifts).toBe(2);
  });

  it('finalises once every gift is counted, and not before', async () => {
    await approveAndOpen();
    for (const gift of GIFTS) await give(gift);
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    expect(await world.checkDue(campaignId, 'settling')).toEqual({ kind: 'wait', waitSeconds: 21_600 });
    world.at('2026-09-11T11:00:00+08:00');
    expect(await world.checkDue(campaignId, 'settling')).toEqual({ kind: 'due' });
    expect(await world.finalise(campaignId)).toEqual({ kind: 'not-settled', uncounted: 6 });
    await world.drainStream();
    expect(await world.finalise(campaignId)).toEqual({ kind: 'finalised', gifts: 6, matchedMinor: 15_000 });
    expect(await world.finalise(campaignId)).toEqual({ kind: 'finalised', gifts: 6, matchedMinor: 15_000 });
    expect(await world.checkThankYous(campaignId)).toMatchObject({ kind: 'waiting', due: 2, waiting: 2 });
    await world.drainNotices();
    expect(await world.checkThankYous(campaignId)).toMatchObject({ kind: 'drained', sent: 2 });
  });

  it('leaves a calendar and an audit trail of all that people and workflows did, and prints both', async () => {
    await approveAndOpen();
    for (const gift of GIFTS) await give(gift);
    await world.drainStream();
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    world.at('2026-09-11T11:00:00+08:00');
    expect(await world.finalise(campaignId)).toMatchObject({ kind: 'finalised', gifts: 6 });
    await world.move(campaignId, 'finalised');
    world.at('2026-09-22T00:00:00+08:00');
    expect(await world.confirm(campaignId)).toEqual({ kind: 'confirmed', matchedMinor: 15_000 });

    const calendar = await world.request('get-calendar', getCalendar, {
      path: `/campaigns/${campaignId}/calendar`,
      routeParameters: { campaignId },
      actor: MANAGER,
    });
    const audit = (what: string) =>
      world.request('read-audit-trail', readAuditTrail, {
        path: `/organisations/dazhou/${what}`,
        routeParameters: { organisationId: 'dazhou' },
        actor: AUDITOR,
      });
    const { lines } = (await audit('audit-lines')).body;
    const duties = calendarTable(calendar.body.duties);
    const trail = auditTrailTable(lines, { zone: ZONE, nameOf: (by) => by, most: 100 });
    process.stdout.write(`\n${duties}\n${trail}\n`);
    expect(duties).toMatchSnapshot();
    expect(trail).toMatchSnapshot();
    expect((await audit('audit-verification')).body).toMatchObject({
      lines: lines.length,
      isWhole: true,
      problems: [],
    });
  });

  it('stops at finalisation when somebody has touched a match, and says which one', async () => {
    await approveAndOpen();
    for (const gift of GIFTS) await give(gift);
    await world.drainStream();
    const page = journalPageOf(world.table.everything().find(({ type }) => type === 'journal-page'));
    const lines = page.lines.map((line, n) => (n === 1 ? { ...line, matchMinor: minor(line.matchMinor + 1) } : line));
    await world.table.write({ put: journalPageItem({ ...page, lines }) });
    world.at('2026-09-11T11:00:00+08:00');
    await expect(world.finalise(campaignId)).rejects.toThrow(/the oracle says 5000/);
  });
});
