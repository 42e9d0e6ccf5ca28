import { deflateRawSync } from 'node:zlib';
import { utils, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { readLegacyFile } from '../../functions/legacy/read-file.ts';
import { seededRandom } from '../../functions/matching/giving-day/seeded-random.ts';
import { UnreadableFile } from '../../functions/statements/statement-lines.ts';
import { legacyFiles } from '../../local/demo/legacy/legacy-files.ts';
import { zipOf } from '../../local/sandbox/zip.ts';
import { SETTINGS } from './true-reading.ts';

const read = (bytes: Uint8Array, fileName = 'list.xlsx') =>
  readLegacyFile(bytes, { fileId: 'f', fileName }, SETTINGS, []);
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const packed = (files: readonly { name: string; content: Buffer }[]): Buffer =>
  zipOf(files.map(({ name, content }) => ({ name: Buffer.from(name), content })));
/** What a person is told of a file that cannot be read. */
function refusal(bytes: Uint8Array, fileName: string): string {
  try {
    read(bytes, fileName);
  } catch (error) {
    if (error instanceof UnreadableFile) return `${error.message} / ${error.fix}`;
    throw error;
  }
  return 'was read';
}

const xlsx = (rows: unknown[][], options: object = {}): Uint8Array => {
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), 'S');
  return new Uint8Array(write(book, { type: 'buffer', bookType: 'xlsx', ...options }) as Buffer);
};
const ROWS = [
  ['项目名称', '县区', '年度', '资金（元）'],
  ['便民桥', '宣汉县', 2012, 50_000],
];

describe('a file that is no list', () => {
  it('is refused with a reason and what to do, whatever it is', () => {
    const whole = xlsx(ROWS);
    const xls = xlsx(ROWS, { bookType: 'biff8' });
    const cases: [string, Uint8Array, string, RegExp][] = [
      ['nothing at all', new Uint8Array(), 'a.xlsx', /is empty/],
      ['half a workbook', whole.subarray(0, whole.length / 2), 'a.xlsx', /only part/],
      ['half an old workbook', xls.subarray(0, 700), 'a.xls', /cannot be read|holds no cell/],
      ['a web page', text('<html><table><tr><td>1</td></tr></table></html>'), 'a.xls', /web page/],
      ['a workbook as XML', text('<?xml version="1.0"?><Workbook/>'), 'a.xls', /web page/],
      ['a PDF', text('%PDF-1.7 ...'), 'a.xlsx', /PDF/],
      ['a workbook called CSV', whole, 'a.csv', /is a workbook, and its name ends with “.csv”/],
      ['a text called XLSX', text('项目名称,金额'), 'a.xlsx', /is a text, and its name ends with “.xlsx”/],
      ['another ending', whole, 'a.xlsm', /ends with “.xlsm”/],
      [
        'macros',
        packed([
          { name: 'xl/workbook.xml', content: Buffer.from('<a/>') },
          { name: 'xl/vbaProject.bin', content: Buffer.from('x') },
        ]),
        'a.xlsx',
        /macros/,
      ],
      ['another archive', packed([{ name: 'photo.jpg', content: Buffer.from('x') }]), 'a.xlsx', /no workbook/],
      ['an encrypted workbook', compound('EncryptedPackage'), 'a.xlsx', /encrypted/],
      ['a Word document', compound('WordDocument'), 'a.xls', /Word/],
      ['bytes', Uint8Array.from([1, 0, 2, 0, 3]), 'a.csv', /neither a workbook nor a text/],
      ['text in no encoding', Uint8Array.from([0x2c, 0xff, 0xff, 0x0a]), 'a.csv', /no encoding/],
      ['blanks', text(' , ,\n,,\n'), 'a.csv', /no cell/],
      ['a million columns', text(`${'a,'.repeat(1_000_000)}\n`), 'a.csv', /more than 200 columns/],
      ['too many rows', text('a,b\n'.repeat(10_002)), 'a.csv', /more than 10000 rows/],
    ];
    for (const [what, bytes, fileName, reason] of cases) expect(refusal(bytes, fileName), what).toMatch(reason);
  });

  it('is refused where it would unpack to more than memory holds, also where its directory lies about that', () => {
    const bomb = packed([{ name: 'xl/workbook.xml', content: Buffer.alloc(120_000_000) }]);
    expect(bomb.length).toBeLessThan(200_000);
    expect(refusal(bomb, 'a.xlsx')).toMatch(/unpacks to 120000000 bytes/);
    const lying = Buffer.from(packed([{ name: 'xl/workbook.xml', content: Buffer.alloc(50_000_000) }]));
    // The size in the directory, 24 bytes behind its signature, says ten bytes.
    lying.writeUInt32LE(10, lying.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    expect(refusal(lying, 'a.xlsx')).toMatch(/not what its directory says/);
  });

  it('is read in no time where it claims a thousand million cells and has four', () => {
    const cells =
      '<row r="1"><c r="A1" t="str"><v>项目名称</v></c></row><row r="2"><c r="A2" t="str"><v>桥</v></c></row>';
    const sheet = `<dimension ref="A1:XFD1048576"/><sheetData>${cells}</sheetData><mergeCells count="1"><mergeCell ref="A2:XFD1048576"/></mergeCells>`;
    expect(read(handMade(sheet)).preview.sheets).toHaveLength(1);
  });

  it('is refused where one cell stands in the last column that a sheet can have', () => {
    const sheet = '<sheetData><row r="2"><c r="XFD2" t="str"><v>far away</v></c></row></sheetData>';
    expect(refusal(handMade(sheet), 'a.xlsx')).toMatch(/200 columns/);
  });
});

const OPENXML = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const OFFICE = 'http://schemas.openxmlformats.org';
/** A workbook of one sheet, whose XML is as it is given. */
const handMade = (sheet: string): Uint8Array =>
  packed(
    Object.entries({
      '[Content_Types].xml': `<Types xmlns="${OFFICE}/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="${OPENXML}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${OPENXML}.worksheet+xml"/></Types>`,
      'xl/workbook.xml':
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${OFFICE}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      'xl/worksheets/sheet1.xml': `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">${sheet}</worksheet>`,
    }).map(([name, content]) => ({ name, content: Buffer.from(content) })),
  );

/** The beginning of a compound file with a stream of this name. */
function compound(name: string): Uint8Array {
  const file = Buffer.alloc(2_048);
  file.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  file.write(name, 1_024, 'utf16le');
  return file;
}

describe('a list that was damaged on its way', () => {
  it('is read, or refused with a reason, and never anything else', () => {
    const random = seededRandom(7);
    const { files } = legacyFiles(7);
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < 400; round += 1) {
      const file = files[round % files.length];
      if (file === undefined) continue;
      const damaged = damage(Buffer.from(file.bytes), random.below(5), () => random.below(2 ** 31));
      try {
        read(damaged, file.fileName);
        outcomes.read += 1;
      } catch (error) {
        if (!(error instanceof UnreadableFile)) throw new Error(`round ${round}: ${String(error)}`, { cause: error });
        outcomes.refused += 1;
      }
    }
    expect(outcomes.read).toBeGreaterThan(40);
    expect(outcomes.refused).toBeGreaterThan(100);
  }, 120_000);

  it('with odd text in its parts is read or refused as well', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 300; round += 1) {
      const rows = Array.from(
        { length: 6 },
        (_, r) => `<row r="${r + 1}">${oddCell(random.below, r)}${oddCell(random.below, r)}</row>`,
      );
      const outcome = refusal(handMade(`<sheetData>${rows.join('')}</sheetData>`), 'a.xlsx');
      expect(outcome).toBeTypeOf('string');
    }
  });
});

function oddCell(below: (limit: number) => number, row: number): string {
  const column = ['A', 'B', 'ZZ', 'XFD', 'A-1', ''][below(6)];
  const value = ['1', '-1', '1e308', 'NaN', '&lt;x&gt;', '9'.repeat(400), '1e-320', '#REF!'][below(8)];
  return `<c r="${column}${row + 1}" t="${['n', 'str', 'e', 'b', 'd'][below(5)]}"><v>${value}</v></c>`;
}

/** One of the ways in which files come to harm. */
function damage(file: Buffer, way: number, next: () => number): Buffer {
  const at = next() % file.length;
  if (way === 0) return file.subarray(0, at);
  if (way === 1) {
    for (let count = 0; count < 8; count += 1) file[next() % file.length] = next() % 256;
    return file;
  }
  if (way === 2) return Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + (next() % 64))]);
  if (way === 3)
    return Buffer.concat([file.subarray(0, at), deflateRawSync(Buffer.from(`${next()}`)), file.subarray(at)]);
  const length = next() % 256;
  file.copyWithin(next() % file.length, at, Math.min(file.length, at + length));
  return file;
}
