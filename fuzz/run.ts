import fc from 'fast-check';
import { donationEntrySchema } from '../functions/donations/donation-entry.ts';
import { refundEntrySchema } from '../functions/donations/refund-entry.ts';
import { type MemoryTable, memoryTable } from '../functions/platform/table.memory.ts';
import type { FuzzedDoor, Message } from './door.ts';
import { type Input, inputsOf } from './messages.ts';

/** How a run went: how many answers of each status there were, and how many inputs stored something. */
export type FuzzReport = {
  readonly inputs: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly stored: number;
};

/**
 * Posts odd inputs to a door, each the same for the same seed. Throws with the smallest input found that breaks one of
 * these: nothing is answered 5XX, every answer has the door's shape and is one that its contract promises, nothing is stored of what the provider did not
 * sign, what is stored is an entry of money that can be counted, and no rejection goes unhandled.
 */
export async function fuzz(
  door: FuzzedDoor,
  options: { readonly inputs: number; readonly seed: number },
): Promise<FuzzReport> {
  const statuses: Record<string, number> = {};
  let stored = 0;
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  const genuine = await storedOf(door, door.signed(door.content));
  let table = await preparedTable(door);
  try {
    await fc.assert(
      fc.asyncProperty(inputsOf(door), async (input) => {
        const before = table.changes.length;
        const answer = await door.post(input.message, table);
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        if (answer.status >= 500) throw new Error(`answered ${answer.status}: ${answer.body}`);
        if (!door.isInShape(answer)) throw new Error(`answered in another shape: ${answer.status} ${answer.body}`);
        if (unhandled.length > 0) throw new Error(`a rejection went unhandled: ${String(unhandled[0])}`);
        if (table.changes.length === before) return;
        checkStored(input, table, genuine);
        stored += 1;
        table = await preparedTable(door);
      }),
      { numRuns: options.inputs, seed: options.seed },
    );
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
  return { inputs: options.inputs, statuses, stored };
}

async function preparedTable(door: FuzzedDoor): Promise<MemoryTable> {
  const table = memoryTable();
  await door.prepare(table);
  return table;
}

async function storedOf(door: FuzzedDoor, message: Message): Promise<string> {
  const table = await preparedTable(door);
  const answer = await door.post(message, table);
  const text = entriesOf(table);
  if (answer.status !== 200 || text === '[]')
    throw new Error(`the door ${door.name} does not take its own genuine message`);
  return text;
}

const entriesOf = (table: MemoryTable): string =>
  JSON.stringify(table.everything().filter(({ type }) => type === 'donation' || type === 'refund'));

function checkStored({ isSigned }: Input, table: MemoryTable, genuine: string): void {
  // The same bytes can be spelt in two ways (`%2f`, `%2F`): that is the provider's message still.
  if (!isSigned && entriesOf(table) !== genuine) throw new Error('something was stored that nobody signed');
  for (const item of table.everything()) {
    if (item.type === 'donation') donationEntrySchema.parse(item);
    if (item.type === 'refund') refundEntrySchema.parse(item);
  }
}
