import { daysBetween, type Instant, localDateOf, plusDays } from '../kernel/time.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findLine, headsMovedOn, keepAnchor, lastAnchor, storedLines } from './audit.store.ts';
import type { AuditHead } from './audit-line.ts';
import { CHAIN_START, ChainVerifier } from './verify-chain.ts';

/** How far back chains are looked for that moved: a run that was missed for a month loses none. */
const FURTHEST_BACK_DAYS = 35;

type Outcome = { readonly kind: 'anchored'; readonly anchors: number };

/** A thousand changes by people are a busy day; a longer stretch is for a verification by hand. */
const MOST_LINES = 20_000;

/**
 * Notes the end of every chain that moved, in a partition that those who write chains cannot write, and in the log, which
 * whoever can change the table cannot change. A chain that is later cut off or forged anew differs from both. What came
 * since the last anchor is checked; what is wrong in it rings (docs/runbook.md#audit-trail-broken), once.
 */
async function anchorTrails(_run: DueRun, { table }: { table: Table }, now: Instant): Promise<Outcome> {
  const today = localDateOf(now, 'UTC');
  let anchors = 0;
  for (const day of daysBetween(plusDays(today, -FURTHEST_BACK_DAYS), today)) {
    for (const head of await headsMovedOn(table, day)) {
      const { organisationId, number, hash } = head;
      const before = await lastAnchor(table, organisationId);
      if (before?.number === number && before.hash === hash) continue;
      await ringWhereBroken(table, head, before?.number ?? 0);
      await keepAnchor(table, head, now);
      log.info('audit trail anchored', { organisationId, number, hash });
      anchors += 1;
    }
  }
  return { kind: 'anchored', anchors };
}

/** Checks the lines after the last anchor. Lines that came after the head was read are for the next run. */
async function ringWhereBroken(table: Table, head: AuditHead, after: number): Promise<void> {
  const { organisationId } = head;
  const anchored = after === 0 ? CHAIN_START : await findLine(table, organisationId, after);
  const verifier = new ChainVerifier(organisationId, [], anchored ?? { number: after, hash: '' });
  let read = 0;
  for await (const stored of storedLines(table, organisationId, after)) {
    if (stored.storedNumber > head.number || read === MOST_LINES) break;
    verifier.take(stored);
    read += 1;
  }
  const problems = read === MOST_LINES ? verifier.problems : verifier.finish(head);
  if (problems.length === 0) return;
  log.error('audit trail broken', { organisationId, problems: problems.slice(0, 10), found: problems.length });
  count(METRICS.auditTrailBroken);
}

export const definition: JobDefinition<{ table: Table }> = {
  name: 'anchor-audit-trails',
  open: () => ({ table: openTable() }),
  handle: anchorTrails,
};
export const handler = jobFunction(definition);
