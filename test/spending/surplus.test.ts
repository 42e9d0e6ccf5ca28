import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { auditLines } from '../../functions/audit/audit.store.ts';
import { auditedTable } from '../../functions/audit/audited-table.ts';
import { ChainVerifier } from '../../functions/audit/verify-chain.ts';
import { campaignSchema } from '../../functions/campaigns/campaign.ts';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { campaignKey } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';
import { decideSpending, enterSpending } from '../../functions/spending/spending.store.ts';
import { readSpendingBooks } from '../../functions/spending/spending-books.store.ts';
import { spendingViolations, surplusViolations } from '../../functions/spending/spending-invariants.ts';
import { spendingRatios } from '../../functions/spending/spending-ratios.ts';
import { requestIdOf, spendingRequestSchema } from '../../functions/spending/spending-request.ts';
import { organisationPut, ROOT } from '../access/people.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import { faultyTable } from '../faults/faulty-table.ts';
import { MINUTES_ID, NOW, type SpendingBooks, spendingBooks } from './spending-books.ts';

const OTHER_ID = 'cmp_otherotherotherother';
const minutes = { attachmentId: MINUTES_ID, heldOn: '2026-10-08', attendees: ['何', '孙', '王'] };
const surplus = {
  kind: 'surplus',
  amountMinor: 5_000_000,
  destination: 'campaign',
  toCampaignId: OTHER_ID,
  reason: '同类项目',
};

/** A campaign of the neighbouring city, in the same tree, that goes on. */
async function putNeighbour(table: Table, organisationId = 'mianyang'): Promise<void> {
  await table.write(organisationPut([ROOT, 'mianyang'], '绵阳市红十字会'));
  const first = campaignSchema.parse(await table.get(campaignKey(CAMPAIGN_ID)));
  const proposal = { ...first.proposal, organisationId, title: '博爱家园' };
  await table.write({
    put: { ...campaignKey(OTHER_ID), ...first, campaignId: OTHER_ID, status: 'open', proposal } as never,
  });
}

async function trailOf(table: Table, organisationId: string) {
  const lines = [];
  for await (const line of auditLines(table, organisationId)) lines.push(line);
  return lines;
}

const bothBooks = async (table: Table) => {
  const books = await Promise.all([CAMPAIGN_ID, OTHER_ID].map((id) => readSpendingBooks(table, id)));
  return books.flatMap((book) => book ?? []);
};

describe('a surplus that goes to the campaign of another organisation', () => {
  let books: SpendingBooks;
  beforeEach(async () => {
    books = await spendingBooks();
    await putNeighbour(books.table);
  });

  test('is income of that campaign, with whose it was, and stands in both trails, each of its own', async () => {
    const { body } = await books.ask(surplus);
    expect(await trailOf(books.table, 'mianyang')).toEqual([]);
    expect((await books.decide(body.requestId, { decision: 'confirm', minutes })).status).toBe(200);

    const [given, received] = await bothBooks(books.table);
    expect(given?.book.surplusOutMinor).toBe(5_000_000);
    expect(received?.entries).toMatchObject([
      {
        kind: 'surplus-in',
        amountMinor: 5_000_000,
        fromCampaignId: CAMPAIGN_ID,
        fromOrganisationId: 'dazhou',
        fromName: expect.stringContaining('(达州市红十字会)'),
      },
    ]);
    const theirs = await trailOf(books.table, 'mianyang');
    expect(theirs).toMatchObject([
      {
        by: 'finance-li',
        action: `a surplus of ${CAMPAIGN_ID} is received`,
        changes: [{ item: 'spending-entry', change: 'made' }],
      },
    ]);
    // What the giver's people wrote about it is told to the giver's people.
    expect(JSON.stringify(theirs)).not.toContain('spending-request');
    expect(theirs[0]?.changes[0]?.fields).toContainEqual({ field: 'amountMinor', after: 5_000_000 });
    const ours = (await trailOf(books.table, 'dazhou')).at(-1);
    expect(ours?.action).toBe('POST /campaigns/{campaignId}/spending-requests/{requestId}/decisions');
    expect(ours?.changes.map(({ item }) => item)).toContain('spending-request');
  });

  test('within one organisation stands in its one trail once', async () => {
    await putNeighbour(books.table, 'dazhou');
    const { body } = await books.ask(surplus);
    await books.decide(body.requestId, { decision: 'confirm', minutes });
    expect(await trailOf(books.table, 'mianyang')).toEqual([]);
    const entries = (await trailOf(books.table, 'dazhou')).flatMap(({ changes }) =>
      changes.filter(({ item }) => item === 'spending-entry'),
    );
    expect(entries).toHaveLength(2);
  });

  test('is income of the receiver’s year, and of no year of an organisation that hands it to itself', async () => {
    const { body } = await books.ask(surplus);
    await books.decide(body.requestId, { decision: 'confirm', minutes });
    const [, received] = await bothBooks(books.table);
    const { entries = [] } = received ?? {};
    const income = (organisationId: string, year = 2027) =>
      spendingRatios(year, [{ organisationId, entries, days: [], goods: [] }]).incomeOfYearBeforeMinor;
    expect([income('mianyang'), income('dazhou'), income('mianyang', 2026)]).toEqual([5_000_000, 0, 0]);
  });
});

test('over a store that loses answers, both books and both trails have it once, or none of the four has it', async () => {
  let handed = 0;
  let struck = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const { table } = await spendingBooks();
      await putNeighbour(table);
      const rates = { lostBefore: 0.05, lostAfter: 0.15, conflict: 0.15, throttle: 0.05, unreadable: 0.02 };
      const faulty = faultyTable(table, rates, seed);
      const hurried = { random: () => 0, pause: async () => undefined };
      const by = (person: string) =>
        auditedTable(faulty, { organisationId: 'dazhou', by: person, action: 'test', now: NOW }, hurried);
      const requestId = requestIdOf(CAMPAIGN_ID, 'key');
      const patience = { random: () => 0.5, pause: async () => undefined };
      const request = spendingRequestSchema.parse(surplus);
      // A person who saw no answer asks again; some give up, and then whatever was done is done whole.
      const attempt = async (act: () => Promise<unknown>, times: number): Promise<void> => {
        for (let time = 0; time < times; time += 1) {
          try {
            await act();
            return;
          } catch (error) {
            if (!(error instanceof TransientError || error instanceof ThrottledError)) throw error;
          }
        }
      };
      const decision = { decision: 'confirm', minutes } as never;
      const enter = () =>
        enterSpending(by('chen'), CAMPAIGN_ID, request, { requestId, by: 'chen', now: NOW }, patience);
      const decide = (person: string) => () =>
        decideSpending(by(person), CAMPAIGN_ID, requestId, decision, { by: person, now: NOW }, patience);
      await attempt(enter, 20);
      await Promise.all([attempt(decide('li'), 2), attempt(decide('wang'), 2)]);
      struck += faulty.struck.lostAfter + faulty.struck.conflict;

      const all = await bothBooks(table);
      const [given, received] = all;
      const isHanded = given?.book.surplusOutMinor === 5_000_000;
      handed += isHanded ? 1 : 0;
      expect(received?.book.surplusInMinor).toBe(isHanded ? 5_000_000 : 0);
      expect([...all.flatMap(spendingViolations), ...surplusViolations(all)]).toEqual([]);
      const count = async (organisationId: string) => {
        const lines = await trailOf(table, organisationId);
        const chain = new ChainVerifier(organisationId);
        for (const line of lines) chain.take({ storedNumber: line.number, line });
        expect(chain.problems).toEqual([]);
        return lines.filter(({ changes }) => changes.some(({ item }) => item === 'spending-entry')).length;
      };
      expect([await count('dazhou'), await count('mianyang')]).toEqual(isHanded ? [1, 1] : [0, 0]);
    }),
    { numRuns: 120 },
  );
  expect(handed).toBeGreaterThan(20);
  expect(struck).toBeGreaterThan(60);
});
