import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { checkCodeOf, isSameSecret } from '../../functions/receipts/check-code.ts';
import { isGenuine, maskedName, verificationOf } from '../../functions/receipts/verification.ts';
import { verificationForm, verifiedPage } from '../../functions/receipts/verification-page.ts';
import { SAMPLES } from './sample-receipts.ts';

const SECRET = 'donor key of the test';
const plain = SAMPLES['plain'];
if (plain === undefined) throw new Error('there is no plain receipt');

describe('a check code', () => {
  it('has 20 digits, and may be typed in groups and with wide digits', () => {
    expect(plain.checkCode).toMatch(/^\d{20}$/);
    const grouped = plain.checkCode.replace(/(.{4})/g, '$1 ');
    const wide = [...plain.checkCode].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
    expect([plain.checkCode, grouped, wide].map((code) => isGenuine(SECRET, plain, code))).toEqual([true, true, true]);
  });

  it('fits no receipt whose number, amount, day or payer is another', () => {
    const { checkCode } = plain;
    const changed = [
      { ...plain, number: plain.number + 1 },
      { ...plain, code: '51010127' },
      { ...plain, amountMinor: minor(plain.amountMinor + 1) },
      { ...plain, issuedOn: SAMPLES['plain']?.issuedOn.replace('09', '10') as typeof plain.issuedOn },
      { ...plain, payer: { name: '王芬' } },
      { ...plain, payer: { ...plain.payer, creditCode: '9144030071526726XG' } },
    ];
    expect(changed.map((receipt) => isGenuine(SECRET, receipt, checkCode))).toEqual(changed.map(() => false));
  });

  it('cannot be computed without the key, and no part of one is enough', () => {
    expect(checkCodeOf('another key', plain)).not.toBe(plain.checkCode);
    for (const wrong of ['', plain.checkCode.slice(1), `${plain.checkCode}0`, '0'.repeat(20)])
      expect(isGenuine(SECRET, plain, wrong)).toBe(false);
  });

  it('of nothing is never right, whatever is given', () => {
    fc.assert(fc.property(fc.string(), (given) => !isGenuine(SECRET, undefined, given)));
  });

  it('is compared as a whole, whatever its length', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (left, right) => isSameSecret(left, right) === (left === right)));
  });
});

describe('what the public sees', () => {
  it.each([
    ['王芳', '王*'],
    ['欧阳修', '欧**'],
    ['司马相如', '司***'],
    ['阿卜杜拉江', '阿****'],
    ['Maria', 'M****'],
    ['Li Na', 'L****'],
    ['Mary Kay', 'M****'],
    ['阿迪力江·买买提', '阿****'],
    ['Maria Lopez', 'Ma****ez'],
    ['四川科伦药业股份有限公司', '四川****公司'],
    ['𠮷野', '𠮷*'],
    ['A', '*'],
  ])('of a person called %s is %s', (name, masked) => {
    expect(maskedName({ name })).toBe(masked);
  });

  it.each([
    ['四川科伦药业', '四川****药业'],
    ['中国银行', '中***'],
    ['达州烟草局', '达****'],
    ['Ma', 'M*'],
  ])('of an organisation called %s is %s', (name, masked) => {
    expect(maskedName({ name, creditCode: '91350100M000100Y43' })).toBe(masked);
  });

  it('of no name is more than half, whatever its script', () => {
    const graphemes = (text: string) => [...new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(text)].length;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.boolean(), (name, isOrganisation) => {
        const masked = maskedName(isOrganisation ? { name, creditCode: '91350100M000100Y43' } : { name });
        const shown = graphemes(masked.replace(/\*/g, ''));
        return shown <= Math.max(graphemes(name) / 2, isOrganisation ? (graphemes(name) * 2) / 3 : 0);
      }),
    );
  });

  it.each(Object.entries(SAMPLES))('of a receipt (%s) never has the whole name', (_name, receipt) => {
    const found = verificationOf(receipt, '“困难”<b>帮扶</b>计划');
    for (const language of ['zh-CN', 'en'] as const) {
      const page = verifiedPage(found, { language, formPath: '/public/receipts' });
      expect(page).not.toContain(receipt.payer.name);
      expect(page).toContain(`lang="${language}"`);
      // What people typed is text and never markup, and nothing runs or loads.
      expect(page).not.toMatch(/<b>|<script|<img|https?:/);
    }
  });

  it('says in words whether it counts, so that no colour has to be seen', () => {
    const verdict = (name: string): string => {
      const receipt = SAMPLES[name];
      if (receipt === undefined) throw new Error(name);
      return (
        /<h2>([^<]+)<\/h2>/.exec(
          verifiedPage(verificationOf(receipt, undefined), { language: 'en', formPath: '/' }),
        )?.[1] ?? ''
      );
    };
    expect(['plain', 'void', 'reversed', 'reversal'].map(verdict)).toEqual([
      'Genuine and valid',
      'Genuine, but void',
      'Genuine, but reversed',
      'A genuine reversal',
    ]);
  });

  it('has a label for every field of the form', () => {
    const form = verificationForm(true, { language: 'zh-CN', formPath: '/v1/public/receipts' });
    const ids = [...form.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(['receiptCode', 'number', 'code']);
    for (const id of ids) expect(form).toContain(`<label for="${id}">`);
    expect(form).toContain('action="/v1/public/receipts"');
    expect(form).toContain('role="alert"');
  });
});
