import { type ExitCode, FAILED } from './command-problem.ts';
import { type DeadLetter, deadLetterOf } from './dead-letter.ts';
import { DEAD_LETTER_QUEUES, type DeadLetterQueue, type Operator, type Replayed } from './operator.ts';
import { systemOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { heading, jsonText, tableText, timeText } from './table.ts';
import { agrees } from './terminal.ts';

type Typed = { readonly local: boolean; readonly json: boolean };

/** As many as a person reads; a campaign that fails altogether has its alarms. */
const MOST_SHOWN = 100;
const QUEUE_WORDS = { notice: 'Notices that failed', poison: 'Records that were set aside' } as const;

/** What waits in both queues of failures; it stays there. */
export async function listDeadLetters(surroundings: Surroundings, typed: Typed): Promise<void> {
  const { terminal } = surroundings;
  const operator = surroundings.openOperator(systemOf(surroundings, typed.local));
  const found: Partial<Record<DeadLetterQueue, readonly DeadLetter[]>> = {};
  for (const queue of DEAD_LETTER_QUEUES) found[queue] = await lettersOf(operator, queue);
  if (typed.json) {
    const plain = Object.entries(found).map(([queue, letters]) => [queue, letters.map(withoutReceipt)]);
    terminal.write(jsonText(Object.fromEntries(plain)));
  } else terminal.write(DEAD_LETTER_QUEUES.map((queue) => lettersText(queue, found[queue] ?? [])).join('\n'));
}

const withoutReceipt = ({ id, sentAt, about, reason }: DeadLetter) => ({
  id,
  sentAt: new Date(sentAt).toISOString(),
  about,
  reason,
});

const lettersOf = async (operator: Operator, queue: DeadLetterQueue): Promise<DeadLetter[]> =>
  (await operator.deadLetters(queue, MOST_SHOWN)).map((letter) => deadLetterOf(queue, letter));

function lettersText(queue: DeadLetterQueue, letters: readonly DeadLetter[]): string {
  const rows = letters.map(({ sentAt, about, reason }) => [timeText(new Date(sentAt).toISOString()), about, reason]);
  const more = letters.length === MOST_SHOWN ? `  There may be more than these ${MOST_SHOWN}.\n` : '';
  return `${heading(`${QUEUE_WORDS[queue]}: ${letters.length}`)}${rows.length === 0 ? '' : tableText(['Since', 'What', 'Why'], rows)}${more}`;
}

/** Does again what failed, after its cause was mended: each gift is counted and thanked once all the same. */
export async function replayDeadLetters(
  surroundings: Surroundings,
  queue: DeadLetterQueue,
  typed: Typed & { readonly yes: boolean },
): Promise<ExitCode> {
  const { terminal } = surroundings;
  const operator = surroundings.openOperator(systemOf(surroundings, typed.local));
  const letters = await lettersOf(operator, queue);
  terminal.writeError(lettersText(queue, letters));
  if (letters.length === 0) return 0;
  const question =
    queue === 'notice' ? 'Send them back into their queue?' : 'Hand these records to their functions again?';
  if (!typed.yes && !(await agrees(terminal, `Has the cause been mended? ${question}`))) {
    terminal.writeError('Nothing was done.\n');
    return FAILED;
  }
  if (queue === 'notice') {
    await operator.returnNotices();
    const sentence = 'The notices are on their way back into their queue; each is sent once at most.';
    terminal.write(typed.json ? jsonText({ returned: letters.length }) : `${sentence}\n`);
    return 0;
  }
  return replayRecords(surroundings, operator, letters, typed);
}

type Outcome = Replayed | 'by-hand';
const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  replayed: 'done, and taken out of the queue',
  'no-such-item': 'there is no such item; it stays in the queue',
  'failed-again': 'failed again; it stays in the queue',
  'by-hand': 'has to be done by hand (docs/runbook.md); it stays in the queue',
};

async function replayRecords(
  { terminal }: Surroundings,
  operator: Operator,
  letters: readonly DeadLetter[],
  typed: Typed,
): Promise<ExitCode> {
  const results: { about: string; outcome: Outcome }[] = [];
  for (const { about, receipt, replay } of letters) {
    const outcome =
      replay?.kind === 'item' ? await operator.replayItem(replay.functionName, replay) : ('by-hand' as const);
    // Only what has been done: a note that is thrown away is a gift that nobody looks for any more.
    if (outcome === 'replayed') await operator.discard('poison', receipt);
    results.push({ about, outcome });
  }
  const rows = results.map(({ about, outcome }) => [about, OUTCOME_WORDS[outcome]]);
  terminal.write(typed.json ? jsonText(results) : tableText(['What', 'Outcome'], rows));
  return results.every(({ outcome }) => outcome === 'replayed') ? 0 : FAILED;
}
