import { inflateRawSync } from 'node:zlib';
import { type ZipEntry, zipEntriesOf } from '../kernel/zip-directory.ts';

/** A list and its summary; the largest merchants' come in several parts. */
const MOST_FILES = 20;
/** A line has some 300 bytes: a day of 200,000 payments, as of WeChat Pay's bills. */
const LARGEST_LIST_BYTES = 60_000_000;
const STORED = 0;
const DEFLATED = 8;
/** The first line of the list of transactions; that of the summary ends in 业务汇总查询. */
const TITLE = '#支付宝业务明细查询';

export type UnpackedBill =
  | { readonly kind: 'list'; readonly content: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: string };

/** Whether these bytes are an archive and no list. */
export const isArchive = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * The list of transactions (业务明细) out of the archive in which Alipay hands out the bill of a day. It is known by its
 * first line: the names of the files are in GBK or in UTF-8, by the age of the archive. Never unpacks more than a list may
 * have.
 */
export function listInArchive(archive: Uint8Array): UnpackedBill {
  const entries = zipEntriesOf(archive);
  if (entries === undefined) return refused('it is no whole ZIP archive');
  if (entries.length > MOST_FILES) return refused(`its archive has ${entries.length} files`);
  const lists: Uint8Array[] = [];
  for (const entry of entries) {
    const content = unpacked(entry);
    if (content === undefined) return refused('a file of its archive cannot be unpacked');
    if (firstLineOf(content).startsWith(TITLE)) lists.push(content);
  }
  const [list] = lists;
  if (list === undefined) return refused('its archive holds no list of transactions (业务明细)');
  if (lists.length > 1) return refused(`its archive holds ${lists.length} lists of transactions`);
  return { kind: 'list', content: list };
}

const refused = (reason: string): UnpackedBill => ({ kind: 'refused', reason });

function unpacked({ method, isEncrypted, unpackedBytes, packed }: ZipEntry): Uint8Array | undefined {
  if (isEncrypted || unpackedBytes > LARGEST_LIST_BYTES) return undefined;
  if (method === STORED) return packed;
  if (method !== DEFLATED) return undefined;
  try {
    return inflateRawSync(packed, { maxOutputLength: LARGEST_LIST_BYTES });
  } catch {
    return undefined;
  }
}

const LONGEST_TITLE_BYTES = 100;
const firstLineOf = (content: Uint8Array): string => {
  const isUtf8 = content[0] === 0xef;
  const start = content.subarray(0, LONGEST_TITLE_BYTES);
  return new TextDecoder(isUtf8 ? 'utf-8' : 'gb18030').decode(start).split(/\r?\n/)[0] ?? '';
};
