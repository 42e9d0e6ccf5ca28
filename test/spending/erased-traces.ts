import type { MemoryTable } from '../../functions/platform/table.memory.ts';

/** The kinds of items in which anything stands by which a person could be known. */
export function erasedTraces(
  table: MemoryTable,
  { name, document, account }: { name: string; document: { number: string }; account: { number: string } },
): string[] {
  const traces = [name, document.number, account.number];
  const found = table.everything().filter((item) => traces.some((trace) => JSON.stringify(item).includes(trace)));
  return [...new Set(found.map(({ type }) => type))];
}
