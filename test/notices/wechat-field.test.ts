import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fittedField } from '../../functions/notices/wechat-field.ts';

describe('a field of a WeChat message', () => {
  it.each([
    ['thing1', '暖冬行动', '暖冬行动'],
    ['thing1', '困'.repeat(21), `${'困'.repeat(19)}…`],
    ['thing1', '👨‍👩‍👧'.repeat(1), '👨‍👩‍👧'],
    ['thing3', '', '-'],
    ['amount2', '¥1,234.56', '¥1234.56'],
    ['amount2', '12.00元', '12.00元'],
    ['amount2', '¥12,345,678,901.00', undefined],
    ['amount2', '很多', undefined],
    ['number2', '¥1,234.56', '1234.56'],
    ['number2', '第一批', undefined],
    ['time4', '2026-09-07 10:00:00（北京时间）', '2026-09-07 10:00'],
    ['date4', '2026年9月7日', '2026-09-07'],
    ['time4', '23:59', '23:59'],
    ['date4', '今天', undefined],
    ['name5', '张三', '张三'],
    ['name5', '欧阳'.repeat(6), '欧阳'.repeat(5)],
    ['name5', 'Jean-Luc d’Ormesson', 'Jean-Luc d’Ormesson'],
    ['name5', 'Bartholomew Featherstonehaugh', 'Bartholomew Feathers'],
    ['name5', '买买提·吐尔逊88', '买买提·吐尔逊'],
    ['name5', '13800138000', undefined],
    ['phrase6', '已到账', '已到账'],
    ['phrase6', '部分退款完成', undefined],
    ['phrase6', 'done', undefined],
    ['character_string7', 'gft_0123456789', 'gft_0123456789'],
    ['character_string7', 'x'.repeat(33), undefined],
    ['character_string7', '编号1', undefined],
    ['letter8', 'CNY', 'CNY'],
    ['letter8', 'C1', undefined],
    ['phone_number9', '+86 138-0013-8000', '+86 138-0013-8000'],
    ['keyword1', 'x'.repeat(40), `${'x'.repeat(31)}…`],
  ])('%s takes %j as %j', (field, text, fitted) => {
    expect(fittedField(field, text)).toBe(fitted);
  });

  it('is never empty, never longer than WeChat takes, and what fits once fits again', () => {
    const longest = { thing: 20, name: 20, phrase: 5, character_string: 32, number: 32, amount: 32, date: 17 };
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.entries(longest)),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        ([kind, most], text) => {
          const fitted = fittedField(`${kind}1`, text);
          if (fitted === undefined) return;
          expect(fitted).not.toBe('');
          expect([...fitted].length).toBeLessThanOrEqual(most);
          expect(fittedField(`${kind}1`, fitted)).toBe(fitted);
        },
      ),
      { numRuns: 500 },
    );
  });
});
