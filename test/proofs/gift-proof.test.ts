import { webcrypto } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { derivedId } from '../../functions/kernel/ids.ts';
import { chainProblems } from '../../functions/proofs/day-statement.ts';
import type { GiftProof } from '../../functions/proofs/gift-proof.ts';
import { PROOF_SCRIPT } from '../../functions/proofs/proof-script.ts';
import { verifyProof, verifyStatement } from '../../functions/proofs/verify-proof.ts';
import { PROPOSAL } from '../stories/people.ts';
import { type Gift, give, giveBack, notify, openedCampaign, order, paymentFor } from '../stories/play.ts';
import { World } from '../stories/world.ts';
import { proofOf, signedDays, signNight, withSigner } from './signed-campaign.ts';

const gift = (at: string, donor: string, amountMinor: number): Gift => ({
  paidAt: `2026-09-${at}:00+08:00`,
  openid: `openid-${donor}`,
  amountMinor,
  asked: { unitId: 'wanyuan' },
});

let world: World;
let campaignId: string;
let der: Buffer;
let wangsOrder: string;
/** What the page of proofs runs, taken out of the page. */
let inBrowser: (proof: unknown) => Promise<{ gift: { no: number } }>;

beforeAll(async () => {
  world = new World();
  ({ der } = withSigner(world));
  campaignId = await openedCampaign(world);
  const chen = await give(world, campaignId, gift('07T10:00', 'chen', 6_000));
  const wang = gift('07T11:00', 'wang', 4_000);
  wangsOrder = await order(world, campaignId, wang);
  expect(await notify(world, paymentFor(wangsOrder, wang))).toBe(200);
  await world.drainStream();
  await give(world, campaignId, gift('08T09:00', 'he', 2_500));
  await give(world, campaignId, gift('08T10:00', 'li', 700));
  await give(world, campaignId, gift('08T11:00', 'liu', 1));
  await world.drainStream();
  await giveBack(world, chen, { amountMinor: 1_000, refundId: 'r-1', at: '2026-09-08T12:00:00+08:00' });
  await world.drainStream();
  world.at('2026-09-09T00:29:00+08:00');
  expect(await signNight(world)).toEqual({ kind: 'signed', days: 1, failed: 0 });
  world.at('2026-09-10T00:30:00+08:00');
  expect(await signNight(world)).toEqual({ kind: 'signed', days: 2, failed: 0 });
  const keys = [{ publicKey: der.toString('base64') }];
  const context: Record<string, unknown> = { crypto: webcrypto, TextEncoder, atob, btoa };
  runInNewContext(`${PROOF_SCRIPT}\nglobalThis.verifyGift = verifyGift;`, context);
  const verifyGift = context['verifyGift'] as (proof: unknown, keys: unknown) => Promise<{ gift: { no: number } }>;
  inBrowser = (proof) => verifyGift(proof, keys);
});

const proven = async (asked: string | number): Promise<GiftProof> => {
  const { status, body } = await proofOf(world, campaignId, asked);
  expect(status).toBe(200);
  return body;
};

describe('the days of a campaign', () => {
  it('are signed once each, empty ones too, and no day before it has been over for half an hour', async () => {
    const { body } = await signedDays(world, campaignId);
    expect(body.days.map(({ day, number }: { day: string; number: number }) => [number, day])).toEqual([
      [1, '2026-09-07'],
      [2, '2026-09-08'],
      [3, '2026-09-09'],
    ]);
    expect(await signNight(world)).toEqual({ kind: 'signed', days: 0, failed: 0 });
  });

  it('stand one after the other, each signed, and add up to the totals that everybody sees', async () => {
    const { body } = await signedDays(world, campaignId);
    let before: Parameters<typeof chainProblems>[1];
    for (const { statement, signature, hash } of body.days) {
      const verdict = verifyStatement({ statement, signature }, [der]);
      if (verdict.kind !== 'verified') throw new Error(verdict.problem);
      expect(chainProblems(verdict.day, before)).toEqual([]);
      before = { statement: verdict.day, hash };
    }
    const { toDate } = before?.statement ?? { toDate: undefined };
    const { raised } = (await world.figures(campaignId)).body;
    expect(toDate).toMatchObject({
      gifts: raised.gifts,
      moneyMinor: raised.giftsMinor,
      moneyBackMinor: raised.refundedMinor,
      channels: { 'wechat-pay': { gifts: 5, moneyMinor: 13_201 } },
    });
    expect((toDate?.matchMinor ?? 0) + (toDate?.matchAddedMinor ?? 0) - (toDate?.matchTakenMinor ?? 0)).toBe(
      raised.matchMinor,
    );
  });

  it('belong to the organisation’s own midnight', async () => {
    const { body } = await signedDays(world, campaignId, { after: '2' });
    expect(body.days.map(({ day }: { day: string }) => day)).toEqual(['2026-09-09']);
    expect((await signedDays(world, campaignId, { after: 'x' })).status).toBe(400);
  });
});

describe('a donor', () => {
  it('checks the gift of an order: it is in the day’s total, and it is theirs', async () => {
    const proof = await proven(wangsOrder);
    expect(verifyProof(proof, [der])).toMatchObject({
      kind: 'verified',
      isOpened: true,
      gift: { no: 2, moneyMinor: 4_000 },
      day: { day: '2026-09-07', gifts: { gifts: 2, moneyMinor: 10_000 } },
    });
    expect((await inBrowser(proof)).gift.no).toBe(2);
  });

  it('checks any gift of the list by its number, and learns no name and no order', async () => {
    for (const no of [1, 2, 3, 4, 5]) {
      const proof = await proven(no);
      expect(verifyProof(proof, [der])).toMatchObject({ kind: 'verified', isOpened: false, gift: { no } });
      expect((await inBrowser(proof)).gift.no).toBe(no);
      expect(JSON.stringify(proof)).not.toContain(wangsOrder);
    }
  });

  it('checks each charge of a regular gift by the number that our letter prints, though all share one order', async () => {
    const other = new World();
    const { der: key } = withSigner(other);
    const id = await openedCampaign(other);
    const first = gift('07T11:00', 'zhou', 2_000);
    const orderNo = await order(other, id, first);
    const charges = [first, gift('08T11:00', 'zhou', 2_000)].map((one, n) => ({
      ...paymentFor(orderNo, one),
      transactionId: `420000000000000000000000000${n}`,
    }));
    for (const payment of charges) {
      expect(await notify(other, payment)).toBe(200);
      await other.drainStream();
    }
    other.at('2026-09-10T00:30:00+08:00');
    await signNight(other);
    const numbers: number[] = [];
    for (const { transactionId: paymentId } of charges) {
      const giftId = derivedId('gift', 'wechat-pay', paymentId);
      const { status, body } = await proofOf(other, id, giftId);
      expect([status, body.opening?.orderNo]).toEqual([200, orderNo]);
      const verdict = verifyProof(body, [key]);
      expect(verdict).toMatchObject({ kind: 'verified', isOpened: true });
      if (verdict.kind === 'verified') numbers.push(verdict.gift.no);
      expect((await proofOf(world, campaignId, giftId)).body.title).toBe('unknown-gift');
    }
    expect(numbers).toEqual([1, 2]);
    expect(verifyProof((await proofOf(other, id, orderNo)).body, [key])).toMatchObject({
      isOpened: true,
      gift: { no: 1 },
    });
  });

  it('sees with the gift what went back of it, in the day on which it did', async () => {
    const verdict = verifyProof(await proven(1), [der]);
    expect(verdict).toMatchObject({
      kind: 'verified',
      changes: [{ change: { giftNo: 1, moneyBackMinor: 1_000 }, day: { day: '2026-09-08' } }],
    });
  });

  it('is told where there is no such gift, and where its day is not signed yet', async () => {
    for (const asked of ['99', 'int_nothing', 'gft_nothing', 'gft_', '0', 'a b', '%00'])
      expect((await proofOf(world, campaignId, asked)).body.title, asked).toBe('unknown-gift');
    const late = gift('09T20:00', 'sun', 100);
    const other = new World();
    withSigner(other);
    const id = await openedCampaign(other);
    await give(other, id, late);
    await other.drainStream();
    expect((await proofOf(other, id, 1)).body.title).toBe('not-signed-yet');
  });
});

/** Every value in a proof, and what it could be changed to. */
function* tampered(value: unknown, put: (changed: unknown) => unknown): Generator<unknown> {
  if (typeof value === 'string') {
    for (const [at, character] of [...value].entries())
      yield put(`${value.slice(0, at)}${character === '1' ? '2' : '1'}${value.slice(at + 1)}`);
    yield put(`${value} `);
    yield put('');
  } else if (typeof value === 'number') for (const other of [value + 1, value - 1, -value - 1, null]) yield put(other);
  else if (Array.isArray(value)) {
    for (const [at, inner] of value.entries()) {
      yield put(value.toSpliced(at, 1));
      yield* tampered(inner, (changed) => put(value.with(at, changed)));
    }
    yield put([...value, ...value.slice(-1)]);
  } else if (value !== null && typeof value === 'object')
    for (const [name, inner] of Object.entries(value)) {
      const { [name as never]: _gone, ...rest } = value;
      yield put(rest);
      yield* tampered(inner, (changed) => put({ ...value, [name]: changed }));
    }
}

/** Whoever leaves a change out proves nothing wrong: a proof says what is in the totals, and not that nothing else is. */
const isTheSame = (changed: unknown, proof: GiftProof): boolean =>
  JSON.stringify(changed) === JSON.stringify(proof) ||
  (changed as Partial<GiftProof>).changes?.length === proof.changes.length - 1;

describe('a proof of which anything was changed', () => {
  it('is refused, whatever character, number, field or step it is', async () => {
    const proofs = [await proven(wangsOrder), await proven(1)];
    let changes = 0;
    for (const [changed, proof] of proofs.flatMap((each) =>
      [...tampered(each, (whole) => whole)].map((one) => [one, each] as const),
    )) {
      if (isTheSame(changed, proof)) continue;
      changes += 1;
      const verdict = verifyProof(changed, [der]);
      if (verdict.kind === 'verified') throw new Error(`took ${JSON.stringify(changed)}`);
    }
    expect(changes).toBeGreaterThan(1_000);
  });

  it('is refused by the page as well', async () => {
    const proof = await proven(1);
    let changes = 0;
    for (const changed of tampered(proof, (whole) => whole)) {
      // Every eleventh: an elliptic curve in a test of thousands takes its time.
      changes += 1;
      if (changes % 11 !== 0 || isTheSame(changed, proof)) continue;
      const taken = await inBrowser(changed).catch(() => undefined);
      if (taken !== undefined) throw new Error(`took ${JSON.stringify(changed)}`);
    }
    expect(changes).toBeGreaterThan(1_000);
  });

  it('is refused under another key, and without a change or with one of another gift', async () => {
    const proof = await proven(1);
    const { der: others } = withSigner(new World());
    expect(verifyProof(proof, [others])).toMatchObject({ kind: 'refused' });
    expect(verifyProof(proof, [])).toMatchObject({ kind: 'refused' });
    const moved = { ...(await proven(2)), changes: proof.changes };
    expect(verifyProof(moved, [der])).toEqual({ kind: 'refused', problem: 'a change is of another gift' });
  });
});

it('days that were missed are signed by the next night, in one run, and two runs at once sign each day once', async () => {
  const late = new World();
  withSigner(late);
  const id = await openedCampaign(late, PROPOSAL);
  await give(late, id, gift('07T10:00', 'a', 100));
  await late.drainStream();
  await give(late, id, gift('09T10:00', 'a', 200));
  await late.drainStream();
  late.at('2026-09-12T08:00:00+08:00');
  await Promise.all([signNight(late), signNight(late)]);
  await signNight(late);
  const { body } = await signedDays(late, id);
  expect(body.days.map(({ number, day }: { number: number; day: string }) => `${number} ${day}`)).toEqual([
    '1 2026-09-07',
    '2 2026-09-08',
    '3 2026-09-09',
    '4 2026-09-10',
    '5 2026-09-11',
  ]);
});

it('a campaign whose totals are not what its entries say is not signed, and rings', async () => {
  const wrong = new World();
  withSigner(wrong);
  const id = await openedCampaign(wrong, PROPOSAL);
  await give(wrong, id, gift('07T10:00', 'a', 100));
  await wrong.drainStream();
  const totals = wrong.table.everything().find(({ type }) => type === 'campaign-totals');
  if (totals === undefined) throw new Error('there are no totals');
  await wrong.table.write({ put: { ...totals, amountMinor: 101 } });
  wrong.at('2026-09-08T08:00:00+08:00');
  expect(await signNight(wrong)).toEqual({ kind: 'signed', days: 0, failed: 1 });
  expect((await signedDays(wrong, id)).body.days).toEqual([]);
});
