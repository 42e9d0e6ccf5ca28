import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../functions/audit/canonical-json.ts';
import { definition as disclose } from '../../functions/disclosure/disclose.lambda.ts';
import { listEntries } from '../../functions/disclosure/disclosure.store.ts';
import { brokenEntry, type DisclosureEntry } from '../../functions/disclosure/disclosure-entry.ts';
import { draftedText } from '../../functions/disclosure/entry-words.ts';
import { definition as manageDisclosures } from '../../functions/disclosure/manage-disclosures.lambda.ts';
import { definition as publishDisclosure } from '../../functions/disclosure/publish-disclosure.lambda.ts';
import { definition as readDisclosures } from '../../functions/disclosure/read-disclosures.lambda.ts';
import { calendarSchema, dutiesIn } from '../../functions/duties/calendar.ts';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { localDateSchema } from '../../functions/kernel/time.ts';
import { MANIFEST } from '../../functions/manifest.ts';
import {
  calendarKey,
  campaignDayFeesKey,
  closeoutKey,
  disclosureEntryKey,
  spendingEntryKey,
} from '../../functions/platform/keys.ts';
import { signNight, withSigner } from '../proofs/signed-campaign.ts';
import { ADMIN, MANAGER, PROPOSAL } from '../stories/people.ts';
import { type Gift, give, giveBack, openedCampaign } from '../stories/play.ts';
import { type Answer, World } from '../stories/world.ts';

const gift = (at: string, donor: string, amountMinor: number): Gift => ({
  paidAt: `${at}:00+08:00`,
  openid: `openid-${donor}`,
  amountMinor,
  asked: { unitId: 'wanyuan', ...(donor === 'chen' ? { name: '陈女士', anonymous: false } : {}) },
});
/** A campaign of ten months owes reports while it lasts; proposals of today's rules last sixty days at most, older ones may be longer. */
const LONG = { lastDay: '2027-06-30' };
const SHORT = {};
const WORDS = { text: '截至目前，善款将用于采购过冬物资。', responsible: '达州市红十字会 李四（项目部）' };

let world: World;
let campaignId: string;
beforeEach(async () => {
  world = new World();
  withSigner(world);
});

const post = (path: string, body: object, key: string): Promise<Answer> =>
  world.request('manage-disclosures', manageDisclosures, {
    method: 'POST',
    path: `/campaigns/${campaignId}/disclosures${path}`,
    routeParameters: { campaignId, ...(path === '' ? {} : { number: path.split('/')[1] ?? '' }) },
    body: JSON.stringify(body),
    headers: { 'Idempotency-Key': key },
    actor: MANAGER,
  });
const publish = (body: object, key = 'entry-1') => post('', { ...WORDS, ...body }, key);
const correct = (number: number, body: object, key = 'note-1') =>
  post(`/${number}/corrections`, { reason: '统计口径有误。', responsible: WORDS.responsible, ...body }, key);
const read = (path: string, more: object = {}): Promise<Answer> =>
  world.request('read-disclosures', readDisclosures, {
    path: `/public/campaigns/${campaignId}/${path}`,
    routeParameters: { campaignId, ...(/^disclosures\/\d/.test(path) ? { number: path.split('/')[1] ?? '' } : {}) },
    ...more,
  });
const forStaff = (): Promise<Answer> =>
  world.request('manage-disclosures', manageDisclosures, {
    path: `/campaigns/${campaignId}/disclosures`,
    routeParameters: { campaignId },
    actor: MANAGER,
  });
const night = async (at: string): Promise<void> => {
  world.at(at);
  expect(await signNight(world)).toMatchObject({ failed: 0 });
};
/** As much of a closeout as says what its report states of fees. */
const closeoutOf = (more: object) =>
  world.table.write({
    put: {
      ...closeoutKey(campaignId),
      type: 'closeout',
      campaignId,
      reportSha256: 'a'.repeat(64),
      preparedAt: world.now,
      lateGifts: 0,
      laterAdjustments: 0,
      ...more,
    },
  });
/** The organisation says whether the schedule publishes. */
const bySchedule = (publishesProgress: string): Promise<Answer> =>
  world.request('manage-disclosures', manageDisclosures, {
    method: 'PUT',
    path: '/organisations/dazhou/disclosure-settings',
    routeParameters: { organisationId: 'dazhou' },
    headers: { 'If-Match': 'W/"1"' },
    body: JSON.stringify({ publishesProgress, responsible: '达州市红十字会' }),
    actor: ADMIN,
  });
const job = () => world.job('disclose', disclose);
const doneDuties = async (): Promise<string[]> => {
  const calendar = calendarSchema.parse(await world.table.get(calendarKey(campaignId)));
  return dutiesIn(calendar, world.now).flatMap(({ id, doneOn }) => (doneOn === undefined ? [] : [`${id} ${doneOn}`]));
};
/** Opens a campaign, has it given three gifts on its first day and one of them partly back on the second. */
async function given(changedWindow: object, changedProposal: object = {}): Promise<void> {
  campaignId = await openedCampaign(world, { ...PROPOSAL, ...changedProposal });
  const calendar = calendarSchema.parse(await world.table.get(calendarKey(campaignId)));
  const { project, ...kept } = calendar.facts;
  const facts = {
    ...kept,
    // Calendars of the old long campaigns know no project.
    ...(changedWindow === LONG || project === undefined ? {} : { project }),
    window: { ...kept.window, ...changedWindow },
  };
  await world.table.write({ update: calendarKey(campaignId), set: { facts } });
  const chen = await give(world, campaignId, gift('2026-09-07T10:00', 'chen', 6_000));
  await give(world, campaignId, gift('2026-09-07T11:00', 'wang', 4_000));
  await give(world, campaignId, gift('2026-09-07T12:00', 'liu', 2_500));
  await world.drainStream();
  await giveBack(world, chen, { amountMinor: 1_000, refundId: 'r-1', at: '2026-09-08T09:00:00+08:00' });
  await world.drainStream();
}

describe('an entry', () => {
  it('is published with the figures of the last signed day, which nobody can send', async () => {
    await given(LONG);
    expect((await publish({ kind: 'progress' })).body.title).toBe('nothing-signed-yet');
    await night('2026-09-08T00:30:00+08:00');
    const { status, body } = await publish({ kind: 'progress' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      number: 1,
      kind: 'progress',
      publishedOn: '2026-09-08',
      period: { from: '2026-09-07', until: '2026-09-07' },
      figures: {
        asOf: { day: '2026-09-07', number: 1 },
        raised: {
          gifts: 3,
          moneyMinor: 12_500,
          moneyBackMinor: 0,
          netMinor: 12_500,
          channels: [{ channel: 'wechat-pay', gifts: 3, moneyMinor: 12_500 }],
        },
        match: { matchMinor: 11_500, lumpMinor: 0, paidMinor: 0 },
        balanceMinor: 12_500,
      },
    });
    expect((await publish({ kind: 'progress', figures: { raised: 1 } }, 'entry-2')).status).toBe(422);
  });

  it('does the duty that asks for it in the same moment, and the next one is due from then', async () => {
    await given(LONG);
    await night('2026-11-20T08:00:00+08:00');
    await night('2026-11-20T09:00:00+08:00');
    await publish({ kind: 'progress' });
    expect(await doneDuties()).toContain('progress-disclosure-1 2026-11-20');
    await publish({ kind: 'progress' }, 'entry-2');
    expect(await doneDuties()).toContain('progress-disclosure-2 2026-11-20');
  });

  it('is published once for one key, and another under it is refused', async () => {
    await given(LONG);
    await night('2026-09-08T00:30:00+08:00');
    const first = await publish({ kind: 'progress' });
    const again = await publish({ kind: 'progress' });
    expect([again.status, again.body.number, again.body.hash]).toEqual([200, 1, first.body.hash]);
    expect((await publish({ kind: 'progress', text: 'Something else.' })).body.title).toBe('idempotency-key-reused');
  });

  it('of an account in full waits until no gifts come any more', async () => {
    await given(LONG);
    await night('2026-09-08T00:30:00+08:00');
    for (const kind of ['full', 'surplus', 'partner-evaluation'])
      expect((await publish({ kind }, kind)).body.title).toBe('not-over-yet');
  });

  it('keeps its number for ever: numbers have no gaps, whoever publishes at the same time', async () => {
    await given(LONG);
    await night('2026-09-08T00:30:00+08:00');
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((key) => publish({ kind: 'report-back', text: `Report ${key}.` }, key)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(201);
    for (const key of ['a', 'b', 'c']) await publish({ kind: 'report-back', text: `Report ${key}.` }, key);
    const entries = await listEntries(world.table, campaignId);
    expect(entries.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(new Set(entries.map(({ text }) => text)).size).toBe(3);
    const overwritten = world.table.changes.filter(({ before }) => before?.type === 'disclosure-entry');
    expect(overwritten).toEqual([]);
    expect(brokenEntry(entries)).toBeUndefined();
  });

  it('is a document of exactly the text that its hash is of, and the public answer is that text with the hash beside it', async () => {
    await given(LONG);
    await night('2026-09-08T00:30:00+08:00');
    const { body } = await publish({ kind: 'progress' });
    const file = world.files.get(`published/entries/${campaignId}/1-${body.hash}.json`);
    expect(
      createHash('sha256')
        .update(file ?? '')
        .digest('hex'),
    ).toBe(body.hash);
    const { hash, correctedBy, ...shown } = (await read('disclosures/1')).body;
    expect(createHash('sha256').update(canonicalJson(shown)).digest('hex')).toBe(hash);
    expect(correctedBy).toEqual([]);
    expect(JSON.stringify(shown)).not.toContain(MANAGER.id);
  });

  it('keeps its figures when the books move on, and the account shows the new ones', async () => {
    await given(LONG);
    await night('2026-09-08T00:30:00+08:00');
    await publish({ kind: 'progress' });
    await night('2026-09-09T00:30:00+08:00');
    expect((await read('disclosures/1')).body.figures.raised.netMinor).toBe(12_500);
    expect((await read('account')).body.raised).toMatchObject({
      moneyMinor: 12_500,
      moneyBackMinor: 1_000,
      netMinor: 11_500,
    });
  });
});

describe('the days that an entry stands on', () => {
  const spend = (number: number, amountMinor: number, on: string) =>
    world.table.write({
      put: {
        ...spendingEntryKey(campaignId, number),
        type: 'spending-entry',
        campaignId,
        number,
        requestId: `r-${number}`,
        enteredBy: MANAGER.id,
        bookedAt: world.now,
        kind: 'expenditure',
        lineNo: 1,
        lineItem: '棉衣',
        lineKind: 'programme',
        amountMinor,
        paidOn: on,
        purpose: '棉衣',
        voucherNo: `v-${number}`,
        payee: '棉衣厂',
        evidence: [],
      },
    });

  it('are two: gifts up to the last signed day, spending as of the day of the books, on every face', async () => {
    await given(SHORT);
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    await night('2026-09-11T08:00:00+08:00');
    world.at('2026-12-01T09:00:00+08:00');
    await spend(1, 4_000, '2026-11-30');
    const { asOf, spending } = (await read('account')).body;
    expect([asOf.day, asOf.spendingDay, spending.spentMinor]).toEqual(['2026-09-10', '2026-12-01', 4_000]);
    const file = Buffer.from((await read('account.csv')).body, 'base64').toString('utf8');
    const { body } = await publish({ kind: 'report-back' });
    expect([body.period, body.figures.asOf.spendingDay]).toEqual([
      { from: '2026-09-07', until: '2026-12-01' },
      '2026-12-01',
    ]);
    for (const face of [file, (await read('disclosures/page')).body]) {
      expect(face).toContain('捐赠、退款与配捐：截至 2026-09-10');
      expect(face).toContain('支出、物资发放、剩余财产、手续费与已拨付配捐：2026-12-01 账面');
    }
    expect(draftedText(body.figures, 'zh-CN')).toContain('截至 2026-12-01，已支出 ¥40.00');
  });

  it.each(['project-progress', 'report-back'])(
    'of %s go on from the entry before, without a gap or an overlap',
    async (kind) => {
      await given(SHORT);
      for (const [key, day] of [
        ['a', '2026-10-07'],
        ['b', '2026-11-07'],
      ] as const) {
        await night(`${day}T09:00:00+08:00`);
        await publish({ kind }, key);
      }
      const entries = await listEntries(world.table, campaignId);
      expect(entries.map(({ period }) => period)).toEqual([
        { from: '2026-09-07', until: '2026-10-07' },
        { from: '2026-10-08', until: '2026-11-07' },
      ]);
    },
  );

  it('of the fundraising’s progress go on from the last signed day of the entry before', async () => {
    await given(LONG);
    for (const [key, day] of [
      ['a', '2026-10-07'],
      ['b', '2026-11-07'],
    ] as const) {
      await night(`${day}T09:00:00+08:00`);
      await publish({ kind: 'progress' }, key);
    }
    const entries = await listEntries(world.table, campaignId);
    expect(entries.map(({ period }) => period)).toEqual([
      { from: '2026-09-07', until: '2026-10-06' },
      { from: '2026-10-07', until: '2026-11-06' },
    ]);
  });

  it('of an account in full are those of the whole, also of a second one', async () => {
    await given(SHORT);
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    for (const [key, day] of [
      ['a', '2026-10-07'],
      ['b', '2026-11-07'],
    ] as const) {
      await night(`${day}T09:00:00+08:00`);
      await publish({ kind: 'full' }, key);
    }
    const entries = await listEntries(world.table, campaignId);
    expect(entries.map(({ period }) => period.from)).toEqual(['2026-09-07', '2026-09-07']);
  });
});

describe('nothing changes an entry', () => {
  const specs = Object.entries(MANIFEST) as [string, FunctionSpec][];

  it('by any route: there is none that puts, patches or deletes one', () => {
    const routes = specs.flatMap(([, { trigger }]) => (trigger.kind === 'http' ? trigger.routes : []));
    const ofEntries = routes.filter(({ path }) => path.includes('/disclosures'));
    expect(new Set(ofEntries.map(({ method }) => method))).toEqual(new Set(['GET', 'POST']));
  });

  it('by any function: whoever may update or delete under a campaign’s entries only ever puts where nothing is', async () => {
    const may = specs.filter(
      ([, { needs }]) => needs.table?.partitions.includes('DISCLOSURE#') && needs.table.verbs.includes('put'),
    );
    expect(may.map(([name]) => name).sort()).toEqual(['disclose', 'manage-disclosures', 'publish-disclosure']);
    await given(LONG);
    await night('2026-09-08T00:30:00+08:00');
    await publish({ kind: 'progress' });
    await correct(1, { changes: [{ field: 'text', was: WORDS.text, is: '善款将用于采购帐篷。' }] });
    await publish({ kind: 'progress' }, 'entry-2');
    const touched = world.table.changes.filter(({ after, before }) => (after ?? before)?.type === 'disclosure-entry');
    expect(touched).toHaveLength(3);
    for (const { before } of touched) expect(before).toBeUndefined();
  });

  it('unseen: one that was edited past the system breaks the chain of hashes', async () => {
    await given(LONG);
    await night('2026-09-08T00:30:00+08:00');
    await publish({ kind: 'progress' });
    await publish({ kind: 'report-back' }, 'entry-2');
    const item = await world.table.get(disclosureEntryKey(campaignId, 1));
    if (item === undefined) throw new Error('there is no entry');
    await world.table.write({ put: { ...item, text: 'Quietly changed.' } });
    expect(brokenEntry(await listEntries(world.table, campaignId))).toBe(1);
  });
});

describe('a correction', () => {
  beforeEach(async () => {
    await given(LONG);
    await night('2026-09-08T00:30:00+08:00');
    await publish({ kind: 'progress' });
  });

  it('is an entry of its own that says what was, what is, why and who; the corrected one stays and is marked', async () => {
    const changes = [{ field: 'figures.raised.channels[0].gifts', was: 3, is: 4 }];
    const { status, body } = await correct(1, { changes });
    expect([status, body.number, body.kind, body.corrects]).toEqual([201, 2, 'correction', { number: 1, changes }]);
    const { entries } = (await read('disclosures')).body;
    expect(entries.map((entry: DisclosureEntry & { correctedBy: number[] }) => entry.correctedBy)).toEqual([[2], []]);
    expect(entries[0].figures.raised.channels[0].gifts).toBe(3);
    expect(entries[1]).toMatchObject({ text: '统计口径有误。', responsible: WORDS.responsible });
    const page = (await read('disclosures/page')).body;
    for (const text of ['本记录已被更正', '#entry-2', '更正说明（第 1 号）', '统计口径有误。'])
      expect(page).toContain(text);
  });

  it('quotes what was published, as corrected so far: a second note begins where the first ended', async () => {
    await correct(1, { changes: [{ field: 'text', was: WORDS.text, is: 'First.' }] });
    const misquoted = await correct(1, { changes: [{ field: 'text', was: WORDS.text, is: 'Second.' }] }, 'note-2');
    expect(misquoted.body.problems).toEqual([
      { field: 'changes[0].was', problem: 'is not what was published', fix: 'quote it: "First."' },
    ]);
    expect((await correct(1, { changes: [{ field: 'text', was: 'First.', is: 'Second.' }] }, 'note-3')).status).toBe(
      201,
    );
  });

  it.each([
    ['figures.raised.nothing', 1, 2, 'is no field of the entry'],
    ['figures.raised', null, 2, 'is no field of the entry'],
    ['figures.raised.gifts', 3, 3, 'is what was published'],
    ['figures.raised.gifts', 3, 'three', 'is of another kind'],
    ['figures.raised.gifts', 3, 3.5, 'is no whole number'],
    ['figures.constructor.name', 'Object', 'x', 'is no field of the entry'],
  ])('of %s from %s to %s is refused: it %s', async (field, was, is, problem) => {
    const { status, body } = await correct(1, { changes: [{ field, was, is }] });
    expect([status, body.problems[0].problem]).toEqual([422, problem]);
  });

  it.each(['hash', 'number', 'publishedOn', 'responsible', 'by', '__proto__.x'])('never touches %s', async (field) => {
    expect((await correct(1, { changes: [{ field, was: 'x', is: 'y' }] })).status).toBe(422);
  });

  it('is of an entry that there is, and not of a note', async () => {
    await correct(1, { changes: [{ field: 'text', was: WORDS.text, is: 'First.' }] });
    expect((await correct(9, { changes: [{ field: 'text', was: 'x', is: 'y' }] }, 'n-9')).status).toBe(404);
    expect((await correct(2, { changes: [{ field: 'text', was: 'x', is: 'y' }] }, 'n-2')).body.title).toBe(
      'is-a-correction',
    );
  });
});

describe('the schedule', () => {
  it('drafts a report two weeks before its day, once, and leaves it to a person', async () => {
    await given(LONG);
    await night('2026-11-22T09:00:00+08:00');
    expect(await job()).toMatchObject({ drafted: 0 });
    world.at('2026-11-23T09:00:00+08:00');
    expect(await job()).toEqual({ kind: 'disclosed', drafted: 1, published: 0, failed: 0 });
    expect(await job()).toMatchObject({ drafted: 0 });
    world.at('2026-12-20T09:00:00+08:00');
    expect(await job()).toMatchObject({ published: 0 });
    const { drafts, figures } = (await forStaff()).body;
    expect(drafts).toMatchObject([{ dutyId: 'progress-disclosure-1', kind: 'progress', dueOn: '2026-12-07' }]);
    expect(drafts[0].text).toContain('共收到捐赠 3 笔，捐款 ¥125.00，其中退款 ¥10.00，净额 ¥115.00');
    expect(figures.raised.netMinor).toBe(11_500);
    await publish({ kind: 'progress', text: drafts[0].text });
    expect((await forStaff()).body.drafts).toEqual([]);
  });

  it('publishes on the day where the organisation says so, once, and makes up once for runs that were missed', async () => {
    await given(LONG);
    expect((await bySchedule('by-schedule')).status).toBe(200);
    for (const at of ['2026-10-15', '2026-11-20', '2026-12-20', '2027-03-10']) await night(`${at}T08:00:00+08:00`);
    // Nobody ran it in December; in March the second is not due yet, because the first was only just published.
    expect(await job()).toMatchObject({ published: 1, failed: 0 });
    expect(await job()).toMatchObject({ published: 0 });
    const [entry] = await listEntries(world.table, campaignId);
    expect(entry).toMatchObject({
      number: 1,
      by: 'schedule',
      dutyId: 'progress-disclosure-1',
      publishedOn: '2027-03-10',
    });
    expect(await doneDuties()).toContain('progress-disclosure-1 2027-03-10');
  });

  it('never publishes by itself what needs a person’s words', async () => {
    await given(SHORT);
    await bySchedule('by-schedule');
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    await night('2026-12-05T08:00:00+08:00');
    expect(await job()).toMatchObject({ drafted: 4, published: 0 });
    expect((await forStaff()).body.drafts.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
      'full',
      'project-progress',
      'report-back',
      'surplus',
    ]);
  });
});

describe('a project that is carried out until the next summer', () => {
  const carriedOut = async (): Promise<void> => {
    await given({}, { executionPlan: [{ ...STAGE, fromDay: '2026-10-01', untilDay: '2027-06-30' }] });
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    await night('2026-10-15T08:00:00+08:00');
  };
  const STAGE = { stage: '发放', activities: '审核名单，按户发放，回访。' };

  it('is told of every three months by the schedule, where the organisation says so, and the duty is done', async () => {
    await carriedOut();
    await bySchedule('by-schedule');
    for (const day of ['2026-12-31', '2027-01-01', '2027-04-01', '2027-07-01', '2027-08-01']) {
      world.at(`${day}T09:00:00+08:00`);
      await job();
    }
    const entries = await listEntries(world.table, campaignId);
    expect(entries.map(({ kind, dutyId, period }) => `${kind} ${dutyId} ${period.from} ${period.until}`)).toEqual([
      'project-progress project-progress-1 2026-09-07 2027-01-01',
      'project-progress project-progress-2 2027-01-02 2027-04-01',
    ]);
    expect(await doneDuties()).toEqual(
      expect.arrayContaining(['project-progress-1 2027-01-01', 'project-progress-2 2027-04-01']),
    );
  });

  it('is drafted and told of by a person, where they have not said so', async () => {
    await carriedOut();
    world.at('2026-12-20T09:00:00+08:00');
    await job();
    const drafts: { dutyId: string; kind: string; text: string }[] = (await forStaff()).body.drafts;
    const draft = drafts.find(({ kind }) => kind === 'project-progress');
    expect(draft?.dutyId).toBe('project-progress-1');
    expect((await publish({ kind: 'project-progress', text: draft?.text })).body.dutyId).toBe('project-progress-1');
  });

  it('is accounted for in full after its last day: what is told before does not do that duty', async () => {
    await carriedOut();
    world.at('2027-06-30T09:00:00+08:00');
    expect((await publish({ kind: 'project-full' })).body.dutyId).toBeUndefined();
    world.at('2027-07-01T09:00:00+08:00');
    expect((await publish({ kind: 'project-full' }, 'entry-2')).body.dutyId).toBe('project-full');
    expect(await doneDuties()).toContain('project-full 2027-07-01');
  });
});

describe('the workflow', () => {
  it('signs what is over, publishes the account in full once, and does its duty', async () => {
    await given(SHORT);
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    world.at('2026-09-25T10:00:00+08:00');
    const task = () => world.task('publish-disclosure', publishDisclosure, { campaignId, kind: 'full' });
    expect(await task()).toEqual({ kind: 'published', number: 1 });
    world.at('2026-09-26T10:00:00+08:00');
    expect(await task()).toEqual({ kind: 'already-published', number: 1 });
    expect(await doneDuties()).toContain('full-disclosure 2026-09-25');
    const [entry] = await listEntries(world.table, campaignId);
    expect(entry).toMatchObject({
      by: 'workflow',
      responsible: '达州市红十字会',
      figures: { asOf: { day: '2026-09-24' }, feesMinor: null },
    });
  });

  it('publishes what providers charged by the signed report, and so does everything that is shown after it', async () => {
    await given(SHORT);
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    world.at('2026-09-25T10:00:00+08:00');
    await closeoutOf({ state: 'draft', feesMinor: 44 });
    await night('2026-09-25T10:00:00+08:00');
    expect((await read('account')).body.feesMinor).toBeNull();
    await closeoutOf({ state: 'signed', feesMinor: 30 });
    const input = { campaignId, kind: 'full' };
    expect(await world.task('publish-disclosure', publishDisclosure, input)).toMatchObject({ kind: 'published' });
    await publish({ kind: 'report-back' });
    const entries = await listEntries(world.table, campaignId);
    const shown = [...entries.map(({ figures }) => figures), (await read('account')).body];
    expect(shown.map((figures) => [figures.feesMinor, figures.balanceMinor])).toEqual(
      Array.from({ length: 3 }, () => [30, 11_470]),
    );
    expect((await read('disclosures/page')).body).not.toContain('尚未核对');
  });

  it('publishes that nobody has stated what providers charged, where the signed report says so', async () => {
    await given(SHORT);
    world.at('2026-09-10T00:00:00+08:00');
    await world.move(campaignId, 'closed');
    await closeoutOf({ state: 'signed' });
    world.at('2026-09-25T10:00:00+08:00');
    await world.task('publish-disclosure', publishDisclosure, { campaignId, kind: 'full' });
    const [entry] = await listEntries(world.table, campaignId);
    expect(entry?.figures?.feesMinor).toBeNull();
  });
});

describe('what everybody can fetch', () => {
  it('has the fees of the statements that were compared, long before the closeout, and takes them off what is left', async () => {
    await given(SHORT);
    await night('2026-09-08T08:00:00+08:00');
    const before = (await read('account')).body;
    expect(before.feesMinor).toBeNull();
    const day = localDateSchema.parse('2026-09-07');
    await world.table.write({
      put: {
        ...campaignDayFeesKey(campaignId, day, 'wechat-pay', 'm1'),
        type: 'campaign-day-fees',
        campaignId,
        day,
        provider: 'wechat-pay',
        merchantId: 'm1',
        feesMilliMinor: 48_900,
      },
    });
    const after = (await read('account')).body;
    expect([after.feesMinor, before.balanceMinor - after.balanceMinor]).toEqual([48, 48]);
  });

  const rowsOf = ({ body }: Answer): string[] =>
    Buffer.from(body, 'base64').toString('utf8').replace('\ufeff', '').trim().split('\r\n');

  it('is nothing before a campaign is public, and no account before a day is signed', async () => {
    campaignId = 'cmp_00000000000000000000';
    for (const path of ['disclosures', 'account', 'gifts.csv', 'disclosures/page'])
      expect((await read(path)).status, path).toBe(404);
    await given(LONG);
    expect((await read('account')).body.title).toBe('nothing-signed-yet');
    expect((await read('disclosures/page')).status).toBe(200);
  });

  it('is an account as CSV', async () => {
    await given(LONG);
    await night('2026-09-09T00:30:00+08:00');
    const rows = rowsOf(await read('account.csv', { query: { lang: 'en' } }));
    expect(rows).toContain('By which way it came: WeChat Pay,125.00');
    expect(rows).toContain('"Money given, net",115.00');
  });

  it('is the list of gifts as CSV, anonymous ones without a name, and it ends with its sum', async () => {
    await given(LONG);
    const rows = rowsOf(await read('gifts.csv'));
    expect(rows).toEqual([
      '编号,时间,捐赠人,单位,捐款,物资评估价值,退款,退回物资评估价值,配捐',
      expect.stringContaining('1,2026-09-07 10:00:00,陈女士,'),
      expect.stringContaining(',爱心人士,'),
      expect.stringContaining(',爱心人士,'),
      expect.stringMatching(/^小计（1 至 3 号）,,,,125.00,0.00,10.00,0.00,/),
    ]);
    expect((await read('gifts.csv', { query: { part: '2' } })).body.title).toBe('no-such-part');
    expect((await read('gifts.csv', { query: { part: '0' } })).body.title).toBe('bad-part');
  });

  it('is kept by caches, and asked for again costs nothing', async () => {
    await given(LONG);
    await night('2026-09-09T00:30:00+08:00');
    for (const path of ['disclosures', 'disclosures/page', 'account', 'account.csv', 'gifts.csv']) {
      const { headers } = await read(path);
      const again = await read(path, { headers: { 'If-None-Match': String(headers['etag']) } });
      expect([path, again.status]).toEqual([path, 304]);
    }
  });
});
