import * as z from 'zod';
import type { LocalDate } from '../kernel/time.ts';

/** A day on which somebody who lives may have been born: the days of books begin in 2000, people earlier. */
export const birthdaySchema = z.iso
  .date('must be a calendar day such as 1956-03-02')
  .refine((day) => day >= '1900-01-01', { message: 'must be a day since 1900' })
  .transform((text) => text as LocalDate);

// GB 11643-1999: 6 digits of region, 8 of birthday, 3 of order, and a check character by ISO 7064 MOD 11-2.
const FORM = /^\d{17}[\dX]$/;
const RADIX = 2;
const MODULUS = 11;
const CHARACTERS = '0123456789X';

/** Whether a text is the number of a resident identity card (居民身份证): its form, its birthday and its check character. */
export function isResidentId(number: string): boolean {
  if (!FORM.test(number) || residentBirthday(number) === undefined) return false;
  let sum = 0;
  for (const character of number) sum = (sum * RADIX + CHARACTERS.indexOf(character)) % MODULUS;
  return sum === 1;
}

/** The birthday in such a number; `undefined` where there is no such day. */
export const residentBirthday = (number: string): LocalDate | undefined =>
  birthdaySchema.safeParse(`${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`).data;
