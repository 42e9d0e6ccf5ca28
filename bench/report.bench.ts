import { rmSync } from 'node:fs';
import { renderReportPdf } from '../functions/closeout/report-pdf.ts';
import { renderReportXlsx } from '../functions/closeout/report-xlsx.ts';
import { sampleReport } from '../test/closeout/sample-report.ts';
import { assetsFolder } from '../test/press/press-folder.ts';
import { type Benchmark, number, spread } from './findings.ts';
import { FEWEST_ROUNDS, spreadOf } from './rounds.ts';

/** Setting the closeout report of the tests' sample campaign: 300 gifts of five units in three days. */
export const report: Benchmark = {
  title: 'Report: the closeout of the sample campaign as PDF and XLSX',
  async run() {
    const sample = sampleReport();
    const folders = Array.from({ length: FEWEST_ROUNDS }, assetsFolder);
    const first: number[] = [];
    const warm: number[] = [];
    const sheets: number[] = [];
    let pdfBytes = 0;
    let xlsxBytes = 0;
    try {
      // A folder that was not seen before opens a press of its own, as the first call of a process does.
      for (const folder of folders) {
        first.push(await timed(async () => void (await renderReportPdf(sample, { assetsFolder: folder }))));
        warm.push(
          await timed(async () => {
            pdfBytes = (await renderReportPdf(sample, { assetsFolder: folder })).length;
          }),
        );
        sheets.push(
          await timed(async () => {
            xlsxBytes = (await renderReportXlsx(sample)).length;
          }),
        );
      }
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
    const figures = { pdfFirstMs: spreadOf(first), pdfWarmMs: spreadOf(warm), xlsxMs: spreadOf(sheets) };
    return {
      tables: [
        {
          head: ['file', 'ms: median (range)', 'KB'],
          rows: [
            ['PDF, with opening the compiler and the fonts', spread(figures.pdfFirstMs), number(pdfBytes / 1024)],
            ['PDF, again', spread(figures.pdfWarmMs), number(pdfBytes / 1024)],
            ['XLSX', spread(figures.xlsxMs), number(xlsxBytes / 1024)],
          ],
        },
      ],
      notes: [`The very first of all, with the compiler's own code compiled, took ${number(first[0] ?? 0)} ms.`],
      figures,
    };
  },
};

async function timed(act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}
