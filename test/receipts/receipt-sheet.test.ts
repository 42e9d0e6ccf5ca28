import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openPress } from '../../functions/press/press.ts';
import { MOST_LINES_ON_FACE, receiptSheetOf } from '../../functions/receipts/receipt-sheet.ts';
import { assetsFolder } from '../press/press-folder.ts';
import { SAMPLES } from './sample-receipts.ts';

const folder = assetsFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const sheet = (name: string, publicUrl?: string) => {
  const receipt = SAMPLES[name];
  if (receipt === undefined) throw new Error(name);
  return receiptSheetOf(receipt, publicUrl, { kind: 'handed-out', copy: receipt.copies });
};
const pagesIn = (pdf: Uint8Array): number =>
  [
    ...Buffer.from(pdf)
      .toString('latin1')
      .matchAll(/\/Type\s*\/Page\b(?!s)/g),
  ].length;

describe('a printed receipt', () => {
  it('has the amount in capitals and in figures', () => {
    expect(sheet('plain')).toMatchObject({ totalInWords: '壹万贰仟叁佰元整', total: '¥12,300.00' });
    expect(sheet('reversal')).toMatchObject({ totalInWords: '负壹佰元整', total: '-¥100.00', isRed: true });
  });

  it('says across its face that it is void, reversed or below zero, and why', () => {
    expect(sheet('void')).toMatchObject({ stamp: '作废', marks: ['作废原因：交款人姓名有误'] });
    expect(sheet('reversed')).toMatchObject({ stamp: '已冲红', marks: ['由红字票据 51010126-0000000131 冲销'] });
    expect(sheet('reversal').stamp).toBe('红字');
    expect(sheet('plain')).toMatchObject({ stamp: '', marks: [], warnings: [] });
  });

  it('of a made-up gift says under its title that it proves nothing', () => {
    expect(sheet('made-up').warnings).toEqual(['重复打印 DUPLICATE 第 1 次', '演示数据，不得作为凭证']);
  });

  it('says that it is a duplicate, and which, under the same number', () => {
    expect(sheet('duplicate').warnings).toEqual(['重复打印 DUPLICATE 第 2 次']);
    expect(sheet('duplicate').number).toBe(sheet('plain').number);
  });

  it('that anybody may print at any time says that it is a copy, whether or not duplicates were handed out', () => {
    const { plain, duplicate } = SAMPLES;
    if (plain === undefined || duplicate === undefined) throw new Error('no samples');
    for (const receipt of [plain, duplicate])
      expect(receiptSheetOf(receipt, undefined, { kind: 'copy' }).warnings).toEqual(['副本 COPY']);
  });

  it('puts more kinds of goods than fit on a list behind its face, which has their sum', () => {
    expect(sheet('many-goods').lines).toHaveLength(1);
    expect(sheet('many-goods').list.length).toBeGreaterThan(MOST_LINES_ON_FACE);
    expect(sheet('goods')).toMatchObject({ list: [], lines: [{ length: 6 }, { length: 6 }] });
  });

  it.each(Object.keys(SAMPLES))('%s is set, on one page or with its list on a second', async (name) => {
    const press = await openPress(folder);
    const pdf = await press.print('receipt.typ', sheet(name, 'https://give.example.org'));
    expect(pagesIn(pdf)).toBe(name === 'many-goods' ? 2 : 1);
    expect(await press.print('receipt.typ', sheet(name, 'https://give.example.org'))).toEqual(pdf);
  });
});
