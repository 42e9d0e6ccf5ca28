import { membershipsOf } from '../access/membership.store.ts';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { type Instant, type LocalDate, localDateOf, plusDays } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { childrenOf, findOrganisation } from '../organisations/organisation.store.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { legacyNoticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { exercisesOf, readBooks } from './exercise.store.ts';
import type { Books } from './exercise-books.ts';
import { isSettled } from './legacy-project.ts';
import { DOCUMENT_NAMES } from './legacy-settings.ts';

export type RemindLegacyUse = { readonly table: Table; readonly sendMail: SendMail };
type Outcome = { readonly kind: 'reminded'; readonly exercises: number; readonly sent: number };

const ZONE = 'Asia/Shanghai';
/** Who has this long or less to find a paper is reminded. */
const AHEAD_DAYS = 7;
/** A mail names so many papers; who owes more is told how many there are. */
const NAMED = 20;

/**
 * Mails each person what papers of old projects they still have to find, where the day is near or past. Once for each person and
 * exercise and the day that the run is due on: repeated, also after midnight, it reminds nobody twice. Where a mail fails the others
 * are sent, and TransientError asks for the run once more.
 */
async function remindLegacy({ organisationId, dueAt }: DueRun, use: RemindLegacyUse, now: Instant): Promise<Outcome> {
  const result = { exercises: 0, sent: 0 };
  let failed = 0;
  for await (const id of organisationsFrom(use.table, organisationId)) {
    for (const exercise of await exercisesOf(use.table, id)) {
      if (exercise.state !== 'open' && exercise.state !== 'stopped') continue;
      result.exercises += 1;
      const books = await readBooks(use.table, exercise.exerciseId);
      for (const [assignee, owed] of owedBy(books, plusDays(localDateOf(now, ZONE), AHEAD_DAYS))) {
        try {
          result.sent += await remindOne(books, { assignee, owed, dueOn: localDateOf(dueAt, ZONE) }, use, now);
        } catch (error) {
          // One mail that fails must not keep the others from theirs; the run once more tries just this one again.
          failed += 1;
          log.error('a reminder of old projects could not be sent', {
            exerciseId: exercise.exerciseId,
            reason: reasonOf(error),
          });
        }
      }
    }
  }
  if (failed > 0) throw new TransientError(`${failed} reminders of old projects could not be sent`);
  return { kind: 'reminded', ...result };
}

/** An organisation and all below it, level by level. */
async function* organisationsFrom(table: Table, organisationId: string | undefined): AsyncGenerator<string> {
  const waiting = organisationId === undefined ? [] : [organisationId];
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    yield id;
    waiting.push(...(await childrenOf(table, id)).map((child) => child.organisationId));
  }
}

type Owed = { readonly project: string; readonly paper: string; readonly dueOn: string };

/** What each person has to find until a day, the most urgent first. */
function owedBy(books: Books, until: LocalDate): Map<string, Owed[]> {
  const owed = books.counted
    .filter(({ projectId }) => books.closingOf(projectId) === undefined)
    .flatMap(({ facts, papers }) =>
      papers
        .filter((paper) => !isSettled(paper) && paper.state !== 'said-lost')
        .map(({ assignee = '', dueOn = '', kind }) => ({
          assignee,
          project: facts.name.value,
          paper: DOCUMENT_NAMES[kind],
          dueOn,
        })),
    )
    .filter(({ assignee, dueOn }) => assignee !== '' && dueOn !== '' && dueOn <= until)
    .toSorted((left, right) => (left.dueOn < right.dueOn ? -1 : left.dueOn > right.dueOn ? 1 : 0));
  return Map.groupBy(owed, ({ assignee }) => assignee);
}

async function remindOne(
  books: Books,
  { assignee, owed, dueOn: runDueOn }: { assignee: string; owed: readonly Owed[]; dueOn: LocalDate },
  use: RemindLegacyUse,
  now: Instant,
): Promise<number> {
  const { exercise } = books.books;
  const [organisation, memberships] = await Promise.all([
    findOrganisation(use.table, exercise.organisationId),
    membershipsOf(use.table, assignee),
  ]);
  // Who was suspended since is not written to; the manager sees the papers as owed all the same.
  const email = memberships.find(({ state }) => state === 'active')?.email;
  if (email === undefined) return 0;
  const today = localDateOf(now, ZONE);
  const late = owed.filter(({ dueOn }) => dueOn < today).length;
  const mail = await renderStaffMail({
    language: 'zh-CN',
    subject: `${exercise.title}：还有 ${owed.length} 份材料待补`,
    organisationName: organisation?.name ?? '',
    heading: `还有 ${owed.length} 份材料待补`,
    paragraphs: [
      late === 0
        ? '下列材料即将到期，请按时上传；确已遗失的，请说明原因，由另一人确认。'
        : `其中 ${late} 份已经逾期，请尽快上传；确已遗失的，请说明原因，由另一人确认。`,
      ...(owed.length > NAMED ? [`以下列出最急的 ${NAMED} 份。`] : []),
    ],
    facts: owed.slice(0, NAMED).map(({ project, paper, dueOn }) => [`${dueOn} 前`, `${project}：${paper}`]),
    footer: ['此邮件发给材料的责任人。'],
    generatedData: false,
  });
  return mailOnce(use, `legacy-reminder-${runDueOn}`, [email], mail, now, (kind, recipient) =>
    legacyNoticeKey(exercise.exerciseId, kind, recipient),
  );
}

export const definition: JobDefinition<RemindLegacyUse> = {
  name: 'remind-legacy',
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: remindLegacy,
};
export const handler = jobFunction(definition);
