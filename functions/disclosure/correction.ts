import { type Refusal, refuse } from '../kernel/errors.ts';
import type { CorrectionRequest, DisclosureEntry, FieldCorrection } from './disclosure-entry.ts';

type Scalar = FieldCorrection['is'];
const ABSENT = Symbol('absent');

/** What an entry says in a field, by its path; `ABSENT` where there is no such field, or it is no single value. */
function valueAt(entry: DisclosureEntry, field: string): Scalar | typeof ABSENT {
  const steps = field.split(/[.[\]]+/).filter((step) => step !== '');
  let value: unknown = entry;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return ABSENT;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : ABSENT;
}

/** The fields of an entry that earlier notes have corrected, with what they say now. Later notes go before earlier ones. */
export function correctedFields(number: number, entries: readonly DisclosureEntry[]): ReadonlyMap<string, Scalar> {
  const notes = entries.filter(({ corrects }) => corrects?.number === number);
  return new Map(notes.flatMap(({ corrects }) => corrects?.changes.map(({ field, is }) => [field, is] as const) ?? []));
}

/** The numbers of the notes that correct each entry: the mark that a corrected one carries. */
export function correctionsOf(entries: readonly DisclosureEntry[]): ReadonlyMap<number, readonly number[]> {
  const notes = new Map<number, number[]>();
  for (const { corrects, number } of entries)
    if (corrects !== undefined) notes.set(corrects.number, [...(notes.get(corrects.number) ?? []), number]);
  return notes;
}

/**
 * Whether a note corrects what an entry says: every field exists, says what the note quotes (as corrected so far), and
 * becomes something else of the same kind. A note that misquotes what was published would be a silent edit itself.
 */
export function refuseWrongNote(
  entry: DisclosureEntry,
  entries: readonly DisclosureEntry[],
  { changes }: CorrectionRequest,
): Refusal | undefined {
  const corrected = correctedFields(entry.number, entries);
  const seen = new Set<string>();
  const problems = changes.flatMap(({ field, was, is }, position) => {
    const at = `changes[${position}]`;
    const original = valueAt(entry, field);
    if (original === ABSENT)
      return [
        { field: `${at}.field`, problem: 'is no field of the entry', fix: 'send a path to a single value in it' },
      ];
    if (seen.has(field)) return [{ field: `${at}.field`, problem: 'is corrected twice', fix: 'send each field once' }];
    seen.add(field);
    const current = corrected.has(field) ? (corrected.get(field) ?? null) : original;
    if (was !== current)
      return [
        { field: `${at}.was`, problem: 'is not what was published', fix: `quote it: ${JSON.stringify(current)}` },
      ];
    if (is === was) return [{ field: `${at}.is`, problem: 'is what was published', fix: 'send what is right' }];
    if (original !== null && is !== null && typeof is !== typeof original)
      return [{ field: `${at}.is`, problem: 'is of another kind', fix: `send a ${typeof original}` }];
    if (typeof is === 'number' && !Number.isSafeInteger(is))
      return [{ field: `${at}.is`, problem: 'is no whole number', fix: 'send minor units' }];
    return [];
  });
  return problems.length === 0 ? undefined : refuse('invalid', 'Some fields are not as they must be.', problems);
}
