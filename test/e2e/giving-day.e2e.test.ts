import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloseoutReport, closeoutReportSchema } from '../../functions/closeout/closeout-report.ts';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { adjustmentsOf } from '../../functions/matching/matching-pool.store.ts';
import { dynamodbTable } from '../../functions/platform/table.dynamodb.ts';
import { connectSandbox } from '../../local/connect-sandbox.ts';
import { Api } from '../../local/demo/api.ts';
import { demoProposal } from '../../local/demo/demo-campaign.ts';
import { DemoClock } from '../../local/demo/demo-clock.ts';
import { type DemoResult, playDemo } from '../../local/demo/play-demo.ts';
import { STAFF } from '../../local/demo/staff.ts';
import { booksAgree, demoSummary } from '../../local/demo/summary.ts';
import { waitFor } from '../../local/demo/waiting.ts';
import { readSystemAddresses } from '../../local/running-system.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/sandbox.ts';
import { ledgerTable } from '../stories/ledger-table.ts';
import { settledBooks } from '../stories/settled-books.ts';
import { type ReceivedMail, receivedMails } from './inbox.ts';

const STAFF_ADDRESSES: readonly string[] = Object.values(STAFF).map(({ email }) => email);
const isToStaff = ({ destination }: ReceivedMail): boolean =>
  destination.to.every((to) => STAFF_ADDRESSES.includes(to));
const THANKS = /感谢您|Thank you/;
const GIFTS = 60;
const DAYS = daysBetween(localDateSchema.parse('2026-09-06'), localDateSchema.parse('2026-09-12'));

describe('one campaign, end to end, through the deployed system', () => {
  const system = { ...readSystemAddresses(), stop: async () => undefined };
  const { endpoint, region, credentials, outputs } = system;
  const aws = { endpoint, region, credentials };
  const client = new DynamoDBClient(aws);
  const table = dynamodbTable(client, outputs['TableName'] ?? '');
  const api = new Api(system);
  const clock = new DemoClock();
  let sandbox: Sandbox;
  let played: DemoResult;
  let mails: ReceivedMail[];
  let report: CloseoutReport;

  const file = async (format: string): Promise<Uint8Array> => {
    const s3 = new S3Client({ ...aws, forcePathStyle: true });
    const Key = `campaigns/${played.campaignId}/closeout/report.${format}`;
    const answer = await s3.send(new GetObjectCommand({ Bucket: outputs['BucketName'], Key }));
    return (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
  };

  beforeAll(async () => {
    const port = Number(new URL(system.sandboxUrl).port);
    sandbox = await startSandbox({ port, now: () => Date.parse(clock.now()), answerMs: 30_000 });
    await connectSandbox(system, sandbox);
    played = await playDemo(
      { system, sandbox, clock },
      { gifts: GIFTS, seed: 7, signal: new AbortController().signal },
    );
    mails = await receivedMails(system.inboxUrl);
    report = closeoutReportSchema.parse(JSON.parse(new TextDecoder().decode(await file('json'))));
    process.stdout.write(demoSummary(played, system.inboxUrl));
  }, 900_000);

  afterAll(async () => {
    client.destroy();
    await sandbox.stop();
  });

  it('goes through every phase of its life, in order', () => {
    expect(played.history.map(({ to }) => to)).toEqual([
      'submitted',
      'awaiting-approval',
      'returned',
      'submitted',
      'awaiting-approval',
      'approved',
      'filed',
      'open',
      'closed',
      'finalised',
      'reported',
      'archived',
    ]);
  });

  it('has in its books exactly what was given, although notifications came many times', () => {
    expect(played.given.notifications).toBeGreaterThan(GIFTS + 14);
    expect(booksAgree(played)).toBe(true);
  });

  it('leaves an audit trail that holds together, from the first draft to the report', () => {
    const { lines, verified } = played.trail;
    expect(verified).toEqual({ lines: lines.length, isWhole: true, firstProblem: undefined });
    const actions = lines.map(({ action }) => action);
    for (const action of ['POST /campaigns', 'campaign becomes open', 'matching is confirmed'])
      expect(actions).toContain(action);
  });

  it('violates no invariant of the ledger, and prints it', async () => {
    expect(violationsOf(await settledBooks(table, played.campaignId, DAYS))).toEqual([]);
    const ledger = await ledgerTable(table, played.campaignId, 'Asia/Shanghai');
    process.stdout.write(`\n${ledger}\n`);
    const adjustments = await adjustmentsOf(table, played.campaignId);
    // The refunds that the demo plays, each an entry of its own.
    expect(adjustments.map(({ kind }) => kind)).toEqual(['refund', 'refund']);
    expect(ledger.split('\n').length).toBe(GIFTS + adjustments.length + 5);
  });

  it('thanks every donor who left an address once, and nobody twice', () => {
    const thanks = mails.filter(({ subject }) => THANKS.test(subject));
    expect(thanks).toHaveLength(played.given.withEmail);
    const giftNumbers = thanks.map(({ body }) => /gft_[0-9a-z]+/.exec(body.text ?? '')?.[0]);
    expect(new Set(giftNumbers).size).toBe(played.given.withEmail);
    for (const { body } of thanks) expect(body.html).toMatch(/演示|[Dd]emonstration/);
  });

  it('writes to whoever is to decide first, and to the manager when it came back and when it was approved', () => {
    const written = mails.filter(isToStaff).map(({ destination }) => destination.to.join());
    expect(written).toContain(STAFF.finance.email);
    expect(written.filter((address) => address === STAFF.manager.email).length).toBeGreaterThanOrEqual(2);
  });

  it('mails the report with its PDF and its workbook to each recipient once', () => {
    const reports = mails.filter((mail) => mail.attachments.length > 0 && !isToStaff(mail));
    expect(reports.flatMap(({ destination }) => destination.to).sort()).toEqual([
      'finance@example.org',
      'leader@example.org',
    ]);
    for (const { attachments } of reports) {
      expect(attachments.map(({ filename }) => filename?.split('.').at(-1))).toEqual(['pdf', 'xlsx']);
    }
  });

  it('finds the three discrepancies that the provider was made to have, and no other', () => {
    const kinds = report.reconciliation.discrepancies.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['amount-differs', 'missing-here', 'missing-there']);
    const missing = report.reconciliation.discrepancies.find(({ kind }) => kind === 'missing-here');
    expect(missing?.theirAmountMinor).toBe(played.given.neverNotifiedMinor);
    expect(report.reconciliation.totals.unexplainedMinor).toBe(0);
  });

  it('reports what the public figures say, recomputed by the oracle', () => {
    const raised = played.figures['raised'] as { gifts: number; giftsMinor: number; matchMinor: number };
    const { gifts, raisedMinor, matchedMinor } = report.summary;
    expect({ gifts, raisedMinor, matchMinor: matchedMinor }).toEqual({
      gifts: raised.gifts,
      raisedMinor: raised.giftsMinor,
      matchMinor: raised.matchMinor,
    });
    expect(report.match.recomputation).toMatchObject({ agrees: true, giftsCompared: GIFTS, differences: 0 });
    expect(report.generatedData).toBe(true);
  });

  it('settles each of them by a person, and has the report signed by two who wrote none of it', () => {
    expect(played.settled.map(({ class: kind }) => kind).toSorted()).toEqual([
      'amount-differs',
      'missing-there',
      'paid-not-booked',
    ]);
    expect(played.report.signatures).toHaveLength(2);
    expect(played.report.reportSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('issues receipts without a gap, one void and one in its place', async () => {
    const { issued, problems, voidNumber, newNumber, sample } = played.receipts;
    expect(issued).toBeGreaterThan(10);
    expect(problems).toEqual([]);
    expect(newNumber).not.toBe(voidNumber);
    expect(sample).toMatchObject({ copies: 1, state: 'valid' });
    const page = await (await fetch(played.receipts.verification)).text();
    expect(page).toContain(sample.number);
  });

  it('publishes entries and their correction, and proves that a gift is in the signed total', () => {
    expect(played.disclosed.entries.map(({ kind }) => kind)).toEqual(['progress', 'correction', 'full']);
    expect(played.disclosed.signedDays).toBeGreaterThanOrEqual(3);
    expect(played.disclosed.proof.dayGifts).toBeGreaterThan(0);
  });

  it('has spent by the lines of its budget, and says of people who were helped how many', () => {
    const { lines, spentMinor, aid } = played.spending;
    expect(lines.reduce((all, line) => all + line.spentMinor, 0)).toBe(spentMinor);
    expect(aid).toMatchObject({ beneficiaries: 3, payments: 3 });
  });

  it('closes 132 old projects over 50,000,000 yuan, whose totals are the sums of their rows', () => {
    const { total, byYear, bySource, byCounty } = played.legacy;
    expect(total.projects).toBe(132);
    expect(total.moneyMinor + total.goodsMinor).toBe(5_000_000_000);
    for (const lines of [byYear, bySource, byCounty]) {
      expect(lines.reduce((all, { projects }) => all + projects, 0)).toBe(132);
      expect(lines.reduce((all, { moneyMinor, goodsMinor }) => all + moneyMinor + goodsMinor, 0)).toBe(5_000_000_000);
    }
  });

  it('runs what runs again and again, and makes up once for what the leaps of its clock have missed', () => {
    const line = (job: string) => played.schedules.find((one) => one.job === job);
    expect(line('keep-schedules')?.lastRun).toMatchObject({ state: 'done', by: 'person' });
    expect(line('remind-legacy')).toMatchObject({ expression: 'cron(0 9 ? * TUE *)', isPlaced: true });
    expect(line('issue-receipts')).toMatchObject({ state: 'active', isPlaced: true });
    expect(line('anchor-audit-trails')?.lastRun?.by).toBe('catch-up');
  });

  it('writes a PDF and a workbook that open', async () => {
    expect(new TextDecoder('latin1').decode((await file('pdf')).subarray(0, 5))).toBe('%PDF-');
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load((await file('xlsx')) as unknown as ExcelJS.Buffer);
    const names = workbook.worksheets.map(({ name }) => name);
    expect(names).toHaveLength(11);
    expect(names).toEqual(expect.arrayContaining(['汇总', '预算与筹款', '对账']));
  });

  it('lets the public read, from caches too, and lists every gift with its number', async () => {
    const first = await fetch(api.address(`/public/campaigns/${played.campaignId}`));
    expect(first.headers.get('cache-control')).toContain('max-age=10');
    const again = await fetch(api.address(`/public/campaigns/${played.campaignId}`), {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
    const { body } = await api.call('GET', `/public/campaigns/${played.campaignId}/gifts`);
    const gifts = body['gifts'] as { no: number }[];
    expect(gifts.map(({ no }) => no)).toEqual(Array.from({ length: 50 }, (_, n) => GIFTS - n));
  });

  it('keeps staff routes closed to who has no token', async () => {
    for (const [method, path] of [
      ['POST', '/campaigns'],
      ['POST', '/organisations'],
      ['GET', `/campaigns/${played.campaignId}`],
    ] as const) {
      const body = method === 'POST' ? { body: demoProposal(1) } : {};
      await api.call(method, path, { ...body, expected: [401] });
    }
  });

  it('takes no more orders once it is closed', async () => {
    await api.call('POST', `/campaigns/${played.campaignId}/donation-intents`, {
      body: { amountMinor: 100 },
      expected: [409],
    });
  });

  it.each(['probe', 'unknown-serial', 'stale', 'tampered-body', 'wrong-algorithm', 'wrong-merchant'] as const)(
    'refuses a notification with the fault "%s" in the provider’s own words, and stores nothing',
    async (fault) => {
      const payment = sandbox.pay({
        orderNo: `int_fault_${fault.replaceAll('-', '_')}`.slice(0, 32),
        amountMinor: 100,
        openid: 'openid-fault',
        paidAt: clock.now(),
      });
      const [result] = await sandbox.notify(payment, { fault });
      expect(result?.status).toBeGreaterThanOrEqual(400);
      expect(result?.status).toBeLessThan(500);
      expect(JSON.parse(result?.body ?? '')).toMatchObject({ code: 'FAIL' });
      const { body } = await api.call('GET', `/public/campaigns/${played.campaignId}`);
      expect((body['raised'] as { gifts: number }).gifts).toBe(GIFTS);
    },
  );

  it('sets a poison record of the stream aside alone', async () => {
    const item = { pk: 'GIFT#gft_poison', sk: 'ENTRY#PAYMENT', type: 'donation', amountMinor: -1 };
    await client.send(new PutItemCommand({ TableName: outputs['TableName'], Item: marshall(item) }));
    const sqs = new SQSClient(aws);
    const note = await waitFor(
      'the poison record to be set aside',
      async () =>
        (await sqs.send(new ReceiveMessageCommand({ QueueUrl: outputs['PoisonQueueUrl'], WaitTimeSeconds: 1 })))
          .Messages?.[0]?.Body,
      { seconds: 60 },
    );
    expect(JSON.parse(note)).toMatchObject({ source: 'allocate-donations', pk: 'GIFT#gft_poison' });
  });
});
