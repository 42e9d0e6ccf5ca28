import { PermanentError } from '../kernel/errors.ts';

// The ZIP format's own numbers (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
/** 1 January 1980, 0:00: the first moment that a ZIP archive can name. */
const FIRST_DATE = 0x0021_0000;

/**
 * The same archive with one date for every file in it, changed in place: so that the same content gives the same bytes,
 * whenever it is packed. For archives without a comment, such as workbooks. Throws PermanentError for anything else.
 */
export function withoutDates(archive: Uint8Array): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.byteLength - END_BYTES;
  if (end < 0 || view.getUint32(end, true) !== END_SIGNATURE) throw new PermanentError('this is no plain ZIP archive');
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(entry, true) !== ENTRY_SIGNATURE) throw new PermanentError('this ZIP archive has no directory');
    view.setUint32(entry + 12, FIRST_DATE, true);
    view.setUint32(view.getUint32(entry + 42, true) + 10, FIRST_DATE, true);
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(entry + field, true));
    entry += ENTRY_BYTES + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return archive;
}
