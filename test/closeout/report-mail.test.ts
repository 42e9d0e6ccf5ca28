import { describe, expect, it } from 'vitest';
import { renderReportMail } from '../../functions/closeout/report-mail.tsx';
import { agreeing, eventful, sampleReport } from './sample-report.ts';

describe('the mail that carries the closeout report', () => {
  it('tells the key figures, the leading units and what reconciliation found, in text and HTML alike', async () => {
    const { subject, html, text } = await renderReportMail(sampleReport(), {
      attachmentNames: ['报告.pdf', '报告.xlsx'],
    });
    expect(subject).toBe('【演示数据】【项目结项报告】困难党员帮扶计划');
    for (const face of [html, text])
      for (const fact of [
        '¥5,033.90',
        '¥3,000.00',
        '80.33%',
        '¥9,578.67',
        '1. 通川区红十字会',
        '¥1,446.96 · 48 笔',
        '处理情况逐项列明',
        '1 项，¥0.50',
        '赵强就当时未处理的 1 项差异（涉及 ¥0.50）签字承担',
        '报告.pdf、报告.xlsx',
      ])
        expect(face).toContain(fact);
  });

  it('tells gross, refunds and net, what became of the matches and how many changed', async () => {
    const { text } = await renderReportMail(sampleReport('en', eventful));
    for (const line of [
      '  Raised: ¥5,033.90',
      '  Refunded: ¥134.10',
      '  Raised, net: ¥4,899.80',
      '  Lump sums: ¥885.00',
      '  Matches that changed: 4',
      '  Second calculation: 300 gifts and 7 changes, equal to the fen',
      '  Matches are publicised until 21 September 2026 and open to objections; then they are confirmed.',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it('speaks English for an English campaign', async () => {
    const { subject, html, text } = await renderReportMail(sampleReport('en', agreeing));
    expect(subject).toBe('[Demonstration data] Closeout report: Hardship Party Members Support Plan');
    expect(text).not.toMatch(/\p{Script=Han}/u);
    expect(html).toContain('<html dir="ltr" lang="en">');
    expect(text).toContain('Bills and books agree line by line');
  });

  it('labels generated data in subject, text and HTML, and real gifts in none', async () => {
    const generated = await renderReportMail(sampleReport('en'));
    for (const face of Object.values(generated)) expect(face).toContain('Demonstration data');
    const real = await renderReportMail(
      sampleReport('en', (input) => {
        input.generatedData = false;
      }),
    );
    for (const face of Object.values(real)) expect(face).not.toContain('Demonstration');
  });

  it('links to the report with the address whole in both faces', async () => {
    const url = 'https://example.org/reports?campaign=a&version=1';
    const { html, text } = await renderReportMail(sampleReport(), { links: [{ label: '公开数据', url }] });
    expect(text).toContain(`公开数据：${url}`);
    expect(html).toContain('href="https://example.org/reports?campaign=a&amp;version=1"');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'no address'])('refuses the link %s', async (url) => {
    const mail = renderReportMail(sampleReport(), { links: [{ label: 'x', url }] });
    await expect(mail).rejects.toMatchObject({
      name: 'PermanentError',
      message: expect.stringContaining('is not an http or https address'),
    });
  });

  it('lets no title or unit become markup, another header or another line', async () => {
    const { subject, html, text } = await renderReportMail(
      sampleReport('en', (input) => {
        input.campaign.title = 'A\r\nBcc: thief@example.org <script>alert(1)</script>';
        for (const unit of input.campaign.units) unit.name = '<img src=x onerror=alert(1)>\nTotal: ¥0.00';
      }),
    );
    expect(subject).toBe('[Demonstration data] Closeout report: A Bcc: thief@example.org <script>alert(1)</script>');
    expect(html).not.toMatch(/<script>|<img src=x/);
    expect(text.split('\n').filter((line) => line.startsWith('Total: ¥0.00'))).toEqual([]);
  });
});
