import { describe, expect, it } from 'vitest';
import { instantOf, localDateOf, localDateSchema } from '../../functions/kernel/time.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { definition } from '../../functions/matching/run-what-if.lambda.ts';
import { moveByDays } from '../../functions/matching/what-if/moved-days.ts';
import { poolKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { putPeople } from '../access/people.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { entry, record } from './money-path.ts';

const NOW = instantOf('2026-09-08T10:00:00Z');
const MANAGER = { id: 'manager-li', groups: ['manager'] };
const RULE = {
  version: 2,
  kind: 'ratio',
  id: 'main',
  sponsor: 'Sponsor',
  poolMinor: 10_000_000,
  numerator: 1,
  denominator: 1,
};
const REQUEST = {
  drafts: [{ rules: [RULE] }],
  window: { firstDay: '2027-09-07', lastDay: '2027-09-09', zone: 'Asia/Shanghai' },
  units: ['party', 'health'],
  gifts: { generated: { count: 200, seed: 3 } },
};

type Body = Record<string, unknown> & {
  drafts: Record<string, unknown>[];
  problems: { field: string; problem: string }[];
};

async function ask(request: object, table: MemoryTable = memoryTable(), actor = MANAGER) {
  if (table.everything().length === 0) await putPeople(table);
  const handler = anyHttpFunction(definition, {
    use: { table: restrictedTable(table, 'run-what-if') },
    tellTime: async () => NOW,
  });
  const answer = await handler(
    httpEvent({ method: 'POST', path: '/what-ifs', body: JSON.stringify(request), actor }),
    lambdaContext,
  );
  return { status: answer.statusCode, body: JSON.parse(answer.body ?? '{}') as Body };
}

const fieldsOf = async (request: object): Promise<string[]> =>
  ((await ask(request)).body.problems ?? []).map(({ field }) => field);

describe('the route for what-ifs', () => {
  it('gives the figures of generated gifts, the same for the same seed, and says that they are generated', async () => {
    const first = await ask(REQUEST);
    expect(first.status).toBe(200);
    expect(first.body['gifts']).toMatchObject({ count: 200, outside: { gifts: 0 } });
    expect(first.body.drafts[0]).toMatchObject({ matchedGifts: 200, matchedBasisPoints: 10_000 });
    expect(first.body['notes']).toEqual(['donors-are-made-up']);
    expect((await ask(REQUEST)).body).toEqual(first.body);
    expect((await ask({ ...REQUEST, gifts: { generated: { count: 200, seed: 4 } } })).body).not.toEqual(first.body);
  });

  it('replays the journal of a campaign in its recorded order, moved to the first day of the window', async () => {
    const table = memoryTable();
    const { proposal } = await putCampaign(table);
    await table.write({ put: openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, proposal.currency) });
    const gifts = Array.from({ length: 120 }, (_, n) => entry(n, { campaignId: CAMPAIGN_ID }));
    await record(table, gifts);
    await allocateGifts(table, CAMPAIGN_ID, gifts, NOW, { random: () => 0, pause: async () => undefined });
    const before = table.changes.length;
    const { body } = await ask(
      { ...REQUEST, drafts: [{ rules: [{ ...RULE, poolMinor: 50_500 }] }], gifts: { campaignId: CAMPAIGN_ID } },
      table,
    );
    expect(body['hours']).toEqual([
      { hour: '2027-09-07T00:00', gifts: 59, amountMinor: 59_000 },
      { hour: '2027-09-07T01:00', gifts: 60, amountMinor: 60_000 },
      { hour: '2027-09-07T02:00', gifts: 1, amountMinor: 1_000 },
    ]);
    expect(body.drafts[0]).toMatchObject({
      usedMinor: 50_500,
      rules: [{ runsOutAt: instantOf('2027-09-07T00:51:00+08:00') }],
    });
    expect(body['notes']).toEqual(['refunds-are-not-replayed']);
    expect(table.changes).toHaveLength(before);
  });

  it('names every contradiction of every draft at once, each with its place', async () => {
    const contradictory = { rules: [RULE, { ...RULE, perGift: { capMinor: 20_000_000 } }] };
    expect(await fieldsOf({ ...REQUEST, drafts: [contradictory, { rules: [{ ...RULE, poolMinor: 0 }] }] })).toEqual([
      'drafts[0].rules[1].perGift.capMinor',
      'drafts[0].rules[1].id',
      'drafts[1].rules[0].poolMinor',
    ]);
    expect(await fieldsOf({ ...REQUEST, window: { ...REQUEST.window, lastDay: '2027-09-01' } })).toEqual([
      'window.lastDay',
    ]);
  });

  it('refuses fields it does not know, three drafts, no gifts, and two kinds of them', async () => {
    expect(await fieldsOf({ ...REQUEST, drafts: [{ rules: [{ ...RULE, numerator: 0 }] }] })).toEqual([
      'drafts[0].rules[0].numerator',
    ]);
    expect(await fieldsOf({ ...REQUEST, drafts: [1, 2, 3].map(() => REQUEST.drafts[0]) })).toEqual(['drafts']);
    expect(await fieldsOf({ ...REQUEST, gifts: {} })).toEqual(['gifts']);
    expect(await fieldsOf({ ...REQUEST, gifts: { ...REQUEST.gifts, campaignId: 'cmp_1' } })).toEqual(['gifts']);
    expect(await fieldsOf({ ...REQUEST, gifts: { generated: { count: 1_000_001 } } })).toEqual([
      'gifts.generated.count',
    ]);
  });

  it('refuses more than one answer has time for, and says where there is time', async () => {
    const rules = Array.from({ length: 6 }, (_, n) => ({ ...RULE, id: `rule-${n}` }));
    const { status, body } = await ask({ ...REQUEST, drafts: [{ rules }], gifts: { generated: { count: 1_000_000 } } });
    expect(status).toBe(422);
    expect(body.problems[0]).toMatchObject({
      field: 'gifts.generated.count',
      fix: expect.stringContaining('npm run what-if'),
    });
    const table = memoryTable();
    const { proposal } = await putCampaign(table);
    await table.write({ put: openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, proposal.currency) });
    await table.write({ update: poolKey(CAMPAIGN_ID), set: { sequence: 100_001 } });
    const large = await ask({ ...REQUEST, gifts: { campaignId: CAMPAIGN_ID } }, table);
    expect(large.body.problems[0]).toMatchObject({
      field: 'gifts.campaignId',
      problem: expect.stringContaining('100000'),
    });
  });

  it('refuses a campaign that does not exist or was never opened, and whoever has no role', async () => {
    const table = memoryTable();
    await putCampaign(table, 'approved');
    const never = await ask({ ...REQUEST, gifts: { campaignId: CAMPAIGN_ID } }, table);
    expect(never.body.problems[0]?.field).toBe('gifts.campaignId');
    expect((await ask({ ...REQUEST, gifts: { campaignId: 'cmp_nowhere' } }, table)).status).toBe(403);
    expect((await ask(REQUEST, table, { id: 'x', groups: ['auditor'] })).status).toBe(403);
  });
});

describe('moving gifts by days', () => {
  it('keeps the time on the clock, over a change of clocks as well', () => {
    const zone = 'America/New_York';
    const move = moveByDays(3, zone);
    // From the Friday before summer time ends to the Monday after.
    expect(move(instantOf('2026-10-30T20:15:00-04:00'))).toEqual({
      occurredAt: instantOf('2026-11-02T20:15:00-05:00'),
      day: localDateSchema.parse('2026-11-02'),
    });
    const moment = instantOf('2026-09-07T23:59:59+08:00');
    expect(moveByDays(0, 'Asia/Shanghai')(moment)).toEqual({
      occurredAt: moment,
      day: localDateOf(moment, 'Asia/Shanghai'),
    });
  });
});
