import * as z from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import { lineSchema } from '../kernel/plain-text.ts';
import { instantSchema } from '../kernel/time.ts';
import { LANGUAGES, LETTER_KINDS, type LetterKind, PLACEHOLDERS, WHAT_HAPPENED } from './letter-kind.ts';

const LONGEST_SUBJECT = 100;
const LONGEST_HEADING = 60;
const LONGEST_PARAGRAPH = 600;
const LONGEST_FOOTER = 200;
const MOST_PARAGRAPHS = 12;

/** What a charity may word itself: text alone. Sums, numbers and who writes are in the letter whatever stands here. */
export const templateTextSchema = z.strictObject({
  subject: lineSchema(LONGEST_SUBJECT),
  heading: lineSchema(LONGEST_HEADING),
  paragraphs: z.array(lineSchema(LONGEST_PARAGRAPH)).min(1).max(MOST_PARAGRAPHS),
  /** Below the sums, above the fold line: who signs. Without it the organisation's name. */
  closing: lineSchema(LONGEST_HEADING).optional(),
  /** Small print. Ours says that the mail is automatic and no receipt. */
  footer: lineSchema(LONGEST_FOOTER).optional(),
});
export type TemplateText = z.infer<typeof templateTextSchema>;

export const letterTemplateSchema = z.object({
  ...templateTextSchema.shape,
  type: z.literal('letter-template'),
  organisationId: z.string(),
  kind: z.enum(LETTER_KINDS),
  language: z.enum(LANGUAGES),
  version: z.number().int().min(1),
  savedBy: z.string(),
  updatedAt: instantSchema,
});
export type LetterTemplate = z.infer<typeof letterTemplateSchema>;

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
/** Whatever a mailbox turns into a link by itself, with or without a scheme. */
// Chinese is written without blanks: its punctuation ends an address.
const ADDRESS =
  /(?:[a-z][a-z0-9+.-]*:\/\/|www\.|(?<=^|[\s(（，。：；])\/\/)[^\s，。；：！？、（）「」『』“”《》]*|(?<![\w@.-])(?:[\w-]+\.)+[a-z]{2,}(?=[/\s,;:!?，。；：！？、）)]|$)[^\s，。；：！？、（）「」『』“”《》]*/giu;
/** What cannot belong to an address and often follows one. */
const AFTER_ADDRESS = /[\s,.;:!?，。；：！？、）)」』”"'>]+$/u;

/** The parts of a text that are web addresses, as they stand in it. */
const addressesIn = (text: string): string[] =>
  [...text.matchAll(ADDRESS)].map(([address]) => address.replace(AFTER_ADDRESS, ''));

/** The host of an https address without a name, a password or a port in it, as people read it; `undefined` for any other. */
export function plainHttpsHost(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, username, password, port } = new URL(address);
  return protocol === 'https:' && username === '' && password === '' && port === '' ? hostname : undefined;
}

/** All that is wrong with a template, each with its field and what to do. `linkHosts`: where it may lead to. */
export function templateProblems(kind: LetterKind, text: TemplateText, linkHosts: readonly string[]): FieldProblem[] {
  const paragraphs = text.paragraphs.map((value, n) => [`paragraphs[${n}]`, value, 'paragraph'] as const);
  const lines = [
    ['subject', text.subject, 'line'],
    ['heading', text.heading, 'line'],
    ...paragraphs,
    ['closing', text.closing ?? '', 'line'],
    ['footer', text.footer ?? '', 'paragraph'],
  ] as const;
  const problems = lines.flatMap(([field, value, place]) => [
    ...placeholderProblems(kind, field, value, field.startsWith('paragraphs')),
    ...linkProblems(field, value, place === 'line' ? [] : linkHosts),
    ...encodedWordProblems(field, value),
  ]);
  const tellsWhatHappened = text.paragraphs.some((paragraph) => isWhatHappened(paragraph));
  if (kind === 'gift-changed' && !tellsWhatHappened)
    problems.push({
      field: 'paragraphs',
      problem: 'do not say what was changed',
      fix: `give {{${WHAT_HAPPENED}}} a paragraph of its own: it becomes our sentences about the refund or the match`,
    });
  return problems;
}

const isWhatHappened = (paragraph: string): boolean =>
  new RegExp(`^\\{\\{\\s*${WHAT_HAPPENED}\\s*\\}\\}$`).test(paragraph.trim());

function placeholderProblems(kind: LetterKind, field: string, text: string, isParagraph: boolean): FieldProblem[] {
  const known = PLACEHOLDERS[kind];
  const problems: FieldProblem[] = [];
  for (const [, name = ''] of text.matchAll(PLACEHOLDER)) {
    if (name === WHAT_HAPPENED) {
      if (isParagraph && isWhatHappened(text)) continue;
      const fix = `write {{${WHAT_HAPPENED}}} as a paragraph of its own and nothing else in it`;
      problems.push({ field, problem: `cannot hold {{${WHAT_HAPPENED}}} beside other text`, fix });
    } else if (!known.includes(name)) {
      const fix = `use one of ${known.map((one) => `{{${one}}}`).join(', ')}`;
      problems.push({ field, problem: `names {{${name}}}, which a letter of this kind does not have`, fix });
    }
  }
  if (/\{\{|\}\}/.test(text.replaceAll(PLACEHOLDER, '')))
    problems.push({
      field,
      problem: 'has double braces that do not belong together',
      fix: 'write placeholders as {{campaign}}, and no double braces besides',
    });
  return problems;
}

function linkProblems(field: string, text: string, linkHosts: readonly string[]): FieldProblem[] {
  const isAllowed = (address: string): boolean => linkHosts.includes(plainHttpsHost(address) ?? '');
  return addressesIn(text)
    .filter((address) => !isAllowed(address))
    .map((address) => ({
      field,
      problem: `leads to ${address}`,
      fix:
        linkHosts.length === 0
          ? 'leave web addresses out: none is allowed here (paragraphs and footer may name those of linkHosts in the notice settings)'
          : `write a whole https address on one of ${linkHosts.join(', ')}`,
    }));
}

// A mailbox decodes "=?UTF-8?B?...?=" wherever it stands, so that a line of ours could show what nobody has read (RFC 2047).
const encodedWordProblems = (field: string, text: string): FieldProblem[] =>
  text.includes('=?')
    ? [
        {
          field,
          problem: 'holds "=?", which mailboxes take for encoded text',
          fix: 'write the text as it is to be read',
        },
      ]
    : [];

/** One text with its placeholders replaced, all at once, so that a value never becomes a placeholder itself. */
export const filledLine = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(PLACEHOLDER, (_all, name: string) => values[name] ?? '');

/** The paragraphs of a template, with ours in the place that stands for them; what is empty once it is filled is left out. */
export const filledParagraphs = (
  paragraphs: readonly string[],
  values: Readonly<Record<string, string>>,
  whatHappened: readonly string[],
): string[] =>
  paragraphs
    .flatMap((paragraph) => (isWhatHappened(paragraph) ? whatHappened : [filledLine(paragraph, values).trim()]))
    .filter((paragraph) => paragraph !== '');

export type TextPart = { readonly text: string; readonly address?: string };

/** A text in parts, of which those are links that lead by https to an allowed host. */
export function partsOf(text: string, linkHosts: readonly string[]): TextPart[] {
  const parts: TextPart[] = [];
  let rest = text;
  for (const address of addressesIn(text)) {
    if (!linkHosts.includes(plainHttpsHost(address) ?? '')) continue;
    const at = rest.indexOf(address);
    if (at > 0) parts.push({ text: rest.slice(0, at) });
    parts.push({ text: address, address });
    rest = rest.slice(at + address.length);
  }
  return rest === '' ? parts : [...parts, { text: rest }];
}
