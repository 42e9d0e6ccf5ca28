import { describe, expect, it } from 'vitest';
import type { Block } from '../../functions/closeout/report-pages.ts';
import { reportPages } from '../../functions/closeout/report-pages.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { agreeing, eventful, sampleReport } from './sample-report.ts';

const blocksOf = (pages: ReturnType<typeof reportPages>, heading: string): readonly Block[] =>
  pages.sections.find((section) => section.heading.endsWith(heading))?.blocks ?? [];

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
    const english = JSON.stringify(reportPages(sampleReport('en', eventful)));
    expect(english).not.toMatch(/\p{Script=Han}/u);
    for (const word of ['动员单位', '按日统计', '预算与执行', '配捐', '对账', '差异明细', '收入来源', '签署'])
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
    const captionOf = (lastDay: string) => {
      const pages = reportPages(
        sampleReport('zh-CN', (input) => {
          input.campaign.lastDay = lastDay;
        }),
      );
      const chart = blocksOf(pages, '按日统计').find((block) => block.kind === 'chart');
      return chart?.description;
    };
    expect(captionOf('2026-09-09')).toMatch(/^逐时捐款；最高：9月\d日 \d\d:00，¥/);
    expect(captionOf('2026-10-06')).toMatch(/^逐日捐款；最高：/);
  });

  it('says of every picture in words what it shows, and draws the same report the same', () => {
    const charts = () =>
      reportPages(sampleReport()).sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'chart'));
    expect(charts()).toHaveLength(5);
    for (const { svg, description } of charts()) {
      expect(description.length).toBeGreaterThan(10);
      expect(svg).toMatch(/^<svg /);
    }
    expect(charts()).toEqual(charts());
  });

  it('warns where bills and books differ, and is calm where they agree', () => {
    const tones = (report: ReturnType<typeof sampleReport>) =>
      blocksOf(reportPages(report), '对账').flatMap((block) => (block.kind === 'note' ? [block.tone] : []));
    expect(tones(sampleReport())).toContain('warning');
    expect(tones(sampleReport('zh-CN', agreeing))).not.toContain('warning');
  });

  it('warns when the second calculation of the matches came out differently', () => {
    const report = sampleReport('zh-CN', (input) => {
      input.match.recomputation = { agrees: false, giftsCompared: 300, adjustmentsCompared: 0, differences: 2 };
    });
    expect(blocksOf(reportPages(report), '配捐')).toContainEqual({
      kind: 'note',
      tone: 'warning',
      text: '独立复算：300 笔中有 2 处不符，须核实',
    });
  });

  it('leads with the net where something went back, so that its three figures still add up', () => {
    const report = sampleReport('zh-CN', eventful);
    const [net, matched, total] = reportPages(report).keyFigures;
    expect(net).toMatchObject({ label: '捐款净额', value: '¥4,899.80' });
    expect(net?.note).toBe('¥5,033.90 减去退还 ¥134.10 · 300 笔 · 271 人');
    const fen = (text = '') => Number(text.replace(/\D/g, ''));
    expect(fen(net?.value) + fen(matched?.value)).toBe(fen(total?.value));
  });

  it('tells how far the matches have come, and until when the public may object', () => {
    const notes = (stage: string) =>
      blocksOf(
        reportPages(
          sampleReport('en', (input) => {
            input.match.stage = stage;
          }),
        ),
        'Match',
      ).flatMap((block) => (block.kind === 'note' ? [block.text] : []));
    expect(notes('publicised')[0]).toBe(
      'Matches are publicised until 21 September 2026 and open to objections; then they are confirmed.',
    );
    expect(notes('confirmed')[0]).toContain('confirmed');
    expect(notes('paid')[0]).toContain('have paid');
  });

  it('lists every gift whose match changed, with what and why, and what changed pools and lump sums', () => {
    const tables = blocksOf(reportPages(sampleReport('en', eventful)), 'Match').filter(({ kind }) => kind === 'table');
    const cells = tables.flatMap((block) => (block.kind === 'table' ? block.rows.map((row) => row.join(' | ')) : []));
    for (const line of [
      '3 | 12 Sep | 8 | the whole gift of ¥100.77 went back | refund notified by the provider | −¥50.00',
      '5 | 12 Sep | 21 | the held match was looked at and stays | reached by phone (auditor-sun) | ¥0.00',
      '2 | 9 Sep | the challenge of Dazhou Chamber of Commerce is met and adds ¥500.00 | settled by its rule | +¥500.00',
      'City directly-affiliated organs | held back by the cap | ¥120.00',
    ])
      expect(cells).toContain(line);
    expect(cells.find((line) => line.startsWith('1 |'))).toContain(
      'the pool of Kelun Pharmaceutical grew from ¥2,000.00 to ¥3,000.00',
    );
  });

  it('prints the first sixty of many changes and says how many more the files hold', () => {
    const blocks = blocksOf(
      reportPages(
        sampleReport('zh-CN', (input) => {
          input.match.adjustments = Array.from({ length: 1_061 }, (_, n) => ({
            number: n + 1,
            kind: 'release',
            at: '2026-09-12T02:00:00.000Z',
            by: 'auditor-sun',
            giftNo: n + 1,
            matchMinor: 0,
            lumpMinor: 0,
            changes: [],
          }));
        }),
      ),
      '配捐',
    );
    const list = blocks.findLast((block) => block.kind === 'table');
    expect(list?.kind === 'table' && list.rows).toHaveLength(60);
    expect(blocks.at(-1)).toMatchObject({ text: expect.stringContaining('另有 1,001 项') });
  });

  it('says that there are no discrepancies instead of printing an empty table', () => {
    const blocks = blocksOf(reportPages(sampleReport('en', agreeing)), 'Reconciliation');
    expect(blocks.at(-1)).toEqual({ kind: 'note', tone: 'plain', text: 'There are none.' });
  });

  it('says of every discrepancy what became of it, who decided it and who signed the open ones over', () => {
    const blocks = blocksOf(reportPages(sampleReport('en')), 'Reconciliation');
    const table = blocks.find((block) => block.kind === 'table' && block.columns.at(-1)?.label === 'Decision');
    expect(table?.kind === 'table' && table.rows.map((row) => [row[1], row[5], row[6]])).toEqual([
      [
        'Paid, not booked',
        'right as it is',
        'the donor called; it is for next year; evidence: bank line 0907-12 (Wang Fang, 2026-09-11)',
      ],
      [
        'Order paid again',
        'written off by two',
        'the payer cannot be reached (Zhao Qiang, 2026-09-11; proposed by Wang Fang)',
      ],
      [
        'Amounts differ',
        'Signed over',
        'the board lets the report go ahead and bears the difference (Zhao Qiang, 2026-09-11)',
      ],
      ['Here, not in the bill', 'Carried', 'the provider will send it; due 2026-10-15 (Wang Fang, 2026-09-11)'],
    ]);
    expect(blocks).toContainEqual({
      kind: 'note',
      tone: 'warning',
      text: 'On 11 September 2026 Zhao Qiang signed the items over that were open then (1, ¥0.50 at stake): the board lets the report go ahead and bears the difference. Still open when this report was prepared: 1.',
    });
  });

  it('shows what moved on the accounts, fees by both bills, where the provider states it', () => {
    const blocks = blocksOf(reportPages(sampleReport('en')), 'Reconciliation');
    const tables = blocks.filter((block) => block.kind === 'table');
    expect(tables.at(-1)?.rows).toEqual([
      ['WeChat Pay 1900000109', '¥12,345.67', '¥35.00', '¥74.07', '¥74.07', '¥51.20', '¥10,000.00', '¥0.00'],
    ]);
    expect(blocks.at(-1)).toMatchObject({ text: expect.stringContaining('other campaigns included') });
  });

  it('sets what was spent beside what was planned, with the variance and why', () => {
    const blocks = blocksOf(reportPages(sampleReport('en')), 'Budget against actual');
    const table = blocks.find((block) => block.kind === 'table');
    expect(table?.rows.map((row) => row.slice(2))).toEqual([
      ['¥5,000.00', '−¥200.00', '¥4,800.00', '¥4,800.00', '¥0.00'],
      ['¥3,333.33', '+¥200.00', '¥3,533.33', '¥3,512.00', '−¥21.33'],
      ['¥1,266.67', '¥0.00', '¥1,266.67', '¥1,266.67', '¥0.00'],
      ['¥400.00', '¥0.00', '¥400.00', '¥0.00', '−¥400.00'],
    ]);
    expect(JSON.stringify(blocks)).toContain('Printed by volunteers at their own cost');
  });

  it.each([
    ['zh-CN', '预算与执行', '受助不足三人', '发放救助 121 次'],
    ['en', 'Budget against actual', 'Fewer than three people had aid', 'Aid was paid 121 times'],
  ] as const)('in %s says that aid of one or two people is not shown', (language, heading, few, many) => {
    const text = (change?: Parameters<typeof sampleReport>[1]) =>
      JSON.stringify(blocksOf(reportPages(sampleReport(language, change)), heading));
    expect(text()).toContain(many);
    const ofFew = text((input) => {
      input.spending.aid = null;
    });
    expect(ofFew).toContain(few);
    expect(ofFew).not.toContain(many);
  });

  it('says that a report is a draft until it is signed, and then who signed which hash', () => {
    const draft = reportPages(sampleReport());
    expect(draft.cover).toMatchObject({ isDraft: true, state: '草稿（第 1 稿）：未签署' });
    expect(blocksOf(draft, '签署').some((block) => block.kind === 'boxes')).toBe(true);
    const signature = {
      step: '财务复核',
      personId: 'f',
      name: '王芳',
      onBehalfOf: '赵强',
      at: instantOf('2026-12-02T02:00:00Z'),
    };
    const signed = reportPages(sampleReport(), 'ab'.repeat(32), [signature]);
    expect(signed.cover).toMatchObject({ isDraft: false, state: '已签署' });
    expect(JSON.stringify(blocksOf(signed, '签署'))).toContain('王芳（代赵强）');
    expect(JSON.stringify(blocksOf(signed, '签署'))).toContain('ab'.repeat(32));
  });

  it('has a cell for every column in every row of every table', () => {
    for (const language of ['zh-CN', 'en'] as const) {
      const tables = reportPages(sampleReport(language, eventful)).sections.flatMap(({ blocks }) =>
        blocks.filter((block) => block.kind === 'table'),
      );
      expect(tables.length).toBeGreaterThan(4);
      for (const { columns, rows, total } of tables)
        for (const row of total === undefined ? rows : [...rows, total]) expect(row).toHaveLength(columns.length);
    }
  });
});
