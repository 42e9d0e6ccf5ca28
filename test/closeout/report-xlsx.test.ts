import ExcelJS from 'exceljs';
import { describe, expect, it, vi } from 'vitest';
import type { CloseoutReport } from '../../functions/closeout/closeout-report.ts';
import { renderReportXlsx, safeText, sheetNames } from '../../functions/closeout/report-xlsx.ts';
import { agreeing, eventful, sampleReport } from './sample-report.ts';

async function readBack(report: CloseoutReport): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  // exceljs declares a Buffer of its own; the bytes are what it reads.
  await workbook.xlsx.load(
    (await renderReportXlsx(report)).buffer as unknown as Parameters<typeof workbook.xlsx.load>[0],
  );
  return workbook;
}

function sheetOf(workbook: ExcelJS.Workbook, name: string): ExcelJS.Worksheet {
  const sheet = workbook.getWorksheet(name);
  if (sheet === undefined) throw new Error(`the workbook has no sheet ${name}`);
  return sheet;
}

const cellsOf = (sheet: ExcelJS.Worksheet): ExcelJS.Cell[] => {
  const cells: ExcelJS.Cell[] = [];
  sheet.eachRow((row) => row.eachCell((cell) => void cells.push(cell)));
  return cells;
};

const fenOf = (sheet: ExcelJS.Worksheet, address: string): number => {
  const { value, result } = sheet.getCell(address);
  // Yuan to fen through the decimal text, as a person reads the cell: exact, without a product of fractions.
  // A cell without a figure is no part of a sum.
  const shown = (typeof value === 'number' ? value : Number(result ?? 0)).toFixed(2);
  return Number(shown.replace('.', ''));
};

/** Calculates the few forms of formula that the report uses, in fen or counts, and independently of the cached result. */
function calculate(sheet: ExcelJS.Worksheet, formula: string, valueAt: (address: string) => number): number {
  const range = /^SUM\(([A-Z])(\d+):\1(\d+)\)$/.exec(formula);
  if (range !== null) {
    const [, letter, first, last] = range;
    const rows = Array.from({ length: Number(last) - Number(first) + 1 }, (_, row) => Number(first) + row);
    return rows.reduce((all, row) => all + valueAt(`${letter}${row}`), 0);
  }
  if (!/^[A-Z]\d+([+-][A-Z]\d+)+$/.test(formula))
    throw new Error(`${sheet.name} has a formula that this test does not know: ${formula}`);
  const terms = formula.match(/[+-]?[A-Z]\d+/g) ?? [];
  return terms.reduce((all, term) => {
    const value = valueAt(term.replace(/^[+-]/, ''));
    return term.startsWith('-') ? all - value : all + value;
  }, 0);
}

/** The values at a path of the report, `[]` being each of a list; what is not there is left out. */
function valuesAt(document: unknown, path: string): unknown[] {
  const parts = path.split('.');
  return parts.reduce<unknown[]>(
    (found, part) =>
      found.flatMap((one) => {
        const value = (one as Record<string, unknown> | null)?.[part.replace('[]', '')];
        if (value === undefined || value === null) return [];
        return part.endsWith('[]') ? (value as unknown[]) : [value];
      }),
    [document],
  );
}

/** Addresses of a range such as `B4` or `B4:B9`. */
function addressesOf(range: string): string[] {
  const [, letter = '', first = '', last = first] = /^([A-Z])(\d+)(?::\1(\d+))?$/.exec(range) ?? [];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, row) => `${letter}${Number(first) + row}`);
}

/** Figures of which a sheet has not each value once: a sum of them, or the last word of several. */
const NOT_ONE_BY_ONE: readonly string[] = [
  'match.adjustments[].matchMinor',
  'match.adjustments[].shares[].shareMinor',
  'commendation.units[]',
];

describe('every number of the workbook', () => {
  it.each([
    ['quiet', () => {}],
    ['eventful', eventful],
  ])(
    'of a %s campaign is a formula, or stands in the list of cells with its figure and its source',
    async (_, change) => {
      const report = sampleReport('en', change);
      const workbook = await readBack(report);
      const names = sheetNames('en');
      const last = sheetOf(workbook, names.at(-1) ?? '');
      const listed = new Map<string, string>();
      const byFigure = new Map<string, number[]>();
      last.eachRow((row) => {
        const [figure, questions, where] = [1, 2, 3].map((position) => row.getCell(position).text);
        const name = names.find((one) => where?.startsWith(`${one} `));
        if (figure === undefined || name === undefined) return;
        expect(questions, figure).not.toBe('');
        const sheet = sheetOf(workbook, name);
        for (const address of addressesOf(where?.slice(name.length + 1) ?? '')) {
          const cell = sheet.getCell(address);
          // A row of a list may have no such figure; it then says so in words.
          if (typeof cell.value !== 'number') continue;
          listed.set(`${name} ${address}`, figure);
          const value = cell.numFmt === '#,##0.00' ? fenOf(sheet, address) : cell.value;
          byFigure.set(figure, [...(byFigure.get(figure) ?? []), value]);
        }
      });
      const numbers = workbook.worksheets
        .filter(({ name }) => name !== last.name)
        .flatMap((sheet) =>
          cellsOf(sheet)
            .filter((cell) => typeof cell.value === 'number')
            .map((cell) => `${sheet.name} ${cell.address}`),
        );
      expect(numbers.length).toBeGreaterThan(60);
      expect(numbers.filter((cell) => !listed.has(cell))).toEqual([]);
      // And what stands there is what the report's JSON has at that path.
      for (const [figure, shown] of byFigure) {
        if (NOT_ONE_BY_ONE.includes(figure)) continue;
        const ascending = (all: readonly unknown[]) => all.map(Number).toSorted((a, b) => a - b);
        expect([figure, ascending(shown)]).toEqual([figure, ascending(valuesAt(report, figure))]);
      }
    },
  );
});

describe('the report as a workbook', () => {
  it.each([
    [
      'en',
      [
        'Summary',
        'Where the money came from',
        'What was achieved',
        'Units',
        'Days',
        'Budget',
        'Match',
        'Matches that changed',
        'Year against year',
        'Reconciliation',
        'How each figure was computed',
      ],
    ],
    [
      'zh-CN',
      [
        '汇总',
        '收入来源',
        '执行成果',
        '动员单位',
        '按日统计',
        '预算与筹款',
        '配捐',
        '配捐变动明细',
        '年度对比',
        '对账',
        '各项数字的计算方法',
      ],
    ],
  ] as const)('has its eleven sheets in %s', async (language, names) => {
    const workbook = await readBack(sampleReport(language));
    expect(workbook.worksheets.map(({ name }) => name)).toEqual(names);
    expect(sheetNames(language)).toEqual(names);
  });

  it.each([
    ['quiet', () => {}],
    ['eventful', eventful],
  ])('caches for every formula of a %s campaign exactly what the formula gives', async (_, change) => {
    const workbook = await readBack(sampleReport('en', change));
    const formulas = workbook.worksheets.flatMap((sheet) => cellsOf(sheet).filter((cell) => cell.formula));
    expect(formulas.length).toBeGreaterThan(20);
    for (const cell of formulas) {
      const sheet = cell.worksheet;
      const isMoney = cell.numFmt === '#,##0.00';
      const valueAt = (address: string): number => {
        const { value, result } = sheet.getCell(address);
        return isMoney ? fenOf(sheet, address) : Number(typeof value === 'number' ? value : result);
      };
      expect([sheet.name, cell.address, calculate(sheet, cell.formula, valueAt)]).toEqual([
        sheet.name,
        cell.address,
        valueAt(cell.address),
      ]);
    }
  });

  it('is the same file, byte by byte, whenever it is written', async () => {
    const at = (moment: string) => vi.setSystemTime(new Date(moment));
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      at('2026-09-12T02:30:00Z');
      const first = await renderReportXlsx(sampleReport());
      at('2027-01-31T23:59:58Z');
      expect(Buffer.from(await renderReportXlsx(sampleReport())).equals(Buffer.from(first))).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('writes amounts as yuan that give back the fen exactly', async () => {
    const report = sampleReport('en', (input) => {
      // A cent more here, less there: sums that binary fractions are known to blur (0.1 + 0.2).
      const [one, two] = input.unitTotals;
      if (one === undefined || two === undefined) throw new Error('the sample has too few units');
      const moved = one.raisedMinor - 30;
      one.raisedMinor -= moved;
      two.raisedMinor += moved;
    });
    const units = sheetOf(await readBack(report), 'Units');
    const written = report.units.map((_, position) => fenOf(units, `D${position + 4}`));
    expect(written).toEqual(report.units.map(({ raisedMinor }) => raisedMinor));
    expect(fenOf(units, `D${report.units.length + 4}`)).toBe(report.summary.raisedMinor);
  });

  it('labels generated data on every sheet and on paper', async () => {
    for (const sheet of (await readBack(sampleReport('en'))).worksheets) {
      expect(sheet.getCell('A2').text).toContain('generated by a program');
      expect(sheet.headerFooter.oddHeader).toContain('Demonstration data');
    }
    const real = await readBack(
      sampleReport('en', (input) => {
        input.generatedData = false;
      }),
    );
    for (const sheet of real.worksheets) {
      expect(sheet.getCell('A2').text).toBe('Prepared at 2026-09-12 10:30:00 (Asia/Shanghai)');
      expect(sheet.headerFooter.oddHeader ?? '').not.toContain('Demonstration');
    }
  });

  it('prints on A4 with its header in sight while one scrolls', async () => {
    for (const sheet of (await readBack(sampleReport())).worksheets) {
      expect(sheet.pageSetup).toMatchObject({ paperSize: 9, fitToWidth: 1, fitToHeight: 0 });
      expect(sheet.views).toMatchObject([{ state: 'frozen', ySplit: 3 }]);
    }
  });

  it('lists the discrepancies, or says that there are none', async () => {
    const texts = async (report: CloseoutReport) =>
      cellsOf(sheetOf(await readBack(report), 'Reconciliation')).map((cell) => cell.text);
    const differing = await texts(sampleReport('en'));
    for (const id of ['4200002409202609070012345678', '4200002409202609080087654321', '4200002409202609090011223344'])
      expect(differing).toContain(id);
    expect(await texts(sampleReport('en', agreeing))).toContain('There are none.');
  });

  it('lists every item with what became of it, and counts them', async () => {
    const texts = cellsOf(sheetOf(await readBack(sampleReport('en')), 'Reconciliation')).map((cell) => cell.text);
    for (const line of [
      'Resolved · written off by two',
      'Zhao Qiang, 2026-09-11; proposed by Wang Fang',
      'the provider will send it; due 2026-10-15',
      '2026-09-11 17:00:00 (Asia/Shanghai)',
    ])
      expect(texts).toContain(line);
  });

  it('lists every change with gift, amounts, why and who, and adds up to what the totals say', async () => {
    const report = sampleReport('en', eventful);
    const sheet = sheetOf(await readBack(report), 'Matches that changed');
    const rows = report.match.adjustments.map((_, position) => sheet.getRow(position + 4));
    expect(rows.map((row) => [row.getCell(1).value, row.getCell(3).value || null, row.getCell(4).text])).toEqual([
      [1, null, 'Pool changed'],
      [2, null, 'Challenge'],
      [3, 8, 'Refund'],
      [4, 38, 'Refund'],
      [5, 21, 'Held match released'],
      [6, 22, 'Match taken away'],
      [7, null, 'Sum shared out'],
    ]);
    const total = report.match.adjustments.length + 4;
    expect(fenOf(sheet, `G${total}`)).toBe(report.summary.refundedMinor);
    expect(report.match.drawnMinor + fenOf(sheet, `H${total}`)).toBe(report.summary.matchedMinor);
    expect(fenOf(sheet, `I${total}`)).toBe(report.summary.lumpMinor);
    expect(cellsOf(sheet).map((cell) => cell.text)).toContain("'=six gifts of one account within a minute");
    const shares = cellsOf(sheetOf(await readBack(report), 'Match')).map((cell) => cell.text);
    for (const reason of ['held back by the cap', 'one donor makes no pair']) expect(shares).toContain(reason);
  });

  it('lets no name act as a formula', async () => {
    const names = ['=HYPERLINK("http://x","y")', '+1', '-1', '@SUM(A1)', '\t=1'];
    const report = sampleReport('en', (input) => {
      for (const [position, unit] of input.campaign.units.entries()) unit.name = names[position] ?? unit.name;
      input.campaign.title = '=1+1';
      input.campaign.purpose = '＝1+1';
    });
    const workbook = await readBack(report);
    const units = sheetOf(workbook, 'Units');
    const written = report.units.slice(0, 5).map((_, position) => units.getCell(`B${position + 4}`));
    expect(written.map((cell) => cell.formula)).toEqual(Array(5).fill(undefined));
    expect(written.map((cell) => cell.text).sort()).toEqual(names.map((name) => `'${name}`).sort());
    expect(units.getCell('A1').text).toBe("'=1+1 · Units");
    expect(cellsOf(sheetOf(workbook, 'Summary')).map((cell) => cell.text)).toContain("'＝1+1");
  });
});

describe('text in a workbook', () => {
  it('loses characters that would make the file unreadable', () => {
    expect(safeText('a\u0000b\u000bc\ud800d\nf')).toBe('abcd\nf');
  });

  it('keeps ordinary names as they are, rare characters too', () => {
    expect(safeText('𠮷野 O’Brien-Smith (A=B)')).toBe('𠮷野 O’Brien-Smith (A=B)');
  });

  it('is cut where Excel would refuse the file', () => {
    expect(safeText('长'.repeat(40_000))).toHaveLength(32_767);
  });
});
