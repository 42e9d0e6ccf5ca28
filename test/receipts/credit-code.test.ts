import fc from 'fast-check';
import { expect, it } from 'vitest';
import { creditCodeSchema, isCreditCode } from '../../functions/receipts/credit-code.ts';

const CODES = ['91350100M000100Y43', '9144030071526726XG', '914403001922038216', '91110108551385082Q'];

it('takes credit codes whose check character fits', () => {
  expect(CODES.map(isCreditCode)).toEqual(CODES.map(() => true));
});

it('takes them in lower case and with space around, and writes them as they are printed', () => {
  expect(creditCodeSchema.parse(' 91350100m000100y43 ')).toBe('91350100M000100Y43');
});

it('notices every single character that is typed wrong', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CODES),
      fc.nat(17),
      fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ'),
      (code, place, character) => {
        fc.pre(code.charAt(place) !== character);
        expect(isCreditCode(`${code.slice(0, place)}${character}${code.slice(place + 1)}`)).toBe(false);
      },
    ),
  );
});
