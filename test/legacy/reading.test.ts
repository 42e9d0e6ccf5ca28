import { CFB, utils, type WorkBook, type WorkSheet, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { type AmountUnit, readAmount, readMoneyAndGoods } from '../../functions/legacy/amount-text.ts';
import { capitalsInFen, chineseWhole } from '../../functions/legacy/chinese-number.ts';
import { readDates } from '../../functions/legacy/date-text.ts';
import { readLegacyFile } from '../../functions/legacy/read-file.ts';
import { capitals } from '../../local/demo/legacy/ways-of-writing.ts';
import { SETTINGS } from './true-reading.ts';

const YUAN: AmountUnit = { unit: 'yuan', says: 'header' };
const WAN: AmountUnit = { unit: 'wan', says: 'header' };
/** `125000.00 converted`, or the problem. */
const amount = (text: string, unit?: AmountUnit): string => {
  const reading = readAmount(text, unit);
  if (reading.kind === 'read') return `${reading.value.amountMinor / 100} ${reading.how}`;
  return reading.kind === 'empty' ? 'empty' : 'problem';
};
const date = (text: string, isNumber = false): string => {
  const reading = readDates(text, isNumber);
  if (reading.kind === 'read')
    return `${reading.value.from}${reading.value.until === undefined ? '' : `/${reading.value.until}`} ${reading.how}`;
  return reading.kind === 'empty' ? 'empty' : 'problem';
};

describe('an amount in a list', () => {
  it('is converted where its unit is said, in whatever shape', () => {
    expect(
      ['12.5万元', '125000元', '１２５，０００元', '壹拾贰万伍仟元整', ' 12.5 万 ', '人民币125,000.00元'].map((text) =>
        amount(text),
      ),
    ).toEqual(Array(6).fill('125000 converted'));
    expect(amount('12.5', WAN)).toBe('125000 converted');
    expect(amount('125000', YUAN)).toBe('125000 as-written');
  });

  it('is inferred where another reading is possible', () => {
    expect(amount('125000')).toBe('125000 inferred');
    expect(amount('12.5', YUAN)).toBe('12.5 inferred');
    expect(amount('125000', WAN)).toBe('1250000000 inferred');
    expect(amount('12万元（其中物资2万元）', YUAN)).toBe('120000 inferred');
    const both = readMoneyAndGoods('资金10万元，物资2万元');
    expect([both?.money, both?.goods]).toMatchObject([
      { how: 'inferred', value: { amountMinor: 10_000_000 } },
      { how: 'inferred', value: { amountMinor: 2_000_000 } },
    ]);
  });

  it('is a problem where it is said about, is none, or has parts of a fen', () => {
    for (const text of ['约5万', '20余万元', '近10万', '#REF!', '1,2000', '3万5千', '-5', '0.0000001万元', '五六万'])
      expect(amount(text, YUAN), text).toBe('problem');
    for (const text of ['', '—', '无', '/']) expect(amount(text, YUAN), text).toBe('empty');
  });

  it('is the same in capitals as in digits, for every amount', () => {
    for (let yuan = 1; yuan < 100_000_000; yuan = yuan * 3 + 7)
      expect(capitalsInFen(capitals(yuan * 100)), capitals(yuan * 100)).toEqual({
        fen: BigInt(yuan) * 100n,
        hasOneReading: true,
      });
    expect(['十五', '一百零五', '二千零一十', '三万零五', '一亿零三万'].map(chineseWhole)).toEqual([
      15n,
      105n,
      2010n,
      30_005n,
      100_030_000n,
    ]);
    expect(['五十百', '十万亿千', '一二', '零零五万万'].map(chineseWhole)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('an amount in Chinese numerals', () => {
  it('is inferred where it leaves out a place without a zero: spoken, 三万五 is 35,000', () => {
    expect(
      ['三万五元整', '两千三元', '一百二元', '壹万伍元整', '三万五百元', '一亿五千元', '一千十五元'].map((text) =>
        amount(text),
      ),
    ).toEqual([30_005, 2_003, 102, 10_005, 30_500, 100_005_000, 1_015].map((yuan) => `${yuan} inferred`));
    expect(
      [
        '三万零五元整',
        '两千零三元',
        '壹拾万伍仟元整',
        '二十万三千五百元',
        '一亿五千万元',
        '一亿零三百万元',
        '一百一十元',
      ].map((text) => amount(text)),
    ).toEqual([30_005, 2_003, 105_000, 203_500, 150_000_000, 103_000_000, 110].map((yuan) => `${yuan} converted`));
  });

  it('is inferred beside a note that may change it, as one in digits is', () => {
    for (const text of ['壹拾贰万元（其中物资贰万元）', '12万元（其中物资2万元）', '壹拾贰万元（约）', '12万元（约）'])
      expect(amount(text, YUAN), text).toBe('120000 inferred');
    for (const text of ['壹拾贰万元（已到位）', '12万元（已到位）'])
      expect(amount(text, YUAN), text).toBe('120000 converted');
  });
});

describe('a date in a list', () => {
  it('is converted in every shape that has one reading', () => {
    for (const text of [
      '2012年3月15日',
      '2012.3.15',
      '2012/03/15',
      '20120315',
      '二〇一二年三月十五日',
      '２０１２．３．１５',
      '3/15/2012',
    ])
      expect(date(text), text).toBe('2012-03-15 converted');
    for (const text of ['2012.3', '2012年3月', '201203', '二○一二年三月'])
      expect(date(text), text).toBe('2012-03 converted');
    expect(date('2012-03-15')).toBe('2012-03-15 as-written');
    expect(date('2012.3-2013.5')).toBe('2012-03/2013-05 converted');
    expect(date('2012年3月至5月')).toBe('2012-03/2012-05 converted');
  });

  it('is inferred where it has several', () => {
    expect(['12/3/15', '3/4/2012', '12年3月', '39888', '08.5'].map((text) => date(text))).toEqual([
      '2012-03-15 inferred',
      '2012-03-04 inferred',
      '2012-03 inferred',
      '2009-03-16 inferred',
      '2008-05 inferred',
    ]);
    expect(date('2012.1', true)).toBe('2012-01 inferred');
    // A day, or March to May.
    expect(['2012.3-5', '2012年3-5', '2012/3-5', '15-3.2012'].map((text) => date(text))).toEqual([
      '2012-03-05 inferred',
      '2012-03-05 inferred',
      '2012-03-05 inferred',
      '2012-03-15 inferred',
    ]);
    expect(date('2012.3月5日')).toBe('2012-03-05 converted');
  });

  it('is a problem where it says about when, or a day that there is not', () => {
    for (const text of [
      '2012年初',
      '约2012年',
      '2012年下半年',
      '2012年2月30日',
      '2012.13',
      '1912年',
      '去年',
      '2013.5-2012.3',
    ])
      expect(date(text), text).toBe('problem');
  });
});

type Merge = { s: { r: number; c: number }; e: { r: number; c: number } };
/** Reads one sheet of a workbook. */
function sheetOf(rows: unknown[][], merges: Merge[] = []) {
  const sheet: WorkSheet = utils.aoa_to_sheet(rows);
  sheet['!merges'] = merges;
  return readBook(utils.book_new(sheet, '清单'), 'xlsx');
}
type BookType = 'xlsx' | 'biff8';
const bytesOf = (book: WorkBook, bookType: BookType): Uint8Array =>
  new Uint8Array(write(book, { type: 'buffer', bookType }) as Buffer);
const readBytes = (bytes: Uint8Array, bookType: BookType) =>
  readLegacyFile(bytes, { fileId: 'f', fileName: `清单.${bookType === 'xlsx' ? 'xlsx' : 'xls'}` }, SETTINGS, []);
const readBook = (book: WorkBook, bookType: BookType) => readBytes(bytesOf(book, bookType), bookType);

/** An XLS of one sheet with some rows hidden, which the library reads and does not write: [MS-XLS] 2.4.221, Row. */
function withHiddenRows(bytes: Uint8Array, rows: readonly number[]): Uint8Array {
  const container = CFB.read(Buffer.from(bytes), { type: 'buffer' });
  const stream = CFB.find(container, '/Workbook');
  if (stream === null) throw new Error('there is no workbook in it');
  const content = Buffer.from(stream.content as Uint8Array);
  const END_BYTES = 4;
  const records = rows.map((row) => {
    const record = Buffer.alloc(20);
    for (const [at, value] of [0x0208, 16, row, 0, 4, 0xff].entries()) record.writeUInt16LE(value, at * 2);
    record.writeUInt32LE(0x0120, 16);
    return record;
  });
  const end = content.length - END_BYTES;
  stream.content = Buffer.concat([content.subarray(0, end), ...records, content.subarray(end)]);
  stream.size = stream.content.length;
  return new Uint8Array(CFB.write(container, { type: 'buffer' }) as Buffer);
}
const HEAD = ['项目名称', '县区', '年度', '资金（元）'];

describe('a sheet', () => {
  it('whose amount is merged over several projects is asked about, and never counted several times', () => {
    const rows = [HEAD, ['便民桥甲', '宣汉', 2012, 300_000], ['便民桥乙', '宣汉', 2012, null]];
    const { reading } = sheetOf(rows, [{ s: { r: 1, c: 3 }, e: { r: 2, c: 3 } }]);
    expect(reading.problems).toMatchObject([{ cell: 'D3', problem: 'is one amount for several projects' }]);
  });

  it('loses no amount of a further row of a project because another of its amounts is merged over the rows', () => {
    const head = [...HEAD, '物资折价（元）'];
    const rows = [head, ['博爱家园', '宣汉', 2012, 100_000, 10_000], [null, '宣汉', null, null, 20_000]];
    const over = (column: number): Merge => ({ s: { r: 1, c: column }, e: { r: 2, c: column } });
    const { reading, preview } = sheetOf(rows, [over(0), over(2), over(3)]);
    expect(reading.problems).toEqual([]);
    expect(reading.projects.map(({ facts }) => facts)).toMatchObject([
      {
        moneyMinor: { value: 10_000_000, how: 'as-written' },
        goodsMinor: { value: 3_000_000, how: 'inferred', rule: 'parts-added' },
      },
    ]);
    expect(preview).toMatchObject({ moneyMinor: 10_000_000, goodsMinor: 3_000_000 });
  });

  it('takes no column of sums for money beside money that is merged over the rows', () => {
    const head = ['项目名称', '县区', '年度', '资金（元）', '总金额（元）'];
    const rows = [head, ['博爱家园', '宣汉', 2012, 100_000, 60_000], [null, '宣汉', null, null, 40_000]];
    const over = (column: number): Merge => ({ s: { r: 1, c: column }, e: { r: 2, c: column } });
    const { reading } = sheetOf(rows, [over(0), over(2), over(3)]);
    expect(reading.projects[0]?.facts.moneyMinor).toMatchObject({ value: 10_000_000, how: 'as-written' });
  });

  it('whose total says another sum has all its amounts confirmed by a person', () => {
    const rows = [
      HEAD,
      ['便民桥甲', '宣汉', 2012, 300_000],
      ['便民桥乙', '宣汉', 2012, 5_000],
      ['合计', null, null, 350_000],
    ];
    const { preview, reading } = sheetOf(rows);
    expect(preview.sheets[0]?.totals).toMatchObject([
      { outcome: 'differs', saidMinor: 35_000_000, foundMinor: 30_500_000 },
    ]);
    expect(reading.projects.map(({ facts }) => facts.moneyMinor?.rule)).toEqual(['total-differs', 'total-differs']);
  });

  it('takes sub-totals for what they are, by county and in all', () => {
    const rows = [
      HEAD,
      ['桥甲', '宣汉', 2012, 10_000],
      ['桥乙', '宣汉', 2012, 20_000],
      ['宣汉小计', null, null, 30_000],
      ['桥丙', '渠县', 2012, 5_000],
      ['渠县小计', null, null, 5_000],
      ['总计', null, null, 35_000],
    ];
    const { preview } = sheetOf(rows);
    expect(preview).toMatchObject({ projects: 3, problems: 0, moneyMinor: 3_500_000 });
    expect(preview.sheets[0]?.totals.map(({ outcome }) => outcome)).toEqual(['agrees', 'agrees', 'agrees']);
  });

  it('with a header of two rows reads money and goods apart', () => {
    const rows = [
      ['项目名称', '县区', '年度', '投入（万元）', null],
      [null, null, null, '资金', '物资折价'],
      ['桥甲', '宣汉', 2012, 10, 2.5],
    ];
    const merges = [0, 1, 2].map((c) => ({ s: { r: 0, c }, e: { r: 1, c } }));
    const { reading } = sheetOf(rows, [...merges, { s: { r: 0, c: 3 }, e: { r: 0, c: 4 } }]);
    expect(reading.projects[0]?.facts).toMatchObject({
      moneyMinor: { value: 10_000_000, how: 'converted' },
      goodsMinor: { value: 2_500_000, how: 'converted' },
    });
  });

  it.each(['xlsx', 'biff8'] as const)(
    'in %s that counts its days from 1904 has the dates that it shows',
    (bookType) => {
      const sheet: WorkSheet = utils.aoa_to_sheet([
        ['项目名称', '县区', '实施时间', '资金（元）'],
        ['便民桥', '宣汉', null, 300_000],
      ]);
      sheet['C2'] = { t: 'n', v: 39_521, z: 'yyyy-mm-dd' };
      const book = utils.book_new(sheet, '清单');
      book.Workbook = { ...book.Workbook, WBProps: { date1904: true } };
      const { preview, reading } = readBook(book, bookType);
      expect(reading.projects[0]?.facts).toMatchObject({
        startedOn: { value: '2012-03-15', how: 'converted' },
        year: { value: 2012 },
      });
      expect(preview.notes).toEqual([expect.stringContaining('1904')]);
    },
  );

  it.each(['xlsx', 'biff8'] as const)(
    'in %s with hidden rows reads them like the others, and says which they are',
    (type) => {
      const sheet: WorkSheet = utils.aoa_to_sheet([
        HEAD,
        ['桥甲', '宣汉', 2012, 10_000],
        ['桥乙', '宣汉', 2012, 20_000],
        [],
        ['桥丙', '宣汉', 2012, 30_000],
      ]);
      sheet['!rows'] = [{}, {}, { hidden: true }, { hidden: true }, { hidden: true }];
      const bytes = bytesOf(utils.book_new(sheet, '清单'), type);
      const { preview } = readBytes(type === 'xlsx' ? bytes : withHiddenRows(bytes, [2, 3, 4]), type);
      expect(preview).toMatchObject({ projects: 3, moneyMinor: 6_000_000 });
      expect(preview.notes).toEqual(['Rows 3, 5 of sheet “清单” are hidden; they were read like the others.']);
    },
  );

  it('whose styles are broken is read all the same, and says that hidden rows are not known', () => {
    const sheet = utils.aoa_to_sheet([HEAD, ['桥甲', '宣汉', 2012, 10_000]]);
    const container = CFB.read(Buffer.from(bytesOf(utils.book_new(sheet, '清单'), 'xlsx')), { type: 'buffer' });
    const theme = CFB.find(container, '/xl/theme/theme1.xml');
    if (theme === null) throw new Error('there is no theme in it');
    theme.content = Buffer.from('<nothing/>');
    const bytes = new Uint8Array(CFB.write(container, { type: 'buffer', fileType: 'zip' }) as Buffer);
    const { preview } = readBytes(bytes, 'xlsx');
    expect(preview).toMatchObject({ projects: 1, notes: [expect.stringContaining('hidden')] });
  });

  it('says which columns nobody reads', () => {
    const { preview } = sheetOf([
      [...HEAD, '配套资金'],
      ['桥甲', '宣汉', 2012, 10_000, 5_000],
    ]);
    expect(preview.sheets[0]?.unread).toMatchObject([{ cell: 'E1', header: '配套资金' }]);
  });
});
