import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { MOST_FINAL_GIFTS, mustFit } from '../../functions/matching/final-books.store.ts';
import { definition } from '../../functions/matching/finalise-matching.lambda.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import type { Question } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Item, Table } from '../../functions/platform/table.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';

const patience = { random: () => 0, pause: async () => undefined };

describe('the books of a campaign that is brought to its end', () => {
  it('fit into the memory that the function has, up to a number of gifts that is said', () => {
    expect(() => mustFit({ campaignId: CAMPAIGN_ID, sequence: MOST_FINAL_GIFTS })).not.toThrow();
    expect(() => mustFit({ campaignId: CAMPAIGN_ID, sequence: MOST_FINAL_GIFTS + 1 })).toThrow(PermanentError);
  });

  it('are refused before any of them is read where they are larger: a person gives the function more', async () => {
    const memory = memoryTable();
    const { proposal } = await putCampaign(memory, 'closed');
    const pool = openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, 'CNY');
    await memory.write({ put: { ...pool, sequence: MOST_FINAL_GIFTS + 1 } as unknown as Item });
    const asked: Question[] = [];
    const table: Table = {
      ...memory,
      query: (question, options) => {
        asked.push(question);
        return memory.query(question, options);
      },
    };
    const finalised = definition.handle(
      { campaignId: CAMPAIGN_ID },
      { table, patience },
      instantOf('2026-09-12T09:00:00+08:00'),
    );
    await expect(finalised).rejects.toThrow('2000001 gifts');
    expect(asked).toEqual([]);
  });
});
