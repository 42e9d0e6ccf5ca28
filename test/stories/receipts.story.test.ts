import Table from 'cli-table3';
import { expect, test } from 'vitest';
import { recordRefund } from '../../functions/donations/refund-entry.store.ts';
import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { plusSeconds } from '../../functions/kernel/time.ts';
import { savePublicAddress } from '../../functions/organisations/public-address.store.ts';
import { jobFunction } from '../../functions/platform/job.ts';
import { definition as getPublicReceipt } from '../../functions/receipts/get-public-receipt.lambda.ts';
import { definition as issueBatch } from '../../functions/receipts/issue-receipt-batch.lambda.ts';
import { definition as manageBatches } from '../../functions/receipts/manage-receipt-batches.lambda.ts';
import { definition as manageSettings } from '../../functions/receipts/manage-receipt-settings.lambda.ts';
import { definition as manageReceipts } from '../../functions/receipts/manage-receipts.lambda.ts';
import { definition as readReceipts } from '../../functions/receipts/read-receipts.lambda.ts';
import type { ReceiptSheet } from '../../functions/receipts/receipt-sheet.ts';
import { definition as requestReceipt } from '../../functions/receipts/request-receipt.lambda.ts';
import { definition as reverseReceipts } from '../../functions/receipts/reverse-receipts.lambda.ts';
import { ROOT } from '../access/people.ts';
import { refundOf } from '../matching/money-path.ts';
import { lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { SETTINGS_REQUEST } from '../receipts/receipt-world.ts';
import { FINANCE } from './people.ts';
import { entryOf, give, openedCampaign } from './play.ts';
import { type Answer, World } from './world.ts';

/** Everything about receipts, as it is deployed. */
class Receipts {
  readonly world = new World();
  readonly printed: ReceiptSheet[] = [];
  readonly started: { readonly batchId: string; readonly attempts: number }[] = [];

  constructor() {
    this.world.more = {
      startBatch: async (batch: { batchId: string; attempts: number }) => void this.started.push(batch),
      print: async (sheet: ReceiptSheet) => {
        this.printed.push(sheet);
        return new TextEncoder().encode('%PDF');
      },
    };
  }

  saveSettings(changes: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.world.request('manage-receipt-settings', manageSettings, {
      method: 'PUT',
      path: '/organisations/dazhou/receipt-settings',
      routeParameters: { organisationId: 'dazhou' },
      headers,
      body: JSON.stringify({ ...SETTINGS_REQUEST, ...changes }),
      actor: FINANCE,
    });
  }

  startBatch(campaignId: string, key: string, policy?: string): Promise<Answer> {
    return this.world.request('manage-receipt-batches', manageBatches, {
      method: 'POST',
      path: '/organisations/dazhou/receipt-batches',
      routeParameters: { organisationId: 'dazhou' },
      headers: { 'Idempotency-Key': key },
      body: JSON.stringify({ campaignIds: [campaignId], ...(policy === undefined ? {} : { policy }) }),
      actor: FINANCE,
    });
  }

  batch(batchId: string): Promise<Answer> {
    return this.world.request('manage-receipt-batches', manageBatches, {
      path: `/organisations/dazhou/receipt-batches/${batchId}`,
      routeParameters: { organisationId: 'dazhou', batchId },
      actor: FINANCE,
    });
  }

  /** Runs what was started, as Step Functions would. */
  async runBatches(): Promise<void> {
    for (const { batchId } of this.started.splice(0))
      for (let kind: unknown = 'more'; kind === 'more'; )
        ({ kind } = await this.world.task('issue-receipt-batch', issueBatch, { batchId }));
  }

  /** What is done about one gift, or about one receipt. */
  do(path: string, routeParameters: Record<string, string>, body: object = {}, key = 'a-key'): Promise<Answer> {
    return this.world.request('manage-receipts', manageReceipts, {
      method: 'POST',
      path,
      routeParameters,
      headers: { 'Idempotency-Key': key },
      body: JSON.stringify(body),
      actor: FINANCE,
    });
  }

  issue = (campaignId: string, giftId: string, body: object = {}) =>
    this.do(`/campaigns/${campaignId}/gifts/${giftId}/receipts`, { campaignId, giftId }, body);
  void = (receiptId: string, reason: string) =>
    this.do(`/organisations/dazhou/receipts/${receiptId}/voids`, { organisationId: 'dazhou', receiptId }, { reason });
  copy = (receiptId: string, key: string) =>
    this.do(`/organisations/dazhou/receipts/${receiptId}/copies`, { organisationId: 'dazhou', receiptId }, {}, key);

  read(
    path: string,
    routeParameters: Record<string, string> = {},
    query: Record<string, string> = {},
  ): Promise<Answer> {
    return this.world.request('read-receipts', readReceipts, {
      path: `/organisations/dazhou/${path}`,
      routeParameters: { organisationId: 'dazhou', ...routeParameters },
      query,
      actor: FINANCE,
    });
  }

  check(query: Record<string, string>): Promise<Answer> {
    return this.world.request('get-public-receipt', getPublicReceipt, { path: '/public/receipt-checks', query });
  }

  page(receiptId: string, query: Record<string, string>): Promise<Answer> {
    return this.world.request('get-public-receipt', getPublicReceipt, {
      path: `/public/receipts/${receiptId}`,
      routeParameters: { receiptId },
      query,
    });
  }

  document(receiptId: string, token: string): Promise<Answer> {
    return this.world.request('get-public-receipt', getPublicReceipt, {
      path: `/public/receipts/${receiptId}/document`,
      routeParameters: { receiptId },
      query: { token },
    });
  }

  ask(body: object): Promise<Answer> {
    return this.world.request('request-receipt', requestReceipt, {
      method: 'POST',
      path: '/public/receipt-requests',
      body: JSON.stringify(body),
    });
  }

  async reverse(): Promise<unknown> {
    const use = {
      table: restrictedTable(this.world.table, 'reverse-receipts'),
      readDonorKey: async () => 'donor key of the story',
      queueNotices: async (messages: readonly (typeof this.world.notices)[number][]) =>
        void this.world.notices.push(...messages),
      patience: { random: () => 0, pause: async () => undefined },
    };
    const handler = jobFunction(reverseReceipts, { use, tellTime: async () => this.world.now });
    const context = { ...lambdaContext, getRemainingTimeInMillis: () => 290_000 };
    return handler({ job: 'reverse-receipts', by: 'catch-up', dueAt: this.world.now, missed: 1 }, context);
  }
}

const yuan = (amount: number): string => formatDecimal(minor(amount), 'CNY');

/** The register of a year as a treasurer reads it. */
function registerTable(answer: Answer, series: Answer): string {
  const table = new Table({
    head: ['No', 'Day', 'Payer', 'Amount', 'In words', 'State', 'About'],
    colAligns: ['right', 'left', 'left', 'right', 'left', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const one of answer.body.receipts) {
    const about = one.reverses ?? one.reversedBy ?? one.replaces;
    const how = one.reverses ? 'reverses' : one.reversedBy ? 'reversed by' : 'replaces';
    table.push([
      Number(one.number),
      one.issuedOn,
      one.payer.name,
      yuan(one.amountMinor),
      one.amountInWords,
      one.copies === 0 ? one.state : `${one.state}, copy ${one.copies}`,
      about ? `${how} ${Number(about.number)}` : (one.stateReason ?? ''),
    ]);
  }
  const { issued, amountMinor, voids, reversals, waivers } = series.body;
  table.push(['', 'Sum', '', yuan(amountMinor), '', `${voids} void, ${reversals} reversed`, `${issued} numbers`]);
  table.push(['', 'No receipt', '', yuan(waivers.amountMinor), '', '', `${waivers.recorded} on record`]);
  return table.toString();
}

test('receipts of a giving day: issued in a batch, one taken back, one made void, one handed out again, one asked for later', async () => {
  const receipts = new Receipts();
  const { world } = receipts;
  const campaignId = await openedCampaign(world);
  const paid = (time: string, openid: string, amountMinor: number, asked: object = {}) =>
    give(world, campaignId, { paidAt: `2026-09-${time}:00+08:00`, openid, amountMinor, asked });
  // Receipts follow each other by day, and within one by its shards: one named donor a day makes a register that is always the same.
  const wang = await paid('07T10:00', 'wang', 1_770, { name: '王芳', email: 'wang@example.org' });
  const sun = await paid('07T11:00', 'sun', 5_000, { email: 'sun@example.org' });
  await paid('08T09:00', 'li', 20_000, { name: '李明', receipt: { kind: 'waived' } });
  const zhao = await paid('08T12:00', 'zhao', 10_000, { name: '赵敏', receipt: { kind: 'wanted' } });
  const kelun = await paid('09T10:00', 'kelun', 1_230_000, {
    receipt: { kind: 'wanted', payerName: '四川科伦药业股份有限公司', creditCode: '91350100M000100Y43' },
  });
  await world.drainStream();

  // Nothing can be issued before the organisation has said what its receipts say.
  expect((await receipts.startBatch(campaignId, 'september')).body.title).toBe('no-receipt-settings');
  expect((await receipts.saveSettings()).status).toBe(201);
  expect((await receipts.saveSettings({}, { 'If-Match': 'W/"9"' })).status).toBe(412);
  expect((await receipts.saveSettings({ creditCode: '91350100M000100Y44' }, { 'If-Match': 'W/"1"' })).status).toBe(422);

  world.at('2026-09-12T03:00:00+08:00');
  const batch = await receipts.startBatch(campaignId, 'september');
  expect(batch.status).toBe(202);
  await receipts.runBatches();
  const done = await receipts.batch(batch.body.batchId);
  expect(done.body).toMatchObject({
    state: 'finished',
    figures: { gifts: 5, issued: 3, issuedMinor: 1_241_770, waived: 2, before: 0, notAsked: 0, notReady: 0 },
  });
  // Only who left an address is written to.
  expect(world.notices.filter(({ kind }) => kind === 'receipt-issued')).toHaveLength(1);

  // The same again, resumed or begun anew, issues nothing.
  await receipts.startBatch(campaignId, 'september');
  await receipts.startBatch(campaignId, 'again');
  await receipts.runBatches();

  // Zhao gets 40 yuan back: the whole receipt is taken back, and one for the rest follows.
  world.at('2026-09-14T10:00:00+08:00');
  await recordRefund(world.table, refundOf(entryOf(world, zhao), 'r-1', 4_000, world.now));
  expect(await receipts.reverse()).toMatchObject({ kind: 'reversed', reversed: 1 });
  world.at('2026-09-14T10:15:00+08:00');
  expect(await receipts.reverse()).toMatchObject({ kind: 'reversed', reversed: 0 });

  // Wang's name was typed wrong: void, and a new one in the right name.
  const giftOf = (payment: Parameters<typeof entryOf>[1]) => entryOf(world, payment).giftId;
  const first = (await receipts.read('receipts')).body.receipts[0];
  expect((await receipts.void(first.receiptId, '姓名有误')).body.state).toBe('void');
  expect((await receipts.issue(campaignId, giftOf(wang), { payer: { name: '王芳芳' } })).status).toBe(201);
  expect((await receipts.issue(campaignId, giftOf(wang))).status).toBe(200);

  // Kelun gets its receipt on paper and loses it: the same number again, marked.
  const lost = (await receipts.read('receipts')).body.receipts.find(
    ({ giftId }: { giftId: string }) => giftId === giftOf(kelun),
  );
  expect((await receipts.copy(lost.receiptId, 'first')).body).toMatchObject({ copy: 0, copies: 0 });
  expect((await receipts.copy(lost.receiptId, 'lost')).body).toMatchObject({ copy: 1, copies: 1 });
  expect((await receipts.copy(lost.receiptId, 'lost')).body).toMatchObject({ copy: 1, copies: 1 });

  // Sun had left no name, and asks now: whoever asks is answered alike, and only the right address counts.
  const { orderNo } = entryOf(world, sun);
  const ask = { orderNo, payerName: '孙丽' };
  const wrong = await receipts.ask({ ...ask, contact: 'somebody@example.org', payerName: '别人' });
  const right = await receipts.ask({ ...ask, contact: ' SUN@example.org ' });
  expect([wrong, right]).toMatchObject([
    { status: 202, body: { kind: 'taken', orderNo } },
    { status: 202, body: { kind: 'taken', orderNo } },
  ]);
  expect((await receipts.issue(campaignId, giftOf(sun))).body.payer).toEqual({ name: '孙丽' });

  const series = await receipts.read('receipt-series/2026', { year: '2026' });
  const register = registerTable(await receipts.read('receipts'), series);
  process.stdout.write(`\n${register}\n`);
  expect(register).toMatchSnapshot();
  expect(series.body.problems).toEqual([]);
  // What is receipted and what is on record as not receipted is what was given and not given back.
  const { amountMinor, waivers } = series.body;
  const { raised } = (await world.figures(campaignId)).body;
  const endedMinor = 5_000;
  await world.drainStream();
  expect(amountMinor + waivers.amountMinor - endedMinor).toBe(raised.giftsMinor - 4_000);

  // Wang's first receipt was void before its letter went out: the letter is about the new one. Sun gets one too.
  world.now = plusSeconds(world.now, 60);
  await world.drainNotices(2);
  const letters = world.mails.filter(({ subject }) => subject.includes('捐赠票据已开具'));
  expect(letters.map(({ text }) => /51010126-\d{10}/.exec(text)?.[0]).sort()).toEqual([
    '51010126-0000000006',
    '51010126-0000000007',
  ]);

  // Anybody who has the paper can check it; nobody else learns that it is there.
  const found = await receipts.check({ receiptId: lost.receiptId, code: lost.checkCode });
  expect(found).toMatchObject({
    status: 200,
    body: { genuine: true, state: 'valid', payer: '四川****公司', copies: 1 },
  });
  const guessed = await receipts.check({ receiptId: lost.receiptId, code: '0'.repeat(20) });
  const missing = await receipts.check({ receiptId: 'rct_00000000000000000000', code: lost.checkCode });
  expect(guessed.status).toBe(404);
  expect(guessed).toEqual(missing);
  const voided = await receipts.page(first.receiptId, { code: first.checkCode });
  expect(voided.body).toContain('真实，但已作废');
  expect(voided.body).not.toContain('王芳');

  const { code: receiptCode, number, checkCode } = lost;
  const typed = await receipts.check({ receiptCode, number: '3', code: checkCode.replace(/(.{4})/g, '$1 ') });
  expect(typed.body).toEqual(found.body);
  expect(number).toBe('0000000003');

  const file = await receipts.read('receipts.csv');
  expect(file.status).toBe(200);
  // The original is printed for its own key alone, however often; whatever else is printed says what it is.
  const print = (query: Record<string, string>) =>
    receipts.read(`receipts/${lost.receiptId}/document`, { receiptId: lost.receiptId }, query);
  const keys = [{ handOut: 'first' }, { handOut: 'lost' }, { handOut: 'first' }, {}];
  for (const query of keys) expect((await print(query)).status).toBe(200);
  expect((await print({ handOut: 'never' })).body.title).toBe('unknown-hand-out');
  const { token } = Object.fromEntries(new URLSearchParams(lost.document.split('?')[1]));
  expect((await receipts.document(lost.receiptId, token ?? '')).status).toBe(200);
  const demo = receipts.printed[0]?.warnings ?? [];
  expect(receipts.printed.map(({ warnings }) => warnings)).toEqual([
    demo,
    ['重复打印 DUPLICATE 第 1 次', ...demo],
    demo,
    ['副本 COPY', ...demo],
    ['副本 COPY', ...demo],
  ]);
  expect(receipts.printed.at(-1)?.qrCaption).toBe('票据信息');
  // Said by the organisation above: the receipts of all below it lead there from now on.
  const address = { organisationId: ROOT, address: 'https://give.example.org', savedBy: 'admin' };
  await savePublicAddress(receipts.world.table, address, 0, receipts.world.now);
  await print({});
  expect(receipts.printed.at(-1)?.qrCaption).toBe('扫码查验');
});
