import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import { readGifts } from '../../local/what-if/gifts-file.ts';
import { parseWhatIfOptions, type WhatIfOptions } from '../../local/what-if/options.ts';
import { readDraft } from '../../local/what-if/plan-file.ts';
import { replay } from '../../local/what-if/replay.ts';
import { whatIfText } from '../../local/what-if/tables.ts';
import { columnsOf } from '../../local/wrapped-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'yiqi-what-if-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | Buffer, ending = 'csv'): string {
  files += 1;
  const path = join(folder, `file-${files}.${ending}`);
  writeFileSync(path, content);
  return path;
}

const PLAN = `
window: { firstDay: 2026-09-07, lastDay: 2026-09-09, zone: Asia/Shanghai }
units: [wanyuan, { id: xuanhan, name: 宣汉县红十字会 }]
rules:
  - { version: 2, kind: ratio, id: kelun, sponsor: 科伦, poolMinor: 3000, numerator: 1, denominator: 1, perGift: { capMinor: 1000 } }
`;

function optionsOf(...args: string[]): WhatIfOptions {
  const options = parseWhatIfOptions(args, () => undefined);
  if ('exitCode' in options) throw new Error('the command line was refused');
  return options;
}

describe('gifts from a file', () => {
  test('are read with a byte order mark, quoted cells, Chinese columns and both kinds of times, and put in order', async () => {
    const path = file(
      '\ufeff支付时间,捐赠人,金额,单位,备注\n2025-09-07 20:15:01,"李,明",17.70,wanyuan,加油\n2025-09-07T20:15:00+08:00,王芳,5,,\n\n',
    );
    const gifts = await readGifts(path, 'Asia/Shanghai');
    expect(gifts.map(({ paidAt, amountMinor, unitId }) => [paidAt, amountMinor, unitId])).toEqual([
      [instantOf('2025-09-07T12:15:00Z'), 500, undefined],
      [instantOf('2025-09-07T12:15:01Z'), 1_770, 'wanyuan'],
    ]);
    expect(gifts.every(({ donorId }) => /^dnr_[0-9a-z]{20}$/.test(donorId))).toBe(true);
  });

  const HEAD = 'paid at,amount,donor,unit,reach\n';
  const GOOD = '2025-09-07 20:15:00,17.70,a,wanyuan,3\n';
  test.each([
    [`${HEAD}${GOOD}2025-09-07 25:15:00,1,a,,\n`, /line 3, column paid at: "2025-09-07 25:15:00" is no time/],
    [`${HEAD}${GOOD}2025-02-30 20:15:00,1,a,,\n`, /line 3, column paid at/],
    [`${HEAD}2025-09-07 20:15:00,1.005,a,,\n`, /line 2, column amount: "1.005" is no amount above zero/],
    [`${HEAD}2025-09-07 20:15:00,-1,a,,\n`, /line 2, column amount/],
    [`${HEAD}2025-09-07 20:15:00,"1,000.00",a,,\n`, /line 2, column amount/],
    [`${HEAD}2025-09-07 20:15:00,1,,,\n`, /line 2, column donor: is empty/],
    [`${HEAD}2025-09-07 20:15:00,1,a,,many\n`, /line 2, column reach: "many" is no whole number/],
    [`${HEAD}2025-09-07 20:15:00,1\n`, /line 2/],
    ['paid at,donor\n', /line 1, column amount: is missing/],
    ['paid at,amount,amount,donor\n', /line 1, column amount: stands there twice/],
    [HEAD, /holds no gifts/],
    ['', /holds no gifts/],
    [Buffer.from([0xd6, 0xa7, 0xb8, 0xb6]), /is not in UTF-8/],
  ])('are refused with line and column, and none of them is used (%#)', async (content, sentence) => {
    await expect(readGifts(file(content), 'Asia/Shanghai')).rejects.toThrow(sentence);
  });

  test('are refused when there is no such file', async () => {
    await expect(readGifts(join(folder, 'nothing.csv'), 'UTC')).rejects.toThrow(/There is no file/);
  });
});

describe('a draft', () => {
  test('is a plan with its window and units, or a whole proposal', () => {
    const plan = readDraft(file(PLAN, 'yaml'));
    expect(plan).toMatchObject({ unitIds: ['wanyuan', 'xuanhan'], window: { firstDay: '2026-09-07' } });
    const { window, units, rules } = { window: plan.window, units: plan.unitIds, rules: plan.plan.rules };
    const proposal = file(JSON.stringify({ title: 'T', window, units, matching: { rules } }), 'json');
    expect(readDraft(proposal).plan).toEqual(plan.plan);
  });

  test.each([
    [PLAN.replace('numerator: 1', 'numerator: 0'), /rules\[0\]\.numerator/],
    [PLAN.replace('units:', 'unit:'), /Unrecognized key/],
    ['rules: [', /is no YAML/],
  ])('is refused with the field or the line that is wrong (%#)', (text, sentence) => {
    expect(() => readDraft(file(text, 'yaml'))).toThrow(/not a plan|no YAML/);
    try {
      readDraft(file(text, 'yaml'));
    } catch (error) {
      expect(`${(error as Error).message} ${(error as { advice: string }).advice}`).toMatch(sentence);
    }
  });

  test('that contradicts itself is refused with every contradiction', async () => {
    const contradictory = PLAN.replace('capMinor: 1000', 'capMinor: 9000');
    const options = optionsOf('--plan', file(contradictory, 'yaml'), '--generate', '5');
    await expect(replay(options)).rejects.toMatchObject({
      advice: expect.stringContaining('rules[0].perGift.capMinor'),
    });
  });
});

describe('npm run what-if', () => {
  const gifts = () =>
    file(
      'paid at,amount,donor,unit\n2025-09-06 20:00:00,25.00,a,wanyuan\n2025-09-06 20:30:00,8.00,b,\n2025-09-07 09:00:00,30.00,c,party\n',
    );

  test("moves last year's gifts onto the first day, or as far as it is told", async () => {
    const plan = file(PLAN, 'yaml');
    const moved = await replay(optionsOf('--plan', plan, '--gifts', gifts()));
    expect(moved.movedDays).toBe(366);
    expect(moved.result.hours.map(({ hour }) => hour)).toEqual(['2026-09-07T20:00', '2026-09-08T09:00']);
    expect(moved.result.drafts[0]).toMatchObject({ matchMinor: 2_800, matchedGifts: 3, capped: { gifts: 2 } });
    const told = await replay(optionsOf('--plan', plan, '--gifts', gifts(), '--move-days', '367'));
    expect(told.result.hours[0]?.hour).toBe('2026-09-08T20:00');
  });

  test('sets two drafts side by side in tables whose Chinese columns stand straight', async () => {
    const other = file(PLAN.replace('capMinor: 1000', 'capMinor: 500'), 'yaml');
    const replayed = await replay(optionsOf('--plan', file(PLAN, 'yaml'), '--plan', other, '--gifts', gifts()));
    const chinese = stripVTControlCharacters(whatIfText(replayed, 'zh-CN')).split('\n');
    const left = chinese.findIndex((line) => line.includes('剩余'));
    const [row = '', above = ''] = [chinese[left], chinese[left - 1]];
    expect(columnsOf(row)).toBe(columnsOf(above));
    expect(row).toMatch(/¥2\.00\s+¥15\.00$/);
    expect(stripVTControlCharacters(whatIfText(replayed, 'en'))).toContain('Gifts are replayed as they were paid');
  });

  test('shows days instead of hours where hours would fill pages, and says where the hours are', async () => {
    const plan = file(PLAN.replace('lastDay: 2026-09-09', 'lastDay: 2026-09-30'), 'yaml');
    const replayed = await replay(optionsOf('--plan', plan, '--generate', '3000'));
    const text = stripVTControlCharacters(whatIfText(replayed, 'en'));
    expect(text).toContain('Money used by day (the file of --json has every hour)');
    expect(text).not.toContain('20:00 ');
  });

  test('gives the same for the same seeds', async () => {
    const args = ['--plan', file(PLAN, 'yaml'), '--generate', '300', '--seed', '9'];
    expect(await replay(optionsOf(...args))).toEqual(await replay(optionsOf(...args)));
  });

  test.each([
    [['--generate', '5']],
    [['--plan', 'a.yaml']],
    [['--plan', 'a.yaml', '--generate', '5', '--gifts', 'x.csv']],
    [['--plan', 'a', '--plan', 'b', '--plan', 'c', '--generate', '5']],
    [['--plan', 'a', '--generate', '0']],
    [['--plan', 'a', '--generate', '5', '--days', '61']],
    [['--plan', 'a', '--generate', '5', '--lang', 'fr']],
  ])('refuses %j with a sentence', (args) => {
    const written: string[] = [];
    expect(parseWhatIfOptions(args, (text) => written.push(text))).toEqual({ exitCode: 1 });
    expect(written.join('')).toContain('error:');
  });
});
