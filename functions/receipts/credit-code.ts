import * as z from 'zod';

/** GB 32100-2015: digits and letters without I, O, S, V, Z, each worth its place; the last one is checked by weights that are powers of 3. */
const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const MODULUS = CHARACTERS.length;
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const;

/** Whether a text is a unified social credit code (统一社会信用代码) by its own check character. */
export function isCreditCode(text: string): boolean {
  if (!/^[0-9A-HJ-NP-RTUWXY]{18}$/.test(text)) return false;
  const sum = WEIGHTS.reduce((all, weight, place) => all + weight * CHARACTERS.indexOf(text.charAt(place)), 0);
  return CHARACTERS.charAt((MODULUS - (sum % MODULUS)) % MODULUS) === text.charAt(17);
}

/** Of an organisation; a person has none, and their identity number is not asked for. */
export const creditCodeSchema = z.string().trim().toUpperCase().refine(isCreditCode, {
  message: 'must be a unified social credit code of 18 characters; check for a typing mistake',
});
