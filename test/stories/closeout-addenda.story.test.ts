import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { AddendumContent } from '../../functions/closeout/report-addendum.ts';
import { minor } from '../../functions/kernel/money.ts';
import type { LocalDate } from '../../functions/kernel/time.ts';
import {
  adjustmentsOfPool,
  journalOfPool,
  reconciliationItemsOf,
  spendingEntriesOf,
  totalsOfCampaign,
} from '../../functions/platform/keys.ts';
import { everyItem, type Item } from '../../functions/platform/table.ts';
import {
  findReconciliationItem,
  recordFindings,
  writeChange,
} from '../../functions/reconciliation/reconciliation-item.store.ts';
import { decided as decidedItem, type Finding, itemIdOf } from '../../functions/reconciliation/reconciliation-item.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { ROOT } from '../access/people.ts';
import {
  add,
  addenda,
  addendumSigned,
  bytesOf,
  campaignId,
  closedCampaign,
  decideAddendum,
  folder,
  GIFTS,
  lateGiftCame,
  mail,
  payments,
  reportOf,
  signAddendum,
  signed,
  startedAddenda,
  stored,
  world,
} from './closing.ts';
import { APPROVER, AUDITOR, FINANCE, MANAGER } from './people.ts';
import { refund } from './play.ts';

afterAll(() => rmSync(folder, { recursive: true }));
/** Opening the typesetter takes seconds on a busy core. */
const SETUP_TIMEOUT_MS = 60_000;
beforeEach(async () => {
  await closedCampaign(GIFTS);
  await signed();
}, SETUP_TIMEOUT_MS);

const back = async (gift: number, amountMinor: number) => {
  await refund(world, payments[gift - 1] as Payment, amountMinor);
  await world.drainStream();
};
const REASON = { reason: '捐赠人申请退款' };
const CORRECTIONS = [{ what: '受益人数', was: '118', is: '117' }];
/** Of the second gift, by its number at the provider. */
const finding = (): Finding => ({
  class: 'refunded-there',
  provider: 'wechat-pay',
  merchantId: '1900000001',
  day: '2026-09-07' as LocalDate,
  transactionId: (payments[1] as Payment).transactionId,
  orderNo: '',
  ourAmountMinor: minor(0),
  theirAmountMinor: minor(8_000),
});
const itemId = () => itemIdOf(finding(), campaignId);
const findItem = () =>
  recordFindings(
    world.table,
    { campaignId, organisationId: ROOT, foundBy: 'bill of the day', now: world.now },
    [finding()],
    () => false,
  );
async function settleItem(kind: 'refunded' | 'explained'): Promise<void> {
  const item = await findReconciliationItem(world.table, campaignId, itemId());
  if (item === undefined) throw new Error('there is no such item');
  const decision = { decision: 'resolve', version: item.version, kind, reason: '已退还并补录' } as const;
  const today = '2026-09-12' as LocalDate;
  const said = { by: FINANCE.id, now: world.now, today, lastDueOn: '2027-09-12' as LocalDate };
  const outcome = decidedItem(item, decision, said);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  await writeChange(world.table, item, outcome.item);
}
const draftNow = async () => (await addenda('GET')).body.draft;

describe('an addendum', () => {
  it('is refused where nothing has changed, and of those who may not write one', async () => {
    expect((await add(REASON)).body.title).toBe('nothing-changed');
    expect((await addenda('POST', { body: '{"reason":"x"}' })).body.title).toBe('bad-idempotency-key');
    for (const actor of [APPROVER, AUDITOR]) expect((await add(REASON, 'k', actor)).status).toBe(403);
  });

  it('says what changed in the books since, and from which entries, which add up to each difference', async () => {
    await back(2, 8_000);
    const { status, body } = await add(REASON);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      number: 1,
      state: 'waiting',
      round: 1,
      signatures: [],
      reportSha256: stored('closeout')['reportSha256'],
      figures: [
        { figure: 'refundedMinor', was: 0, is: 8_000 },
        { figure: 'refundedGifts', was: 0, is: 1 },
        { figure: 'netMinor', was: 14_770, is: 6_770 },
        { figure: 'matchedMinor', was: 11_770, is: 6_770 },
        { figure: 'totalMinor', was: 26_540, is: 13_540 },
      ],
      changes: [
        {
          kind: 'settlement',
          number: 1,
          what: 'refund',
          by: 'system',
          effects: {
            refundedMinor: 8_000,
            refundedGifts: 1,
            netMinor: -8_000,
            matchedMinor: -5_000,
            totalMinor: -13_000,
          },
        },
      ],
    });
    expect(startedAddenda).toEqual([1]);
  });

  it('is signed by finance and then by a leader, none of whom wrote it, and keeps its number only then', async () => {
    const report = reportOf();
    await back(2, 8_000);
    await add(REASON);
    expect((await addenda('GET')).body).toMatchObject({ addenda: [], draft: { number: 1, state: 'waiting' } });
    await world.requestApproval(campaignId, 1, 'addendum-1', 'addendum');
    expect((await decideAddendum(1, { decision: 'approve' }, MANAGER)).status).toBe(403);
    expect((await decideAddendum(1, { decision: 'approve' }, APPROVER)).body.title).toBe('not-your-step');
    await addendumSigned(1);
    const { body } = await addenda('GET');
    expect(body).toMatchObject({ draft: null, addenda: [{ number: 1, state: 'signed', round: 1 }] });
    expect(body.addenda[0].signatures.map(({ personId }: { personId: string }) => personId)).toEqual([
      FINANCE.id,
      APPROVER.id,
    ]);
    // What was signed is the hash of the JSON, which is kept under it with who signed.
    const { sha256, files } = stored('report-addendum') as unknown as {
      sha256: string;
      files: Record<'json' | 'pdf', { key: string; sha256: string }>;
    };
    for (const { key, sha256: hash } of Object.values(files))
      expect(createHash('sha256').update(bytesOf(key)).digest('hex')).toBe(hash);
    expect(files.json.sha256).toBe(sha256);
    const signOff = JSON.parse(bytesOf(files.json.key.replace('.json', '.sign-off.json')).toString());
    expect(signOff).toMatchObject({ number: 1, addendumSha256: sha256, preparedBy: [MANAGER.id] });
    // The report itself stands as it was signed.
    expect(reportOf()).toEqual(report);
    expect(stored('closeout')).toMatchObject({ state: 'signed', addenda: 1 });
    expect(await signAddendum(1)).toEqual({ kind: 'signed', round: 1 });
  });

  it('written by finance is reviewed by another one of finance', async () => {
    await back(2, 8_000);
    expect((await add(REASON, 'first', FINANCE)).status).toBe(201);
    await world.requestApproval(campaignId, 1, 'addendum-1', 'addendum');
    expect((await decideAddendum(1, { decision: 'approve' }, FINANCE)).body.title).toBe('own-proposal');
  });

  it('waits for the one before it, against which it is measured; numbers have no gaps', async () => {
    await back(2, 8_000);
    await add(REASON);
    expect((await add(REASON)).body).toMatchObject({ number: 1, round: 1 });
    expect((await add({ reason: '另一件事' })).body.title).toBe('idempotency-key-reused');
    expect((await add({ reason: '再来一次' }, 'second')).body.title).toBe('addendum-waiting');
    await addendumSigned(1);
    expect((await add({ reason: '再来一次' }, 'second')).body.title).toBe('nothing-changed');
    const second = await add({ reason: '更正', corrections: CORRECTIONS }, 'third');
    expect(second.body).toMatchObject({ number: 2, round: 2, figures: [], changes: [], corrections: CORRECTIONS });
    await addendumSigned(2);
    // A repeat that comes late makes nothing new.
    expect((await add(REASON)).body).toMatchObject({ number: 1, state: 'signed' });
    const { body } = await addenda('GET');
    expect([body.addenda.map(({ number }: { number: number }) => number), body.next]).toEqual([[1, 2], null]);
  });

  it('that is given back leaves its number to the next draft', async () => {
    await back(2, 8_000);
    await add(REASON);
    await world.requestApproval(campaignId, 1, 'addendum-1', 'addendum');
    const reasons = [{ reason: '原因写得不清楚' }];
    expect((await decideAddendum(1, { decision: 'return', reasons }, FINANCE)).status).toBe(200);
    const { kind, reason } = await world.reviewApproval(campaignId, 1, 'addendum');
    expect(await signAddendum(1, { kind, reason })).toEqual({ kind: 'returned', round: 1 });
    expect(await draftNow()).toMatchObject({ state: 'returned', returned: { why: '原因写得不清楚' } });
    const again = await add({ reason: '捐赠人于九月十日申请全额退款' }, 'second');
    expect(again.body).toMatchObject({ number: 1, round: 2, state: 'waiting' });
    expect((await add(REASON)).body.title).toBe('idempotency-key-reused');
    await addendumSigned(2);
    expect(stored('closeout')).toMatchObject({ addenda: 1 });
  });

  it('that the books overtake is signed no more, and is written anew by itself', async () => {
    await back(2, 3_000);
    await add(REASON);
    await world.requestApproval(campaignId, 1, 'addendum-1', 'addendum');
    await decideAddendum(1, { decision: 'approve' }, FINANCE);
    await back(2, 5_000);
    const refused = await decideAddendum(1, { decision: 'approve' }, APPROVER);
    expect([refused.status, refused.body.title]).toEqual([409, 'books-moved']);
    expect(world.told).toContain('addendum-1');
    expect(await signAddendum(1, { kind: 'returned', reason: '' })).toEqual({ kind: 'renewed', round: 2 });
    expect(await signAddendum(1, { kind: 'returned', reason: '' })).toEqual({ kind: 'renewed', round: 2 });
    expect(await draftNow()).toMatchObject({
      number: 1,
      round: 2,
      state: 'waiting',
      changes: [
        { number: 1, effects: { refundedMinor: 3_000 } },
        { number: 2, effects: { refundedMinor: 5_000, refundedGifts: 1 } },
      ],
    });
    await addendumSigned(2);
    expect((await addenda('GET')).body.addenda).toHaveLength(1);
  });

  it('that the books overtake after the last signature is not kept as signed', async () => {
    await back(2, 3_000);
    await add(REASON);
    await world.requestApproval(campaignId, 1, 'addendum-1', 'addendum');
    for (const actor of [FINANCE, APPROVER]) await decideAddendum(1, { decision: 'approve' }, actor);
    await back(2, 5_000);
    expect(await signAddendum(1)).toEqual({ kind: 'renewed', round: 2 });
    expect(stored('closeout')).toMatchObject({ addenda: 0 });
  });

  it('lists the items of the reconciliation that changed since the report, with what they change', async () => {
    await findItem();
    // While nobody has settled it, nobody knows what the figures are.
    expect((await add(REASON)).body.title).toBe('items-open');
    await back(2, 8_000);
    await settleItem('refunded');
    const { body } = await add(REASON);
    expect(body.items).toMatchObject([
      {
        itemId: itemId(),
        class: 'refunded-there',
        was: null,
        state: 'resolved',
        resolvedAs: 'refunded',
        decided: { by: { personId: FINANCE.id }, reason: '已退还并补录' },
        effects: { refundedMinor: 8_000, netMinor: -8_000, matchedMinor: -5_000, totalMinor: -13_000 },
      },
    ]);
    await addendumSigned(1);
    // Stated once, it is not stated again; nothing else has changed.
    expect((await add(REASON, 'second')).body.title).toBe('nothing-changed');
  });

  it('may be of an item alone: one that is explained changes no figure, and is said', async () => {
    await findItem();
    await settleItem('explained');
    const { body } = await add({ reason: '对账差异已查明' });
    expect(body).toMatchObject({
      figures: [],
      changes: [],
      items: [{ resolvedAs: 'explained', was: null, effects: {} }],
    });
  });

  it('goes back to its author where an item opens while it is being signed', async () => {
    await back(2, 3_000);
    await add(REASON);
    await world.requestApproval(campaignId, 1, 'addendum-1', 'addendum');
    await findItem();
    expect((await decideAddendum(1, { decision: 'approve' }, FINANCE)).body.title).toBe('books-moved');
    expect(await signAddendum(1, { kind: 'returned', reason: '' })).toEqual({ kind: 'returned', round: 1 });
    expect((await draftNow()).returned.why).toContain('nobody has signed them over');
  });

  it('counts a gift that came after the end, which draws no match', async () => {
    await lateGiftCame();
    const { body } = await add({ reason: '迟到的通知' });
    expect(body.changes).toMatchObject([
      { kind: 'late-gift', giftNo: 4, effects: { gifts: 1, raisedMinor: 600, netMinor: 600, totalMinor: 600 } },
    ]);
    await addendumSigned(1);
    // Its refund is the next addendum's.
    await back(4, 600);
    expect((await add(REASON, 'second')).body).toMatchObject({
      number: 2,
      changes: [{ kind: 'settlement', effects: { refundedMinor: 600, refundedGifts: 1, netMinor: -600 } }],
    });
  });

  it('is mailed with its own PDF to those who have the report, once, and not before it is signed', async () => {
    await mail();
    world.mails.length = 0;
    await back(1, 1_770);
    await add(REASON);
    expect(await mail()).toMatchObject({ reports: 0, sent: 0 });
    await addendumSigned(1);
    expect(await mail()).toMatchObject({ kind: 'mailed', reports: 1, sent: 2 });
    expect(await mail()).toMatchObject({ reports: 0, sent: 0 });
    for (const { subject, text, attachments } of world.mails) {
      expect(subject).toContain('补充说明');
      expect(text).toContain('¥0.00 → ¥17.70');
      expect(attachments?.map(({ filename }) => filename)).toEqual([`closeout-${campaignId}-addendum-1.pdf`]);
      const content = Buffer.from(attachments?.[0]?.content ?? []);
      expect(content.subarray(0, 5).toString()).toBe('%PDF-');
    }
  });
});

async function read(question: Parameters<typeof everyItem>[1]): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of everyItem(world.table, question)) items.push(item);
  return items;
}

describe('every figure of an addendum', () => {
  it('is what its named question gives when it is asked again, by other code', async () => {
    await findItem();
    await back(1, 770);
    await back(2, 8_000);
    await settleItem('refunded');
    await lateGiftCame();
    await add(REASON);
    await addendumSigned(1);
    const { files } = stored('report-addendum') as unknown as { files: { json: { key: string } } };
    const addendum = JSON.parse(bytesOf(files.json.key).toString()) as AddendumContent;
    const report = reportOf();
    const { standing, changes, figures, items } = addendum;
    const settled = await read(adjustmentsOfPool(campaignId));
    const total = (list: readonly Item[], field: string) => list.reduce((all, one) => all + Number(one[field] ?? 0), 0);
    const totals = (await read(totalsOfCampaign(campaignId))).find(({ type }) => type === 'campaign-totals');
    const again: Record<string, (items: number) => Promise<void>> = {
      totals: async () =>
        expect([standing.gifts, standing.raisedMinor, standing.refundedGifts]).toEqual([
          totals?.['gifts'],
          totals?.['amountMinor'],
          totals?.['refundedGifts'],
        ]),
      adjustments: async (count) => {
        expect(count).toBe(settled.length);
        const taken = settled.flatMap((one) => one['changes'] as { matchMinor: number }[]);
        const [back, matched] = [total(settled, 'refundMinor'), taken.reduce((all, one) => all + one.matchMinor, 0)];
        expect([standing.refundedMinor, standing.matchedMinor + standing.lumpMinor]).toEqual([
          report.summary.refundedMinor + back,
          report.summary.matchedMinor + report.summary.lumpMinor + matched,
        ]);
        const numbers = changes.flatMap((one) => (one.kind === 'settlement' ? [one.number] : []));
        expect(numbers).toEqual(settled.map(({ number }) => number));
      },
      journal: async (count) => {
        const pages = await read(journalOfPool(campaignId));
        const after = pages.filter(({ firstSequence }) => Number(firstSequence) > report.summary.gifts);
        expect(after).toHaveLength(count);
        expect(changes.flatMap((one) => (one.kind === 'late-gift' ? [one.giftNo] : []))).toEqual(
          after.map(({ firstSequence }) => firstSequence),
        );
      },
      spending: async (count) => {
        const entries = await read(spendingEntriesOf(campaignId));
        expect([entries.length, standing.spentMinor]).toEqual([count, total(entries, 'amountMinor')]);
      },
      items: async (count) => {
        const kept = await read(reconciliationItemsOf(campaignId));
        expect([kept.length, items.map((one) => one.itemId)]).toEqual([count, kept.map((one) => one['itemId'])]);
      },
      report: async () => {
        for (const { figure, was } of figures)
          expect(was, figure).toBe(figure === 'spentMinor' ? report.budget.spentMinor : report.summary[figure]);
      },
      addenda: async (count) => expect(count).toBe(0),
    };
    expect(addendum.sources.map(({ id }) => id).toSorted()).toEqual(Object.keys(again).toSorted());
    for (const { id, items: count } of addendum.sources) await again[id]?.(count);
    // Every figure that is stated is named by a source, and every member that a source names is there.
    const named = addendum.sources.flatMap((source) => source.figures);
    for (const figure of Object.keys(standing))
      expect(named.includes(`standing.${figure}`) || ['netMinor', 'totalMinor'].includes(figure), figure).toBe(true);
    for (const path of named) expect(addendum, path).toHaveProperty(path.split(/[.[]/)[0] ?? '');
    // What is a sum of others is one.
    expect(standing.netMinor).toBe(standing.raisedMinor - standing.refundedMinor);
    expect(standing.totalMinor).toBe(standing.netMinor + standing.matchedMinor + standing.lumpMinor);
    // The entries that are listed make each difference.
    for (const { figure, was, is } of figures)
      expect(
        changes.reduce((all, { effects }) => all + (effects[figure] ?? 0), 0),
        figure,
      ).toBe(is - was);
  });
});
