import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { campaignSchema } from '../../functions/campaigns/campaign.ts';
import { type FilingSheet, filingSheetOf } from '../../functions/filing/filing-sheet.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { openPress } from '../../functions/press/press.ts';
import { SAMPLE_PROPOSAL } from '../campaigns/sample-proposal.ts';
import { putCampaign } from '../donations/open-campaign.ts';
import { assetsFolder } from '../press/press-folder.ts';

const NOW = instantOf('2026-08-20T09:00:00+08:00');
const stored = await putCampaign(memoryTable(), 'approved');
const sheetOf = (more: object = {}): FilingSheet =>
  filingSheetOf(
    campaignSchema.parse({ ...stored, proposal: { ...SAMPLE_PROPOSAL, ...more } }),
    '达州市红十字会',
    [{ name: '入户走访记录.pdf', kind: 'evidence' }],
    NOW,
  );
const labelsOf = ({ sections }: FilingSheet): string[] =>
  sections.flatMap(({ rows }) => rows.map(({ label }) => label));

describe('the filing sheet', () => {
  it('has everything that Charity Law art. 24 asks for, in its order, and what was added since', () => {
    expect(labelsOf(sheetOf())).toEqual([
      '组织名称',
      '公开募捐资格证书',
      '银行账户',
      '活动名称',
      '募捐目的',
      '慈善领域',
      '起止时间',
      '地域',
      '活动负责人',
      '接受捐赠方式',
      '预计募捐金额',
      '受益人',
      '募得款物用途',
      '募捐成本',
      '剩余财产的处理',
      '互联网募捐平台',
      '捐赠票据',
      '退款办法',
      '进展公布',
    ]);
    for (const { rows } of sheetOf().sections) for (const { value } of rows) expect(value).not.toBe('');
  });

  it('names a partner where there is one, and an emergency where there is one', () => {
    const partner = {
      name: '合作方（演示）',
      duties: '线下动员',
      agreement: { reference: '协议-1', signedOn: '2026-08-01' },
    };
    expect(labelsOf(sheetOf({ partner }))).toContain('合作方');
    const emergency = { reason: '暴雨洪灾', sinceOn: '2026-08-19', declaredBy: 'm', declaredAt: NOW };
    const campaign = campaignSchema.parse({ ...stored, proposal: SAMPLE_PROPOSAL, emergency });
    expect(labelsOf(filingSheetOf(campaign, 'x', [], NOW)).slice(-2)).toEqual(['先行开展的理由', '突发事件发生日期']);
  });

  it('has the budget line by line with its total, and says where the data are made up', () => {
    const { budget, annexes, warning } = sheetOf();
    expect(budget.rows).toHaveLength(3);
    expect(budget.total).toBe('¥1,000.00');
    expect(annexes).toEqual(['需求证明：入户走访记录.pdf']);
    expect(warning).toBeNull();
    expect(sheetOf({ generatedData: true }).warning).toContain('演示数据');
  });

  it('is set on A4 as a PDF, the same bytes for the same plan, whatever people wrote', async () => {
    const press = await openPress(assetsFolder());
    const hostile = { purpose: '#read("/etc/passwd") *粗体* $x$ \\ <b>&amp;</b> 👨‍👩‍👧', generatedData: true };
    const pdf = await press.print('filing-sheet.typ', sheetOf(hostile));
    expect(new TextDecoder('latin1').decode(pdf.subarray(0, 5))).toBe('%PDF-');
    expect(Buffer.from(await press.print('filing-sheet.typ', sheetOf(hostile))).equals(Buffer.from(pdf))).toBe(true);
    const shown = process.env['SHOW_FILING_SHEET'];
    if (shown !== undefined) writeFileSync(shown, pdf);
  }, 60_000);
});
