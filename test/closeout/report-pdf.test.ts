import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CloseoutReport } from '../../functions/closeout/closeout-report.ts';
import { reportPages } from '../../functions/closeout/report-pages.ts';
import { renderReportPdf } from '../../functions/closeout/report-pdf.ts';
import { assetsFolder } from '../press/press-folder.ts';
import { sampleReport } from './sample-report.ts';

const folder = assetsFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const render = (report: CloseoutReport) => renderReportPdf(report, { assetsFolder: folder });
const latin1 = (pdf: Uint8Array): string => Buffer.from(pdf).toString('latin1');

/** Every character that the PDF has a glyph for, from the maps by which a reader's search and copy work. */
function charactersOf(pdf: Uint8Array): Set<string> {
  const maps = [...latin1(pdf).matchAll(/beginbfchar([\s\S]*?)endbfchar/g)].map(([, lines = '']) => lines);
  const codes = maps.flatMap((lines) =>
    [...lines.matchAll(/<[0-9A-F]+>\s*<([0-9A-F]+)>/g)].map(([, code = '']) => code),
  );
  return new Set(codes.flatMap((code) => [...Buffer.from(code, 'hex').swap16().toString('utf16le')]));
}

const pagesIn = (pdf: Uint8Array): number => [...latin1(pdf).matchAll(/\/Type\s*\/Page\b(?!s)/g)].length;

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Characters of the report's printed texts that have no glyph in the PDF. */
function missingCharacters(report: CloseoutReport, pdf: Uint8Array): string[] {
  const { title, kicker, subtitle, keyFigures, sections, footer } = reportPages(report);
  const printed = charactersOf(pdf);
  const headings = sections.map(({ heading }) => heading);
  const cells = sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.kind === 'table'
        ? textsIn([block.columns.map(({ label }) => label), block.rows])
        : block.kind === 'note'
          ? [block.text]
          : [],
    ),
  );
  const wanted = [title, kicker, subtitle, ...textsIn(keyFigures), ...headings, ...cells, footer.left].join('');
  return [...new Set(wanted)].filter((character) => !/\s/.test(character) && !printed.has(character));
}

describe('the report as a PDF', () => {
  it.each(['zh-CN', 'en'] as const)('prints every character of a %s report', async (language) => {
    const report = sampleReport(language);
    const pdf = await render(report);
    expect(missingCharacters(report, pdf)).toEqual([]);
    expect(latin1(pdf)).toMatch(/^%PDF-1\.\d/);
    expect(pagesIn(pdf)).toBe(10);
  });

  it('is tagged, so that a screen reader can read the tables in their order and language', async () => {
    const pdf = latin1(await render(sampleReport()));
    expect(pdf).toMatch(/\/MarkInfo\s*<<\s*\/Marked true/);
    expect(pdf).toContain('/Lang (zh-CN)');
    expect(pdf).toContain('/StructTreeRoot');
  });

  it('is the same file, byte for byte, whenever the same report is printed', async () => {
    const [once, twice] = [await render(sampleReport()), await render(sampleReport())];
    expect(Buffer.from(once).equals(Buffer.from(twice))).toBe(true);
    const other = await render(
      sampleReport('zh-CN', (input) => {
        input.generatedData = false;
      }),
    );
    expect(Buffer.from(other).equals(Buffer.from(once))).toBe(false);
  });

  it.each([
    ['rare Chinese characters', '𠮷野家𠜎'],
    ['Tibetan', 'བཀྲ་ཤིས'],
    ['Uyghur', 'ئابدۇقادىر'],
    ['Mongolian', 'ᠮᠣᠩᠭᠣᠯ'],
    ['Yi', 'ꆈꌠꉙ'],
    ['Korean', '홍길동'],
    ['Latin with marks, Cyrillic, Greek', 'Łódź Nguyễn Юрий Ελένη'],
  ])('prints names in %s', async (_, name) => {
    const report = sampleReport('zh-CN', (input) => {
      const [unit] = input.campaign.units;
      if (unit !== undefined) unit.name = name;
    });
    const pdf = latin1(await render(report));
    expect(pdf).not.toContain('<3013>');
    const plain = latin1(await render(sampleReport('zh-CN')));
    const fontsIn = (text: string): number => [...text.matchAll(/\/FontFile[23]/g)].length;
    expect(fontsIn(pdf)).toBeGreaterThan(fontsIn(plain));
  });

  it('prints a visible mark for a character that no font has, and the rest of the name', async () => {
    const report = sampleReport('zh-CN', (input) => {
      const [unit] = input.campaign.units;
      if (unit !== undefined) unit.name = '𠮷野爱心队\u{E000}\u{10FFFD}';
    });
    const characters = charactersOf(await render(report));
    for (const character of '𠮷〓野爱心队') expect(characters).toContain(character);
  });

  it('reads a campaign’s title as text, whatever it looks like', async () => {
    const title = '#panic("x") = *粗* $a$ "] #let \\u{1F600} <标签> `码` //';
    const report = sampleReport('zh-CN', (input) => {
      input.campaign.title = title;
    });
    expect(missingCharacters(report, await render(report))).toEqual([]);
  });

  it('carries long tables over as many pages as they need', async () => {
    const report = sampleReport('zh-CN', (input) => {
      for (let number = 0; number < 200; number += 1) {
        input.campaign.units.push({ id: `more-${number}`, name: `第${number}志愿服务队` });
        input.reconciliation.discrepancies.push({
          kind: 'state-differs',
          provider: 'wechat-pay',
          transactionId: `4200${number}`,
          day: '2026-09-08',
          ourAmountMinor: 1,
          theirAmountMinor: 1,
        });
      }
      input.campaign.lastDay = '2026-12-31';
    });
    expect(pagesIn(await render(report))).toBeGreaterThan(10);
  });

  it('fails for good, with the typesetter’s words, when the template cannot be set', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'broken-assets-'));
    for (const file of readdirSync(folder))
      if (!file.endsWith('.typ')) symlinkSync(join(folder, file), join(broken, file));
    writeFileSync(join(broken, 'closeout-report.typ'), '#nonsense');
    const printing = renderReportPdf(sampleReport(), { assetsFolder: broken });
    await expect(printing).rejects.toMatchObject({
      name: 'PermanentError',
      message: expect.stringContaining('unknown variable: nonsense'),
    });
    rmSync(broken, { recursive: true });
  });

  it('says which file is missing from an incomplete deployment, and works once it is there', async () => {
    const incomplete = mkdtempSync(join(tmpdir(), 'incomplete-assets-'));
    await expect(renderReportPdf(sampleReport(), { assetsFolder: incomplete })).rejects.toThrow(
      /ENOENT.*incomplete-assets/,
    );
    for (const file of readdirSync(folder)) symlinkSync(join(folder, file), join(incomplete, file));
    expect(pagesIn(await renderReportPdf(sampleReport(), { assetsFolder: incomplete }))).toBe(10);
    rmSync(incomplete, { recursive: true });
  });
});
