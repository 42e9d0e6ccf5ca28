import * as z from 'zod';

// Characters that people do not type and that make a text look like another: control characters, and the marks that turn the
// direction of what follows (Unicode TR36, "bidirectional text spoofing"). What is left is text, whatever it looks like.
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const CONTROL_BUT_NEW_LINE = /[^\P{Cc}\n\t]|[\u2028\u2029]/u;
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const WELL_FORMED = 'must be whole characters: it holds half of one';
const NO_DIRECTION = 'must not hold marks that turn the direction of text';

/** One line as people write it: trimmed, 1 to `longest` UTF-16 units, nothing invisible in it. It is shown as text, never as HTML. */
export const lineSchema = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => text.isWellFormed(), { message: WELL_FORMED })
    .refine((text) => !CONTROL.test(text), { message: 'must be one line without control characters' })
    .refine((text) => !DIRECTION.test(text), { message: NO_DIRECTION });

/** Paragraphs: as a line, but with new lines and tabs. */
export const paragraphsSchema = (longest: number) =>
  z
    .string()
    .transform((text) => text.replaceAll('\r\n', '\n'))
    .pipe(
      z
        .string()
        .trim()
        .min(1)
        .max(longest)
        .refine((text) => text.isWellFormed(), { message: WELL_FORMED })
        .refine((text) => !CONTROL_BUT_NEW_LINE.test(text), {
          message: 'must not hold control characters except new lines',
        })
        .refine((text) => !DIRECTION.test(text), { message: NO_DIRECTION }),
    );
