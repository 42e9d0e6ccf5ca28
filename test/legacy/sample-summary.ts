import { instantOf } from '../../functions/kernel/time.ts';
import { Books } from '../../functions/legacy/exercise-books.ts';
import type { LegacyClosing } from '../../functions/legacy/legacy-exercise.ts';
import { type LegacySummary, legacySummarySchema, summaryOf } from '../../functions/legacy/legacy-summary.ts';
import { SETTINGS } from './true-reading.ts';

const NOW = instantOf('2020-11-20T10:00:00+08:00');
const EXERCISE_ID = 'lgx_00000000000000000001';

/** The summary of an exercise with these projects closed, each a bridge of 2012 but for what is said of it. */
export function sampleSummary(closed: readonly Partial<LegacyClosing>[]): LegacySummary {
  const closings = closed.map(
    (changes, at): LegacyClosing => ({
      type: 'legacy-closing',
      exerciseId: EXERCISE_ID,
      projectId: `lgp_${String(at).padStart(20, '0')}`,
      round: 1,
      name: `便民桥援建${at + 1}号`,
      kind: 'building',
      source: '四川省红十字会',
      county: '宣汉县',
      year: 2012,
      moneyMinor: 0,
      goodsMinor: 0,
      goods: [],
      inferred: [],
      unconfirmed: [],
      lostPapers: [],
      decision: 'close',
      decisionNumber: 1,
      closedAt: NOW,
      ...changes,
    }),
  );
  const books = new Books({
    exercise: {
      type: 'legacy-exercise',
      exerciseId: EXERCISE_ID,
      organisationId: 'dazhou',
      title: '2008年以来项目清理结项',
      recipients: ['shi@example.org'],
      state: 'closing',
      version: 1,
      decisions: 1,
      rounds: 1,
      createdBy: 'manager-wang',
      createdAt: NOW,
      updatedAt: NOW,
    },
    projects: [],
    pairs: [],
    decisions: [],
    closings,
  });
  return legacySummarySchema.parse(
    summaryOf(books, {
      organisationName: '达州市红十字会',
      settings: SETTINGS,
      failures: [],
      lists: [],
      preparedAt: NOW,
    }),
  );
}
