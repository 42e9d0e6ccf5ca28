import { beforeEach, describe, expect, it, vi } from 'vitest';
import { definition as getPublicFigures } from '../../functions/disclosure/get-public-figures.lambda.ts';
import { definition as getPublicPage } from '../../functions/disclosure/get-public-page.lambda.ts';
import { definition as listPublicGifts } from '../../functions/disclosure/list-public-gifts.lambda.ts';
import { donorContactKey } from '../../functions/platform/keys.ts';
import { ADMIN, APPROVER, MANAGER, PROPOSAL } from '../stories/people.ts';
import { type Gift, give, openedCampaign } from '../stories/play.ts';
import { type Answer, World } from '../stories/world.ts';

const DOORS = {
  'the figures': (world: World, campaignId: string) => world.figures(campaignId),
  'the page': (world: World, campaignId: string) => world.publicPage(campaignId),
  'the list of gifts': (world: World, campaignId: string) => world.publicGifts(campaignId),
};
const doors = Object.entries(DOORS);

const gift = (n: number, asked: object = {}): Gift => ({
  paidAt: `2026-09-07T10:${String(n % 60).padStart(2, '0')}:${String(Math.floor(n / 60)).padStart(2, '0')}+08:00`,
  openid: `openid-${n}`,
  amountMinor: 100 + n,
  asked,
});
type Listed = { no: number; name: string | null; giftMinor: number };
const numbersOf = ({ body }: Answer): number[] => body.gifts.map(({ no }: Listed) => no);

let world: World;
beforeEach(() => {
  world = new World();
});

describe('before its approval a campaign is nobody’s business but the organisation’s', () => {
  it.each(doors)('%s answers 404 until then, as for one that does not exist', async (_door, ask) => {
    await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
    const { campaignId } = (await world.submit(PROPOSAL, MANAGER)).body;
    const unknown = await ask(world, 'cmp_unknown');
    expect([unknown.status, unknown.body.title]).toEqual([404, 'unknown-campaign']);
    const hidden = async () => expect(await ask(world, campaignId)).toEqual(unknown);
    await hidden();
    await world.requestApproval(campaignId, 1, 'token-1');
    await hidden();
    await world.decide(campaignId, { decision: 'approve', round: 1 }, APPROVER);
    await hidden();
    await world.move(campaignId, 'approved');
    expect((await ask(world, campaignId)).status).toBe(200);
  });

  it.each(doors)('%s answers 404 for one that was returned', async (_door, ask) => {
    await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
    const { campaignId } = (await world.submit(PROPOSAL, MANAGER)).body;
    await world.move(campaignId, 'returned', 'a reason that is nobody’s business');
    expect((await ask(world, campaignId)).status).toBe(404);
  });

  it.each(doors)('%s answers 404 for an id that is none, and does not look it up', async (_door, ask) => {
    const get = vi.spyOn(world.table, 'get');
    for (const campaignId of ['', 'CMP_1', 'cmp_1#CAMPAIGN', `cmp_${'x'.repeat(2_000)}`, '达州'])
      expect((await ask(world, campaignId)).status, campaignId).toBe(404);
    expect(get).not.toHaveBeenCalled();
  });

  it('shows full pool and zeros between approval and opening', async () => {
    await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
    const { campaignId } = (await world.submit(PROPOSAL, MANAGER)).body;
    await world.requestApproval(campaignId, 1, 'token-1');
    await world.decide(campaignId, { decision: 'approve', round: 1 }, APPROVER);
    await world.move(campaignId, 'approved');
    const { body } = await world.figures(campaignId);
    expect(body.raised).toEqual({
      gifts: 0,
      donors: 0,
      giftsMinor: 0,
      refundedGifts: 0,
      refundedMinor: 0,
      goodsMinor: 0,
      goodsBackMinor: 0,
      matchMinor: 0,
      lumpMinor: 0,
      totalMinor: 0,
    });
    expect(body.match).toMatchObject({ poolMinor: 15_000, remainingMinor: 15_000, stage: 'not-open', changes: [] });
    expect((await world.publicGifts(campaignId)).body).toMatchObject({ gifts: [], next: null });
  });
});

describe('the list of gifts', () => {
  it('is read page by page from the newest to the first, each gift once, in whatever batches they were counted', async () => {
    const campaignId = await openedCampaign(world);
    for (let n = 0; n < 120; n += 1) await give(world, campaignId, gift(n));
    await world.drainStream(7);
    const pages: number[][] = [];
    for (let query: Record<string, string> | undefined = {}; query !== undefined; ) {
      const page: Answer = await world.publicGifts(campaignId, query);
      pages.push(numbersOf(page));
      const next: string | null = page.body.next;
      query = next === null ? undefined : Object.fromEntries(new URLSearchParams(next));
    }
    expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
    expect(pages.flat()).toEqual(Array.from({ length: 120 }, (_, n) => 120 - n));
  });

  it('ends at gift number 1, and is empty below it', async () => {
    const campaignId = await openedCampaign(world);
    for (let n = 0; n < 3; n += 1) await give(world, campaignId, gift(n));
    await world.drainStream();
    const asked = async (before: string) => {
      const page = await world.publicGifts(campaignId, { before });
      return [numbersOf(page), page.body.next];
    };
    expect(await asked('4')).toEqual([[3, 2, 1], null]);
    expect(await asked('2')).toEqual([[1], null]);
    expect(await asked('1')).toEqual([[], null]);
    // Above the newest gift there is nothing yet, so the list begins at the newest.
    expect(await asked('999999999999')).toEqual([[3, 2, 1], null]);
  });

  it.each(['', '0', '-1', '01', '1.5', '1e3', 'abc', ' 1', '1000000000000', '1;2'])(
    'refuses the cursor "%s" before it looks for anything',
    async (before) => {
      const answer = await world.publicGifts('cmp_unknown', { before });
      expect([answer.status, answer.body.title]).toEqual([400, 'bad-cursor']);
    },
  );

  it('names those who agreed and nobody else, and nobody any more once they are erased', async () => {
    const campaignId = await openedCampaign(world);
    const named = await give(world, campaignId, gift(1, { name: '刘海燕', anonymous: false, message: '加油' }));
    await give(world, campaignId, gift(2, { name: '何不想被人知道' }));
    await give(world, campaignId, gift(3, { name: '张更不想', anonymous: true, email: 'zhang@example.org' }));
    const agreedWithoutName = await give(world, campaignId, gift(4, { anonymous: false }));
    await world.drainStream();
    const namesNow = async (): Promise<(string | null)[]> =>
      (await world.publicGifts(campaignId)).body.gifts.map(({ name }: Listed) => name);
    expect(await namesNow()).toEqual([null, null, null, '刘海燕']);

    const everything = JSON.stringify([
      (await world.publicGifts(campaignId)).body,
      (await world.publicPage(campaignId)).body,
      (await world.figures(campaignId)).body,
    ]);
    for (const secret of ['何不想被人知道', '张更不想', 'example.org', '加油', 'openid', 'dnr_', 'int_', 'gft_'])
      expect(everything).not.toContain(secret);

    // The contacts of those who did not agree are not even read.
    const getMany = vi.spyOn(world.table, 'getMany');
    await world.publicGifts(campaignId);
    expect(getMany.mock.calls.flatMap(([keys]) => keys)).toEqual(
      [agreedWithoutName, named].map(({ orderNo }) => donorContactKey(orderNo)),
    );

    await world.table.write({ delete: donorContactKey(named.orderNo) });
    expect(await namesNow()).toEqual([null, null, null, null]);
    expect((await world.publicPage(campaignId)).body).not.toContain('刘海燕');
    // The gift itself stays, and so does every sum.
    expect((await world.figures(campaignId)).body.raised).toMatchObject({ gifts: 4, giftsMinor: 410 });
  });
});

describe('a reader who has it already', () => {
  const READERS = {
    'the figures': (campaignId: string, headers: Record<string, string>) =>
      world.request('get-public-figures', getPublicFigures, { routeParameters: { campaignId }, headers }),
    'the page': (campaignId: string, headers: Record<string, string>) =>
      world.request('get-public-page', getPublicPage, { routeParameters: { campaignId }, headers }),
    'the list of gifts': (campaignId: string, headers: Record<string, string>) =>
      world.request('list-public-gifts', listPublicGifts, { routeParameters: { campaignId }, headers }),
  };

  it.each(Object.entries(READERS))('of %s gets 304 and no body, however the tag is sent', async (_what, ask) => {
    const campaignId = await openedCampaign(world);
    const first = await ask(campaignId, {});
    const etag = String(first.headers['etag']);
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, `W/"other",W/${etag} , "more"`]) {
      const again = await ask(campaignId, { 'If-None-Match': sent });
      expect([again.status, again.body], sent).toEqual([304, undefined]);
      expect(again.headers).toMatchObject({ etag, 'cache-control': first.headers['cache-control'] });
    }
    for (const sent of ['"other"', etag.slice(1, -1), '', `W/W/${etag}`])
      expect((await ask(campaignId, { 'If-None-Match': sent })).status, sent).toBe(200);
  });

  it('gets the new figures with a new tag after one more gift', async () => {
    const campaignId = await openedCampaign(world);
    const first = await world.figures(campaignId);
    await give(world, campaignId, gift(1));
    await world.drainStream();
    const next = await world.figures(campaignId, { 'If-None-Match': String(first.headers['etag']) });
    expect([next.status, next.body.raised.gifts]).toEqual([200, 1]);
    expect(next.headers['etag']).not.toBe(first.headers['etag']);
  });

  it('may keep what is public for seconds, and nothing that failed', async () => {
    const campaignId = await openedCampaign(world);
    for (const [, ask] of doors) {
      expect((await ask(world, campaignId)).headers['cache-control']).toMatch(/^public, max-age=\d+/);
      expect((await ask(world, 'cmp_unknown')).headers['cache-control']).toBe('no-store');
    }
  });
});

describe('the page', () => {
  it('speaks the language that is asked for, and the campaign’s own where none of ours is', async () => {
    const campaignId = await openedCampaign(world);
    for (const [lang, spoken] of [
      ['en', 'en'],
      ['zh-CN', 'zh-CN'],
      ['fr', 'zh-CN'],
      ['"><script>', 'zh-CN'],
    ] as const)
      expect((await world.publicPage(campaignId, { lang })).body).toContain(`<html lang="${spoken}">`);
  });

  it('says that data are generated where they are, and is silent about it where they are not', async () => {
    const real = await openedCampaign(world);
    expect((await world.publicPage(real)).body).not.toContain('演示数据');
    world = new World();
    const generated = await openedCampaign(world, { ...PROPOSAL, generatedData: true });
    expect((await world.publicPage(generated)).body).toContain('演示数据');
    expect((await world.figures(generated)).body.generatedData).toBe(true);
  });

  it('shows what a manager wrote as text', async () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const campaignId = await openedCampaign(world, { ...PROPOSAL, title: evil, purpose: evil });
    const page = (await world.publicPage(campaignId)).body;
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
  });

  it('shows every text of the plan as text, whatever a manager wrote into it', async () => {
    const evil = '<script>alert(1)</script>&';
    const { personInCharge, bankAccount, certificate, beneficiaries, executionPlan, platforms } = PROPOSAL;
    const campaignId = await openedCampaign(world, {
      ...PROPOSAL,
      slogan: evil,
      region: evil,
      personInCharge: { ...personInCharge, name: evil, officeAddress: evil },
      bankAccount: { ...bankAccount, holder: evil, bank: evil },
      certificate: { ...certificate, holder: evil, number: evil },
      partner: { name: evil, duties: evil, agreement: { reference: evil, signedOn: '2026-08-01' } },
      beneficiaries: { ...beneficiaries, group: evil, howChosen: evil },
      needEvidence: evil,
      useOfProceeds: evil,
      fundraisingCost: evil,
      surplus: evil,
      executionPlan: [{ ...executionPlan[0], stage: evil, activities: evil }],
      receiptPolicy: evil,
      refundPolicy: evil,
      platforms: [{ ...platforms[0], name: evil }],
      units: [{ id: 'a', name: evil }],
    });
    for (const lang of ['zh-CN', 'en']) {
      const page = (await world.publicPage(campaignId, { lang })).body;
      expect(page).not.toContain('<script');
      // Twenty texts of the plan, and the unit's name.
      expect(page.split('&lt;script&gt;alert(1)&lt;/script&gt;&amp;').length - 1).toBe(21);
    }
  });

  it('shows what the law asks for where gifts are, and of the account the end of its number only', async () => {
    const campaignId = await openedCampaign(world);
    const page = (await world.publicPage(campaignId)).body;
    const { number } = PROPOSAL.bankAccount;
    for (const text of ['演示-公募-0001', '四川省达州市通川区演示路 1 号', '0818-0000000', '••••0000', '慈善中国'])
      expect(page).toContain(text);
    const plan = await world.publicPlan(campaignId);
    expect(plan.body).toMatchObject({
      bankAccount: { number: '••••0000' },
      budgetShares: { management: { amountMinor: 4_000, basisPoints: 400 } },
    });
    for (const face of [page, JSON.stringify(plan.body)]) {
      expect(face).not.toContain(number);
      expect(face).not.toContain('@example.org');
    }
  });
});
