import { expect, it } from 'vitest';
import { windowBounds } from '../../functions/kernel/time.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import type { JournalLine } from '../../functions/matching/match-entry.ts';
import { journalLines } from '../../functions/matching/matching-pool.store.ts';
import { countedGifts } from '../../functions/matching/round-settlement.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { CAMPAIGN, entry, hurried, openCampaignPool, record, WINDOW } from './money-path.ts';

it('counts in rounds what was given in money, and nothing that was given in goods', async () => {
  const table = memoryTable();
  await openCampaignPool(table, { poolMinor: 100_000 });
  const entries = [entry(0), entry(1, { inKind: true }), entry(2)];
  await record(table, entries);
  await allocateGifts(table, CAMPAIGN, entries, entry(3).occurredAt, hurried);
  const journal: JournalLine[] = [];
  for await (const line of journalLines(table, CAMPAIGN)) journal.push(line);
  const counted = countedGifts(journal, [], windowBounds(WINDOW));
  expect(journal).toHaveLength(3);
  expect(counted.map(({ line }) => line.giftId)).toEqual(['gft_0', 'gft_2']);
});
