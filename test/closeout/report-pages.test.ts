import { describe, expect, it } from 'vitest';
import type { Block } from '../../functions/closeout/report-pages.ts';
import { reportPages } from '../../functions/closeout/report-pages.ts';
import { agreeing, sampleReport } from './sample-report.ts';

const blocksOf = (pages: ReturnType<typeof reportPages>, heading: string): readonly Block[] =>
  pages.sections.find((section) => section.heading === heading)?.blocks ?? [];

describe('the printed report', () => {
  it('leads with what was raised, matched and how near the target came', () => {
    expect(reportPages(sampleReport()).keyFigures).toEqual([
      { label: '捐款金额', value: '¥5,033.90', note: '300 笔 · 271 人 · 笔均 ¥16.77' },
      { label: '配捐金额', value: '¥3,000.00', note: '配捐资金余额 ¥0.00' },
      { label: '合计', value: '¥8,033.90', note: '筹款目标 ¥10,000.00 的 80.33%' },
    ]);
  });

  it('speaks the campaign’s language in every label', () => {
    const chinese = JSON.stringify(reportPages(sampleReport('zh-CN')));
    const english = JSON.stringify(reportPages(sampleReport('en')));
    expect(english).not.toMatch(/\p{Script=Han}/u);
    for (const word of ['动员单位', '按日统计', '预算与筹款', '配捐', '对账', '差异明细', '尚未登记'])
      expect(chinese).toContain(word);
  });

  it('labels generated data, and says nothing of the kind about real gifts', () => {
    const generated = reportPages(sampleReport());
    expect([generated.generatedLabel, generated.generatedShort]).toEqual([
      expect.stringContaining('虚拟捐赠数据'),
      '演示数据',
    ]);
    const real = reportPages(
      sampleReport('zh-CN', (input) => {
        input.generatedData = false;
      }),
    );
    expect(JSON.stringify(real)).not.toContain('演示');
  });

  it('tells campaign, local time of preparation and the document’s checksum at the foot of every page', () => {
    const { footer } = reportPages(sampleReport(), 'ab'.repeat(32));
    expect(footer.left).toBe('项目编号 cmp_7k2m9q4x1v8n3t6w5z0a · 编制时间 2026-09-12 10:30:00（北京时间）');
    expect(footer.fingerprint).toContain('ab'.repeat(32));
    expect(reportPages(sampleReport()).footer.fingerprint).toBeNull();
  });

  it('dates the document by the campaign’s own calendar', () => {
    const lateEvening = sampleReport('zh-CN', (input) => {
      input.preparedAt = '2026-09-11T18:00:00.000Z';
    });
    expect(reportPages(lateEvening).preparedOn).toEqual([2026, 9, 12]);
  });

  it('draws hours for a few days and days for a long campaign', () => {
    const barsOf = (lastDay: string) => {
      const pages = reportPages(
        sampleReport('zh-CN', (input) => {
          input.campaign.lastDay = lastDay;
        }),
      );
      const bars = blocksOf(pages, '按日统计').find((block) => block.kind === 'bars');
      return bars?.groups.map((group) => group.barsPermille.length);
    };
    expect(barsOf('2026-09-09')).toEqual([24, 24, 24]);
    expect(barsOf('2026-10-06')).toEqual([30]);
  });

  it('makes the highest hour the full height of the chart', () => {
    const bars = blocksOf(reportPages(sampleReport()), '按日统计').find((block) => block.kind === 'bars');
    expect(Math.max(...(bars?.groups.flatMap((group) => group.barsPermille) ?? []))).toBe(1000);
  });

  it('warns where bills and books differ, and is calm where they agree', () => {
    const tones = (report: ReturnType<typeof sampleReport>) =>
      blocksOf(reportPages(report), '对账').flatMap((block) => (block.kind === 'note' ? [block.tone] : []));
    expect(tones(sampleReport())).toContain('warning');
    expect(tones(sampleReport('zh-CN', agreeing))).not.toContain('warning');
  });

  it('warns when the second calculation of the matches came out differently', () => {
    const report = sampleReport('zh-CN', (input) => {
      input.match.recomputation = { agrees: false, giftsCompared: 300, giftsDiffering: 2 };
    });
    expect(blocksOf(reportPages(report), '配捐')).toContainEqual({
      kind: 'note',
      tone: 'warning',
      text: '独立复算：300 笔中有 2 笔不符，须核实',
    });
  });

  it('says that there are no discrepancies instead of printing an empty table', () => {
    const blocks = blocksOf(reportPages(sampleReport('en', agreeing)), 'Reconciliation');
    expect(blocks.at(-1)).toEqual({ kind: 'note', tone: 'plain', text: 'There are none.' });
  });

  it('says that spending is not yet recorded, line by line', () => {
    const table = blocksOf(reportPages(sampleReport('en')), 'Budget').find((block) => block.kind === 'table');
    expect(table?.rows.map((row) => row.at(-1))).toEqual(Array(4).fill('not yet recorded'));
  });

  it('has a cell for every column in every row of every table', () => {
    for (const language of ['zh-CN', 'en'] as const) {
      const tables = reportPages(sampleReport(language)).sections.flatMap(({ blocks }) =>
        blocks.filter((block) => block.kind === 'table'),
      );
      expect(tables.length).toBeGreaterThan(4);
      for (const { columns, rows, total } of tables)
        for (const row of total === undefined ? rows : [...rows, total]) expect(row).toHaveLength(columns.length);
    }
  });
});
