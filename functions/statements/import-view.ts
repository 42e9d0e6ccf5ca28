import type { BookingCounts, StatementImport } from './statement-import.ts';

/** How far a booking has come. */
export type ImportProgress = { readonly parts: number; readonly counts: BookingCounts };

/** An import as staff see it. */
export function importView(found: StatementImport, progress: ImportProgress | undefined) {
  const { source, type: _, ...rest } = found;
  return {
    ...rest,
    source: source.kind === 'mapping' ? { kind: source.kind, mappingId: source.mapping.mappingId } : source,
    progress:
      progress === undefined || found.parts === undefined
        ? null
        : { partsBooked: progress.parts, parts: found.parts, ...progress.counts },
  };
}
