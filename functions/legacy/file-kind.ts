import { inflateRawSync } from 'node:zlib';
import { zipEntriesOf } from '../kernel/zip-directory.ts';
import { UnreadableFile } from '../statements/statement-lines.ts';
import { LARGEST_WORKBOOK_BYTES } from '../statements/workbook-limit.ts';

export type FileKind = 'xlsx' | 'xls' | 'csv';

/** 132 projects are 40 KB; a workbook of 10 MB unpacks to some 80 MB. */
const LARGEST_UNPACKED_BYTES = 100 * 1024 * 1024;
/** A workbook of sixty sheets with pictures has some two hundred parts. */
const MOST_PARTS = 2_000;

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const begins = (file: Uint8Array, bytes: readonly number[]): boolean => bytes.every((byte, at) => file[at] === byte);

/**
 * What a file is by its own bytes, and whether it may be read at all. Throws UnreadableFile with a reason and what to do:
 * too large, encrypted, with macros, a web page under a spreadsheet's name, packed to burst, or not what its name says.
 */
export function fileKindOf(file: Uint8Array, fileName: string): FileKind {
  if (file.length === 0) throw new UnreadableFile('is empty', 'upload the file itself');
  if (file.length > LARGEST_WORKBOOK_BYTES)
    throw new UnreadableFile(
      `has ${file.length} bytes, and a file may have ${LARGEST_WORKBOOK_BYTES}`,
      'divide it into several files',
    );
  const kind = kindOf(file);
  const family = kind === 'csv' ? 'csv' : 'workbook';
  const ending = /\.([a-z]{2,5})$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const expected = FAMILIES[ending];
  if (expected === undefined)
    throw new UnreadableFile(`has a name that ends with “.${ending}”`, 'upload XLSX, XLS or CSV, and name the file so');
  if (expected !== family)
    throw new UnreadableFile(
      `is ${family === 'csv' ? 'a text' : 'a workbook'}, and its name ends with “.${ending}”`,
      `rename it to end with .${kind}, if it is the file you mean`,
    );
  return kind;
}

const FAMILIES: Readonly<Record<string, 'csv' | 'workbook'>> = {
  xlsx: 'workbook',
  xls: 'workbook',
  csv: 'csv',
  txt: 'csv',
};

function kindOf(file: Uint8Array): FileKind {
  if (begins(file, ZIP)) return checkedPackage(file);
  if (begins(file, COMPOUND)) return checkedCompound(file);
  return checkedText(file);
}

const FIX_MACROS = 'save it as XLSX without macros';

function checkedPackage(file: Uint8Array): 'xlsx' {
  const entries = zipEntriesOf(file);
  if (entries === undefined)
    throw new UnreadableFile('breaks off: it is only part of a workbook', 'upload the whole file');
  if (entries.some(({ isEncrypted }) => isEncrypted))
    throw new UnreadableFile('is encrypted', 'save it without a password');
  const unpacked = entries.reduce((bytes, entry) => bytes + entry.unpackedBytes, 0);
  if (unpacked > LARGEST_UNPACKED_BYTES || entries.length > MOST_PARTS)
    throw new UnreadableFile(`unpacks to ${unpacked} bytes in ${entries.length} parts`, 'divide it into several files');
  // The directory may lie. Each part is unpacked within what it promises before the parser, which would believe it, gets it.
  for (const { method, packed, unpackedBytes } of entries) {
    if (method === 0 && packed.length === unpackedBytes) continue;
    if (method !== 8 || !unpacksTo(packed, unpackedBytes))
      throw new UnreadableFile('is damaged: a part of it is not what its directory says', 'save it anew as XLSX');
  }
  if (holds(file, 'vbaProject.bin')) throw new UnreadableFile('holds macros', FIX_MACROS);
  if (!holds(file, 'xl/workbook') && !holds(file, 'xl\\workbook'))
    throw new UnreadableFile('is an archive and no workbook', 'upload the workbook itself');
  return 'xlsx';
}

function unpacksTo(packed: Uint8Array, bytes: number): boolean {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) }).length === bytes;
  } catch {
    return false;
  }
}

function checkedCompound(file: Uint8Array): 'xls' {
  // Names of streams in a compound file are UTF-16 ([MS-CFB] 2.6.1).
  if (holds(file, 'EncryptedPackage', 'utf16le'))
    throw new UnreadableFile('is encrypted', 'save it without a password');
  if (holds(file, '_VBA_PROJECT', 'utf16le')) throw new UnreadableFile('holds macros', FIX_MACROS);
  if (holds(file, 'WordDocument', 'utf16le'))
    throw new UnreadableFile('is a Word document', 'upload the list as XLSX, XLS or CSV');
  return 'xls';
}

const holds = (file: Uint8Array, name: string, encoding: 'latin1' | 'utf16le' = 'latin1'): boolean =>
  Buffer.from(file.buffer, file.byteOffset, file.byteLength).includes(Buffer.from(name, encoding));

const MARKUP = /^\s*(?:<\?xml|<!doctype|<html|<table|<head|<body|<style|<meta|<div)/i;
const SNIFFED_BYTES = 4_096;

function checkedText(file: Uint8Array): 'csv' {
  const beginning = Buffer.from(file.subarray(0, SNIFFED_BYTES)).toString('latin1');
  if (MARKUP.test(beginning.replace(/^ï»¿/u, '')))
    throw new UnreadableFile(
      'is a web page, whatever its name says',
      'open it in a spreadsheet program and save it as XLSX',
    );
  if (beginning.startsWith('%PDF')) throw new UnreadableFile('is a PDF', 'upload the list that it was printed from');
  if (beginning.startsWith('{\\rtf'))
    throw new UnreadableFile('is a text document', 'upload the list as XLSX, XLS or CSV');
  const isUtf16 = beginning.startsWith('ÿþ') || beginning.startsWith('þÿ');
  if (!isUtf16 && file.includes(0))
    throw new UnreadableFile('is neither a workbook nor a text', 'upload XLSX, XLS or CSV');
  return 'csv';
}
