/** Signatures and places in a ZIP file's directory (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16). */
const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;

/** One file of an archive, as the directory describes it. Nothing of it is believed before it has been unpacked within a limit. */
export type ZipEntry = {
  /** 0: stored as it is; 8: deflated. */
  readonly method: number;
  /** That it is encrypted. */
  readonly isEncrypted: boolean;
  readonly unpackedBytes: number;
  /** The packed bytes. */
  readonly packed: Uint8Array;
};

/** The directory of a ZIP file, without unpacking anything; `undefined` where it is no whole ZIP file. */
export function zipEntriesOf(file: Uint8Array): ZipEntry[] | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = endOf(view);
  if (end === undefined) return undefined;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let number = 0; number < count; number += 1) {
    if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== ENTRY_SIGNATURE) return undefined;
    const packed = packedAt(file, view, view.getUint32(at + 42, true), view.getUint32(at + 20, true));
    if (packed === undefined) return undefined;
    entries.push({
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      unpackedBytes: view.getUint32(at + 24, true),
      packed,
    });
    at += ENTRY_BYTES + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Before the bytes of a file stands its header once more, with a name and extras of a length of its own. */
function packedAt(file: Uint8Array, view: DataView, at: number, length: number): Uint8Array | undefined {
  if (at + LOCAL_BYTES > view.byteLength || view.getUint32(at, true) !== LOCAL_SIGNATURE) return undefined;
  const start = at + LOCAL_BYTES + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  return start + length > view.byteLength ? undefined : file.subarray(start, start + length);
}

function endOf(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT);
  for (let at = view.byteLength - END_BYTES; at >= first; at -= 1)
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  return undefined;
}
