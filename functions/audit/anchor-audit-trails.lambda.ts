import * as z from 'zod';
import { daysBetween, type Instant, localDateOf, plusDays } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { headsMovedOn, keepAnchor } from './audit.store.ts';

/** How far back chains are looked for that moved: a run that was missed for a month loses none. */
const FURTHEST_BACK_DAYS = 35;

type Outcome = { readonly kind: 'anchored'; readonly anchors: number };

/**
 * Notes the end of every chain that moved, in a partition that those who write chains cannot write, and in the log, which
 * whoever can change the table cannot change. A chain that is later cut off or forged anew differs from both.
 */
async function anchorTrails(_input: unknown, { table }: { table: Table }, now: Instant): Promise<Outcome> {
  const today = localDateOf(now, 'UTC');
  let anchors = 0;
  for (const day of daysBetween(plusDays(today, -FURTHEST_BACK_DAYS), today)) {
    for (const head of await headsMovedOn(table, day)) {
      if ((await keepAnchor(table, head, now)) === 'there') continue;
      const { organisationId, number, hash } = head;
      log.info('audit trail anchored', { organisationId, number, hash });
      anchors += 1;
    }
  }
  return { kind: 'anchored', anchors };
}

export const definition: TaskDefinition<unknown, { table: Table }> = {
  name: 'anchor-audit-trails',
  input: z.unknown(),
  open: () => ({ table: openTable() }),
  handle: anchorTrails,
};
export const handler = taskFunction(definition);
