import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import type { LocalDate } from '../../functions/kernel/time.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import type { Actor } from '../../functions/platform/http.ts';
import {
  adjustmentsOfPool,
  donationsOfCampaignDay,
  matchEntryKey,
  type Question,
} from '../../functions/platform/keys.ts';
import { everyItem, type Item } from '../../functions/platform/table.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import {
  APPROVED,
  add,
  approved,
  bytesOf,
  campaignId,
  closedCampaign,
  DAYS,
  decide,
  decideAddendum,
  folder,
  GIFTS,
  mail,
  PARTITIONS,
  payments,
  reportOf,
  review,
  STATEMENT,
  sign,
  signAddendum,
  signed,
  staff,
  state,
  stored,
  submit,
  world,
  write,
} from './closing.ts';
import { APPROVER, AUDITOR, FINANCE, MANAGER, PROPOSAL } from './people.ts';
import { type Gift, refund } from './play.ts';

afterAll(() => rmSync(folder, { recursive: true }));

/** Opening the typesetter takes seconds on a busy core. */
const SETUP_TIMEOUT_MS = 60_000;
beforeEach(() => closedCampaign(GIFTS), SETUP_TIMEOUT_MS);

describe('a closeout statement', () => {
  it('shows what is missing while it is written, and is refused with all of it at once', async () => {
    expect((await submit()).body.title).toBe('nothing-written');
    const saved = await state({ evidence: ['att_00000000000000000000'], commendation: { kind: 'growth', units: 3 } });
    const fields = saved.body.problems.map(({ field }: { field: string }) => field);
    expect(fields).toEqual([
      'narrative',
      'interestMinor',
      'beneficiariesReached',
      'auditOpinion',
      'outputs',
      'variances',
      'variances',
      'variances',
      'evidence[0]',
      'commendation.kind',
    ]);
    const refused = await submit();
    expect([refused.status, refused.body.title]).toEqual([422, 'incomplete']);
    expect(refused.body.problems).toHaveLength(fields.length);
  });

  it('is saved on the version that was read, by managers and finance', async () => {
    expect((await state(STATEMENT)).headers['etag']).toBe('W/"2"');
    expect((await state({}, MANAGER, 'W/"1"')).status).toBe(412);
    expect((await staff('PUT', 'closeout-statement', MANAGER, { body: '{}' })).status).toBe(428);
    expect((await state({}, APPROVER)).status).toBe(403);
    expect((await staff('GET', 'closeout-statement', AUDITOR)).status).toBe(200);
    expect((await state({ interestMinor: -1, who: 'x' })).body.problems).toHaveLength(2);
  });

  it('is asked for once a week, of the leaders too when it is late, and calls a person after sixty days', async () => {
    const heard = async (moment: string) => {
      world.at(moment);
      const outcome = await review();
      const told = world.mails.splice(0).map(({ to }) => to);
      return [outcome['kind'], told.length > 0];
    };
    expect(await review()).toEqual({ kind: 'waiting', waitSeconds: 3_600 });
    const first = world.mails.splice(0);
    expect(first.length).toBeGreaterThan(0);
    expect(first[0]?.subject).toContain('待填结项说明');
    expect(await heard('2026-09-15T12:00:00+08:00')).toEqual(['waiting', false]);
    expect(await heard('2026-09-20T12:00:00+08:00')).toEqual(['waiting', true]);
    expect(await heard('2026-09-20T13:00:00+08:00')).toEqual(['waiting', false]);
    expect(await heard('2026-10-12T12:00:00+08:00')).toEqual(['waiting', true]);
    expect(await heard('2026-11-12T12:00:00+08:00')).toEqual(['overdue', false]);
  });

  it('does not hold up the report where the mail provider takes nothing', async () => {
    world.sendMail = async () => {
      throw new NotAccepted('TooManyRequestsException', { forGood: false });
    };
    expect(await review()).toMatchObject({ kind: 'waiting' });
  });
});

describe('the signatures', () => {
  it('are of others than those who prepared the report, finance before the leader', async () => {
    const both: Actor = { id: MANAGER.id, groups: ['manager', 'approver'] };
    await state(STATEMENT);
    await state(STATEMENT, FINANCE);
    await submit();
    await write();
    await world.requestApproval(campaignId, 1, 'token', 'closeout');
    expect((await decide(1, { decision: 'approve' }, FINANCE)).body.title).toBe('own-proposal');
    expect((await decide(1, { decision: 'approve' }, both)).status).toBe(403);
    expect((await decide(1, { decision: 'approve' }, APPROVER)).body.title).toBe('not-your-step');
  });

  it('are of the hash of the JSON, which is kept under it with who signed', async () => {
    await signed();
    const closeout = stored('closeout');
    const {
      state: stands,
      reportSha256,
      signatures,
      files,
    } = closeout as unknown as {
      state: string;
      reportSha256: string;
      signatures: { personId: string }[];
      files: Record<'json' | 'pdf' | 'xlsx', { key: string; sha256: string }>;
    };
    expect([stands, signatures.map(({ personId }) => personId)]).toEqual(['signed', [FINANCE.id, APPROVER.id]]);
    for (const { key, sha256 } of Object.values(files)) {
      expect(key).toContain(`signed/${reportSha256}`);
      expect(createHash('sha256').update(bytesOf(key)).digest('hex')).toBe(sha256);
    }
    expect(files.json.sha256).toBe(reportSha256);
    const signOff = JSON.parse(bytesOf(files.json.key.replace('.json', '.sign-off.json')).toString());
    expect(signOff).toMatchObject({ reportSha256, round: 1, preparedBy: [{ personId: MANAGER.id }] });
    // No provider has stated what it charged.
    expect(await review()).toEqual({ kind: 'signed' });
    const shown = await staff('GET', 'closeout', AUDITOR);
    expect(shown.body).toMatchObject({ state: 'signed', reportSha256, round: 1, addenda: 0 });
    expect(shown.body.files.map(({ format }: { format: string }) => format)).toEqual(['json', 'pdf', 'xlsx']);
    expect((await state(STATEMENT)).body.title).toBe('already-signed');
  });

  it('return a report with reasons; the statement is changed, and the report written and signed anew', async () => {
    await state(STATEMENT);
    await submit();
    await write();
    const draft = stored('closeout')['reportSha256'];
    expect((await state(STATEMENT)).body.title).toBe('already-submitted');
    await world.requestApproval(campaignId, 1, 'token', 'closeout');
    const reasons = [{ field: 'outputs[0]', reason: '与走访记录不符' }];
    expect((await decide(1, { decision: 'return', reasons }, FINANCE)).status).toBe(200);
    const { kind, reason } = await world.reviewApproval(campaignId, 1, 'closeout');
    expect(await sign(1, { kind, reason })).toEqual({ kind: 'returned' });
    expect(await sign(1, { kind, reason })).toEqual({ kind: 'returned' });
    const { body } = await staff('GET', 'closeout-statement', MANAGER);
    expect(body).toMatchObject({ state: 'open', round: 1, returned: { why: 'outputs[0]: 与走访记录不符' } });
    expect(await review()).toMatchObject({ kind: 'waiting' });
    expect(world.mails.at(-1)?.text).toContain('与走访记录不符');
    const changed = { ...STATEMENT, outputs: [{ what: '入户走访', unit: '户', achieved: 117 }] };
    expect(await sign(await approved(changed), APPROVED)).toEqual({ kind: 'signed' });
    expect(stored('closeout')).toMatchObject({ state: 'signed', round: 2 });
    expect(stored('closeout')['reportSha256']).not.toBe(draft);
    expect([...world.files.keys()].filter((key) => key.includes(`/drafts/1-${draft}`))).toHaveLength(3);
  });

  it('are refused for a file that is not the one whose hash was signed', async () => {
    const round = await approved();
    const { files } = stored('closeout') as unknown as { files: { json: { key: string } } };
    world.files.set(files.json.key, Buffer.concat([bytesOf(files.json.key), Buffer.from(' ')]));
    await expect(sign(round, APPROVED)).rejects.toThrow('is not the report whose hash was signed');
  });

  it('stand on a draft that a repeated step does not write anew, whatever has been spent since', async () => {
    await state(STATEMENT);
    await submit();
    const first = await write();
    const campaign = stored('campaign');
    const proposal = { ...(campaign['proposal'] as object), title: '改了名' };
    await world.table.write({ update: { pk: campaign.pk, sk: campaign.sk }, set: { proposal } });
    expect(await write()).toEqual(first);
  });
});

/**
 * Lets the k-th write of a step fail, before it happens or after, and repeats the step: with its first write, then with its
 * second, until it gets through. Gives how many times it was interrupted.
 */
async function interrupted(step: () => Promise<unknown>, moment: 'before' | 'after'): Promise<number> {
  const { write: put, transact } = world.table;
  const { write: save } = world.campaignFiles;
  for (let position = 1; ; position += 1) {
    let count = 0;
    const faulty =
      <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        count += 1;
        if (count === position && moment === 'before') throw new TransientError('the store did not answer');
        const result = await act(...args);
        if (count === position && moment === 'after') throw new TransientError('the answer was lost');
        return result;
      };
    Object.assign(world.table, { write: faulty(put), transact: faulty(transact) });
    Object.assign(world.campaignFiles, { write: faulty(save) });
    try {
      await step();
      if (count < position) return position - 1;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
    } finally {
      Object.assign(world.table, { write: put, transact });
      Object.assign(world.campaignFiles, { write: save });
    }
    if (position > 60) throw new Error('it never got through');
  }
}

describe.each(['before', 'after'] as const)('a step that is interrupted %s each of its writes', (moment) => {
  it('of writing, signing, amending and mailing is resumed, and repeats no number, entry or mail', async () => {
    await state(STATEMENT);
    await submit();
    await interrupted(write, moment);
    const draft = stored('closeout')['reportSha256'];
    await world.requestApproval(campaignId, 1, 'token', 'closeout');
    for (const actor of [FINANCE, APPROVER]) await decide(1, { decision: 'approve' }, actor);
    await interrupted(() => sign(1, APPROVED), moment);
    expect(stored('closeout')).toMatchObject({ state: 'signed', round: 1, reportSha256: draft });
    await refund(world, payments[1] as Payment, 8_000);
    await world.drainStream();
    await interrupted(async () => {
      const { status } = await add({ reason: '退款' });
      if (status === 503) throw new TransientError('answered 503');
      expect([200, 201]).toContain(status);
    }, moment);
    await world.requestApproval(campaignId, 1, 'token', 'addendum');
    for (const actor of [FINANCE, APPROVER]) await decideAddendum(1, { decision: 'approve' }, actor);
    await interrupted(() => signAddendum(1), moment);
    expect(world.table.everything().filter(({ type }) => type === 'report-addendum')).toHaveLength(1);
    expect(stored('closeout')).toMatchObject({ addenda: 1 });
    world.mails.length = 0;
    await interrupted(mail, moment);
    const sent = world.mails.map(({ to, subject }) => `${to} ${subject}`);
    expect(new Set(sent).size).toBe(sent.length);
    expect(world.table.everything().filter(({ type }) => type === 'report-to-mail')).toEqual([]);
    expect(world.table.everything().filter(({ type }) => type === 'closeout')).toHaveLength(1);
  });
});

/** The same day at the same counters, with a donor who comes again, a unit that has two gifts and one that has none, and two refunds. */
const BUSIER: readonly Gift[] = [
  ...GIFTS,
  { paidAt: '2026-09-07T10:40:00+08:00', openid: 'openid-chen', amountMinor: 333, asked: { unitId: 'xuanhan' } },
  { paidAt: '2026-09-08T20:59:00+08:00', openid: 'openid-zhou', amountMinor: 2_500, asked: { unitId: 'wanyuan' } },
  { paidAt: '2026-09-09T23:10:00+08:00', openid: 'openid-chen', amountMinor: 1_200 },
];

async function read(question: Question): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of everyItem(world.table, question)) items.push(item);
  return items;
}
type Figures = { gifts: number; raisedMinor: number; refundedMinor: number; matchedMinor: number };

/** Each gift of the campaign with its figures, by the questions that the report names, and by no code of the report's. */
async function giftsAgain() {
  const entries = (
    await Promise.all(
      PARTITIONS.map(({ day, shard }) => read(donationsOfCampaignDay(campaignId, day as LocalDate, shard))),
    )
  ).flat();
  const settled = await read(adjustmentsOfPool(campaignId));
  return Promise.all(
    entries.map(async (entry) => {
      const giftId = String(entry['giftId']);
      const match = await world.table.get(matchEntryKey(giftId));
      const own = settled.filter((one) => one['giftId'] === giftId);
      const changes = own.flatMap((one) => one['changes'] as Record<string, unknown>[]);
      const paidAt = new Date(new Date(String(entry['occurredAt'])).getTime() + 8 * 3_600_000).toISOString();
      return {
        unitId: (match?.['unitId'] ?? null) as string | null,
        day: paidAt.slice(0, 10),
        hour: Number(paidAt.slice(11, 13)),
        donorId: String(entry['donorId']),
        gifts: 1,
        raisedMinor: Number(entry['amountMinor']),
        refundedMinor: own.reduce((all, one) => all + Number(one['refundMinor'] ?? 0), 0),
        matchedMinor: [match, ...changes].reduce((all, one) => all + Number(one?.['matchMinor']), 0),
      };
    }),
  );
}
type Again = Awaited<ReturnType<typeof giftsAgain>>[number];

const figuresOf = (gifts: readonly Figures[]): Figures => ({
  gifts: gifts.length,
  raisedMinor: gifts.reduce((all, one) => all + one.raisedMinor, 0),
  refundedMinor: gifts.reduce((all, one) => all + one.refundedMinor, 0),
  matchedMinor: gifts.reduce((all, one) => all + one.matchedMinor, 0),
});

describe('every line of the report', () => {
  it(
    'is the sum of its gifts as its named queries give them, by unit, by day and by hour; and each donor counts once',
    async () => {
      await closedCampaign(BUSIER, { 2: 3_000, 5: 2_500 });
      await signed();
      const report = reportOf();
      const gifts = await giftsAgain();
      expect(report.summary).toMatchObject({
        ...figuresOf(gifts),
        refundedGifts: gifts.filter((one) => one.refundedMinor === one.raisedMinor).length,
        donors: new Set(gifts.map(({ donorId }) => donorId)).size,
      });
      expect([report.summary.gifts, report.summary.donors, report.summary.refundedMinor]).toEqual([6, 4, 5_500]);
      const lines = (name: 'units' | 'days' | 'hours'): Record<string, unknown>[] => report[name];
      const units = [...PROPOSAL.units.map(({ id }) => id), null];
      expect(
        lines('units').map(({ id, gifts: number, raisedMinor, refundedMinor, matchedMinor }) => [
          id,
          { gifts: number, raisedMinor, refundedMinor, matchedMinor },
        ]),
      ).toEqual(
        units
          .map((id) => [id, figuresOf(gifts.filter(({ unitId }) => unitId === id))] as const)
          .toSorted(([a, one], [b, other]) => rankOf(a, one) - rankOf(b, other) || (String(a) < String(b) ? -1 : 1)),
      );
      expect(lines('days')).toEqual(DAYS.map((day) => ({ day, ...figuresOf(gifts.filter((one) => one.day === day)) })));
      const ofHour = ({ day, hour }: Again) => `${day} ${hour}`;
      expect(lines('hours')).toEqual(
        [...Map.groupBy(gifts, ofHour).values()]
          .map((own) => {
            const { refundedMinor: _, ...figures } = figuresOf(own);
            return { day: own[0]?.day, hour: own[0]?.hour, ...figures };
          })
          .toSorted((a, b) => `${a.day}`.localeCompare(`${b.day}`) || Number(a.hour) - Number(b.hour)),
      );
      // Ways are told by the entries alone here: nothing came by agreement, at a counter or in kind.
      const { matchedMinor: _, ...given } = figuresOf(gifts);
      expect(report.channels).toEqual([{ channel: 'public', ...given }]);
    },
    2 * SETUP_TIMEOUT_MS,
  );
});

/** Most raised first, net of refunds; the line without a unit last. */
const rankOf = (id: string | null, { raisedMinor, refundedMinor }: Figures): number =>
  id === null ? Number.POSITIVE_INFINITY : refundedMinor - raisedMinor;

describe('every figure of the report', () => {
  it('is what its named query gives when it is asked again, by other code', async () => {
    await signed();
    const report = reportOf();
    const everything = world.table.everything();
    const ofType = (type: string) => everything.filter((item) => item.type === type);
    const total = (items: readonly Item[], field: string) =>
      items.reduce((all, item) => all + Number(item[field] ?? 0), 0);
    const entries = ofType('donation');
    const matches = entries.map((entry) => {
      const key = matchEntryKey(String(entry['giftId']));
      return everything.find(({ pk, sk }) => pk === key.pk && sk === key.sk) as Item;
    });
    const pool = stored('pool');
    const campaign = stored('campaign') as unknown as { proposal: { targetMinor: number } };
    const statement = stored('closeout-statement') as unknown as { statement: typeof STATEMENT };
    const again: Record<string, () => void> = {
      entries: () =>
        expect(report.summary).toMatchObject({ gifts: entries.length, raisedMinor: total(entries, 'amountMinor') }),
      matches: () => expect(report.summary.matchedMinor).toBe(total(matches, 'matchMinor')),
      journal: () =>
        expect([report.summary.donors, report.match.recomputation.giftsCompared]).toEqual([
          new Set(entries.map(({ donorId }) => donorId)).size,
          entries.length,
        ]),
      adjustments: () => expect(report.summary.refundedMinor).toBe(total(ofType('adjustment'), 'refundMinor')),
      pool: () =>
        expect([report.match.poolMinor, report.match.remainingMinor]).toEqual([
          pool['poolMinor'],
          pool['remainingMinor'],
        ]),
      directed: () => expect(report.channels.map(({ channel }: { channel: string }) => channel)).toEqual(['public']),
      plan: () => expect(report.budget.plannedMinor).toBe(campaign.proposal.targetMinor),
      spending: () => expect(report.budget.spentMinor).toBe(total(ofType('spending-entry'), 'amountMinor')),
      goods: () => expect(report.budget.goods).toEqual(ofType('goods-entry')),
      bills: () => expect(report.fees).toEqual([]),
      items: () => expect(report.reconciliation.items).toEqual(ofType('reconciliation-item')),
      statement: () =>
        expect([report.interestMinor, report.outcome.beneficiariesReached]).toEqual([
          statement.statement.interestMinor,
          statement.statement.beneficiariesReached,
        ]),
      evidence: () => expect(report.outcome.evidence).toEqual(ofType('attachment')),
      earlier: () => expect(report.yearOnYear).toEqual([]),
    };
    const sources: { id: string; figures: string[]; items: number }[] = report.sources;
    expect(sources.map(({ id }) => id).toSorted()).toEqual(Object.keys(again).toSorted());
    for (const { id } of sources) again[id]?.();
    expect(sources.find(({ id }) => id === 'entries')?.items).toBe(entries.length);
    // Every member that a source names is there.
    for (const path of sources.flatMap(({ figures }) => figures)) {
      const [head = ''] = path.split(/[.[]/);
      expect(report, path).toHaveProperty(head);
    }
  });
});
