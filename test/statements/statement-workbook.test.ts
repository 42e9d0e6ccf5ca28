import { utils, type WorkSheet, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { statementMappingSchema } from '../../functions/statements/statement-mapping.ts';
import { workbookLines } from '../../functions/statements/statement-workbook.ts';

const MAPPING = statementMappingSchema.parse({
  mappingId: 'test',
  name: 'Test',
  file: 'workbook',
  columns: { paidAt: 'time', amount: 'amount', paymentId: 'id' },
  timeFormat: 'YYYY-MM-DD HH:mm:ss',
  publicValues: [],
  units: {},
  account: 'acc-1',
});
/** One payment at noon of a day that the workbook counts. */
function paidAtOf(serial: number, bookType: 'xlsx' | 'biff8', date1904: boolean): string {
  const sheet: WorkSheet = utils.aoa_to_sheet([
    ['time', 'amount', 'id'],
    [null, 17.7, 'PX1'],
  ]);
  sheet['A2'] = { t: 'n', v: serial, z: 'yyyy-mm-dd hh:mm:ss' };
  const book = utils.book_new(sheet, 'list');
  book.Workbook = { ...book.Workbook, WBProps: { date1904 } };
  const bytes = new Uint8Array(write(book, { type: 'buffer', bookType }) as Buffer);
  return [...workbookLines(bytes, MAPPING)].map((cells) => cells.cell('time')).join();
}

describe('a date cell of a statement', () => {
  it.each(['xlsx', 'biff8'] as const)('is the day that %s shows, also where the workbook counts from 1904', (type) => {
    // 46,272 days after the last of 1899 is 7 September 2026, and so is 44,810 days after 1 January 1904.
    expect(paidAtOf(46_272.5, type, false)).toBe('2026-09-07 12:00:00');
    expect(paidAtOf(44_810.5, type, true)).toBe('2026-09-07 12:00:00');
  });
});
