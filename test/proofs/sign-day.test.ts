import { beforeEach, describe, expect, it } from 'vitest';
import type { CampaignFiles } from '../../functions/closeout/campaign-files.gateway.ts';
import { instantOf, localDateSchema, plusSeconds } from '../../functions/kernel/time.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { matchEntryKey, offlineGiftKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { chainProblems } from '../../functions/proofs/day-statement.ts';
import { proveGift } from '../../functions/proofs/gift-proof.store.ts';
import { type Signing, signDays } from '../../functions/proofs/sign-day.store.ts';
import { listSignedDays } from '../../functions/proofs/signed-day.store.ts';
import { verifyProof } from '../../functions/proofs/verify-proof.ts';
import { faultyTable } from '../faults/faulty-table.ts';
import { CAMPAIGN, entry, hurried, openCampaignPool, record, WINDOW } from '../matching/money-path.ts';
import { localSigner } from './local-signer.ts';

let table: Table;
let files: Map<string, Uint8Array>;
let use: Signing & { readonly signer: ReturnType<typeof localSigner> };

beforeEach(async () => {
  table = memoryTable();
  files = new Map();
  const campaignFiles: CampaignFiles = {
    write: async (key, content) => void files.set(key, typeof content === 'string' ? Buffer.from(content) : content),
    read: async (key) => files.get(key) ?? Buffer.from('null'),
  };
  use = { table, files: campaignFiles, readDonorKey: async () => 'donor key', signer: localSigner() };
  await openCampaignPool(table, { poolMinor: 1_000_000 });
});

const FACTS = { window: WINDOW, openedOn: localDateSchema.parse('2026-09-07') };
const campaign = { campaignId: CAMPAIGN, facts: FACTS };
const at = (text: string) => instantOf(`${text}+08:00`);
async function counted(entries: Parameters<typeof record>[1], when: string): Promise<void> {
  await record(table, entries);
  await allocateGifts(table, CAMPAIGN, entries, at(when), hurried);
}
const days = async () => (await listSignedDays(table, CAMPAIGN, 1, 50)).days;

describe('a day’s statement', () => {
  it('tells money apart by the way it came, and goods apart from money', async () => {
    for (const kind of ['cash', 'transfer', 'directed', 'in-kind'])
      await table.write({
        put: { ...offlineGiftKey(`off_${kind}`), type: 'offline-gift', offlineId: `off_${kind}`, kind },
      });
    const byHand = (n: number, kind: string, more: object = {}) =>
      entry(n, { provider: 'offline', paymentId: `off_${kind}`, ...more });
    await counted(
      [
        entry(0),
        entry(1, { provider: 'alipay', amountMinor: 200 }),
        entry(2, { provider: 'stripe', amountMinor: 300 }),
        entry(3, { provider: 'standard-webhook', amountMinor: 400 }),
        entry(4, { provider: 'statement', amountMinor: 500 }),
        byHand(5, 'cash', { amountMinor: 600 }),
        byHand(6, 'transfer', { amountMinor: 700 }),
        byHand(7, 'directed', { amountMinor: 800 }),
        byHand(8, 'in-kind', { amountMinor: 90_000, inKind: true }),
        entry(9),
      ],
      '2026-09-07T12:00:00',
    );
    await signDays(use, campaign, at('2026-09-08T01:00:00'));
    const { toDate } = (await days())[0]?.statement ?? { toDate: undefined };
    expect(toDate).toMatchObject({ gifts: 10, moneyMinor: 5_500, goodsMinor: 90_000 });
    expect(toDate?.channels).toEqual({
      'wechat-pay': { gifts: 2, moneyMinor: 2_000 },
      alipay: { gifts: 1, moneyMinor: 200 },
      stripe: { gifts: 1, moneyMinor: 300 },
      'other-platform': { gifts: 1, moneyMinor: 400 },
      statement: { gifts: 1, moneyMinor: 500 },
      cash: { gifts: 1, moneyMinor: 600 },
      transfer: { gifts: 1, moneyMinor: 700 },
      directed: { gifts: 1, moneyMinor: 800 },
    });
  });

  it('holds what was counted before midnight, whenever it was paid: a late notice is of the day it came', async () => {
    await counted([entry(0)], '2026-09-07T23:59:59.999');
    await counted([entry(1, { occurredAt: at('2026-09-07T10:00:00') })], '2026-09-08T00:00:00');
    await signDays(use, campaign, at('2026-09-09T01:00:00'));
    expect((await days()).map(({ statement }) => [statement.day, statement.gifts.gifts])).toEqual([
      ['2026-09-07', 1],
      ['2026-09-08', 1],
    ]);
  });

  it('takes the books in their order where two batches ran at midnight, and leaves nothing out', async () => {
    await counted([entry(0)], '2026-09-07T23:00:00');
    await counted([entry(1)], '2026-09-08T00:00:01');
    await counted([entry(2)], '2026-09-07T23:59:59');
    await signDays(use, campaign, at('2026-09-09T01:00:00'));
    expect((await days()).map(({ statement }) => statement.gifts.gifts)).toEqual([1, 2]);
  });

  it('is not made before the campaign has opened, and ends with its report but for what still comes', async () => {
    expect(
      await signDays(use, { campaignId: CAMPAIGN, facts: { window: WINDOW } }, at('2026-09-09T01:00:00')),
    ).toMatchObject({ signed: 0 });
    const over = { campaignId: CAMPAIGN, facts: { ...FACTS, reportedOn: localDateSchema.parse('2026-09-08') } };
    await counted([entry(0)], '2026-09-07T12:00:00');
    await signDays(use, over, at('2026-09-20T01:00:00'));
    expect((await days()).map(({ statement }) => statement.day)).toEqual(['2026-09-07', '2026-09-08']);
    await counted([entry(1)], '2026-09-25T12:00:00');
    await signDays(use, over, at('2026-09-28T01:00:00'));
    expect((await days()).map(({ statement }) => statement.day)).toEqual(['2026-09-07', '2026-09-08', '2026-09-25']);
  });

  it('is refused where a counted gift has no entry any more', async () => {
    const lost = memoryTable();
    await counted([entry(0)], '2026-09-07T12:00:00');
    for (const item of (table as ReturnType<typeof memoryTable>).everything())
      if (item.type !== 'donation') await lost.write({ put: item });
    await expect(signDays({ ...use, table: lost }, campaign, at('2026-09-08T01:00:00'))).rejects.toThrow(
      'has no entry',
    );
  });
});

it('a day of more gifts than one file holds has one root, and every gift near a file’s edge is proven', async () => {
  const entries = Array.from({ length: 2_500 }, (_, n) =>
    entry(n, { amountMinor: 100 + n, occurredAt: plusSeconds(at('2026-09-07T08:00:00'), n) }),
  );
  for (let start = 0; start < entries.length; start += 500)
    await counted(entries.slice(start, start + 500), '2026-09-07T20:00:00');
  await signDays(use, campaign, at('2026-09-08T01:00:00'));
  expect([...files.keys()].map((name) => name.split('/').at(-1)).sort()).toEqual([
    'gifts-0.json',
    'gifts-1.json',
    'gifts-2.json',
    'tree.json',
  ]);
  for (const no of [1, 2, 1_023, 1_024, 1_025, 2_048, 2_049, 2_499, 2_500]) {
    const outcome = await proveGift(use, CAMPAIGN, String(no));
    if (outcome.kind !== 'proven') throw new Error(`${no}: ${outcome.kind}`);
    expect(verifyProof(outcome.proof, [use.signer.der])).toMatchObject({
      kind: 'verified',
      gift: { no },
      day: { gifts: { gifts: 2_500, moneyMinor: entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0) } },
    });
  }
  const order = await proveGift(use, CAMPAIGN, 'int_77');
  expect(order.kind === 'proven' && verifyProof(order.proof, [use.signer.der])).toMatchObject({
    kind: 'verified',
    isOpened: true,
  });
});

it('over a store that loses answers there is one chain all the same, whole and without a gap', async () => {
  const rates = { lostBefore: 0.2, lostAfter: 0.3, conflict: 0.1, throttle: 0.1, unreadable: 0.05 };
  const struck = { failed: 0 };
  for (let seed = 1; seed <= 10; seed += 1) {
    table = memoryTable();
    await openCampaignPool(table, { poolMinor: 1_000_000 });
    const faulty = faultyTable(table, rates, seed);
    for (const [n, when] of ['2026-09-07T10:00:00', '2026-09-07T11:00:00', '2026-09-09T10:00:00'].entries())
      await counted([entry(n)], when);
    for (let run = 0; run < 60; run += 1)
      await Promise.all(
        [1, 2].map(() =>
          signDays({ ...use, table: faulty }, campaign, at('2026-09-11T01:00:00')).catch(() => {
            struck.failed += 1;
          }),
        ),
      );
    let before: Parameters<typeof chainProblems>[1];
    for (const { statement, hash } of await days()) {
      expect(chainProblems(statement, before)).toEqual([]);
      before = { statement, hash };
    }
    expect(before?.statement).toMatchObject({ number: 4, day: '2026-09-10', toDate: { gifts: 3 } });
  }
  expect(struck.failed).toBeGreaterThan(10);
});

it('a match entry tells when its page was counted', async () => {
  await counted([entry(0), entry(1)], '2026-09-07T12:00:00');
  const items = await table.getMany([matchEntryKey('gft_0'), matchEntryKey('gft_1')]);
  expect(new Set(items.map((item) => item['allocatedAt']))).toEqual(new Set([at('2026-09-07T12:00:00')]));
});
