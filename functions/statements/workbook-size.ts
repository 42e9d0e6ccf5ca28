import { zipEntriesOf } from '../kernel/zip-directory.ts';

/**
 * How many bytes a workbook (a ZIP file) unpacks to, by its own directory, without unpacking anything; `undefined` where it
 * is no ZIP file. What lies about its size in the directory is stopped by the unpacker's own check of each entry.
 */
export const unpackedBytesOf = (file: Uint8Array): number | undefined =>
  zipEntriesOf(file)?.reduce((bytes, entry) => bytes + entry.unpackedBytes, 0);
