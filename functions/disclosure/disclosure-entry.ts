import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import { plainText } from '../donations/donation-intent.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { disclosureFiguresSchema } from './disclosure-figures.ts';

/** What is published about a campaign or project, beside corrections (MCA Order 81; Charity Law arts 42, 58, 79). */
export const PUBLISHED_KINDS = [
  'progress',
  'full',
  'surplus',
  'report-back',
  'partner-evaluation',
  'project-progress',
  'project-full',
] as const;
export type PublishedKind = (typeof PUBLISHED_KINDS)[number];
export const DISCLOSURE_KINDS = [...PUBLISHED_KINDS, 'correction'] as const;
export type DisclosureKind = (typeof DISCLOSURE_KINDS)[number];

/** What the campaign must be past for each: nothing is accounted for in full while gifts still come. */
export const NEEDS_END: ReadonlySet<DisclosureKind> = new Set([
  'full',
  'surplus',
  'partner-evaluation',
  'project-full',
]);

/** Kinds that come again and again: each tells of the time since the one before. The others tell of the whole. */
export const FOLLOW_EACH_OTHER: ReadonlySet<DisclosureKind> = new Set(['progress', 'report-back', 'project-progress']);

/** What donors are told of by a letter: how it goes, and what their gifts were used for (Charity Law art. 42). */
export const TOLD_TO_DONORS: ReadonlySet<DisclosureKind> = new Set(['progress', 'report-back', 'project-progress']);

/** What comes before the first entry of a campaign. */
export const NO_ENTRY_BEFORE = '0'.repeat(64);
/** A detailed account of a year fits into some pages of text. */
export const LONGEST_TEXT = 10_000;
const MOST_CORRECTED_FIELDS = 50;

/** Text with line ends, without other control characters. */
const prose = z
  .string()
  .trim()
  .min(2)
  .max(LONGEST_TEXT)
  .refine((text) => !/[^\n\P{Cc}]/u.test(text) && text.isWellFormed(), 'must be plain text without control characters');
/** Who answers for what is published, as the public reads it: a name with an office, or an office alone. */
export const responsibleSchema = plainText(80);

const scalar = z.union([z.string().max(LONGEST_TEXT), z.number(), z.boolean(), z.null()]);
/** One field of an entry that was published wrongly. */
export const fieldCorrectionSchema = z.strictObject({
  /** Its path in the entry, such as `text` or `figures.spending.lines[0].spentMinor`. */
  field: z.string().regex(/^(text|period\.(from|until)|figures(\.[A-Za-z]+|\[\d{1,3}\])+)$/),
  was: scalar,
  is: scalar,
});
export type FieldCorrection = z.infer<typeof fieldCorrectionSchema>;

/** What a person publishes. The figures are the system's: nobody types them. */
export const publicationRequestSchema = z.strictObject({
  kind: z.enum(PUBLISHED_KINDS),
  text: prose,
  responsible: responsibleSchema,
  /**
   * Of what time it tells. Where it is left out: from the opening, or the day after the entry before of a kind that comes again, to
   * the last signed day (progress of the fundraising) or to today (all that tells of the use of the money).
   */
  period: z.strictObject({ from: localDateSchema, until: localDateSchema }).optional(),
});
export type PublicationRequest = z.infer<typeof publicationRequestSchema>;

/** A correction note (更正说明): what was wrong, what is right, and why (MCA Order 81 art. 16). */
export const correctionRequestSchema = z.strictObject({
  changes: z.array(fieldCorrectionSchema).min(1).max(MOST_CORRECTED_FIELDS),
  reason: prose,
  responsible: responsibleSchema,
});
export type CorrectionRequest = z.infer<typeof correctionRequestSchema>;

/** One entry as it was published. Nothing ever changes it: what was wrong in it, a further entry says. */
export const disclosureEntrySchema = z.object({
  type: z.literal('disclosure-entry'),
  entryId: z.string(),
  campaignId: z.string(),
  /** From 1, without gaps within a campaign. */
  number: z.number().int().min(1),
  kind: z.enum(DISCLOSURE_KINDS),
  /** The duty of the calendar that it does. */
  dutyId: z.string().optional(),
  title: z.string(),
  period: z.object({ from: localDateSchema, until: localDateSchema }),
  text: z.string(),
  responsible: z.string(),
  figures: disclosureFiguresSchema.nullable(),
  corrects: z.object({ number: z.number().int().min(1), changes: z.array(fieldCorrectionSchema) }).optional(),
  publishedOn: localDateSchema,
  publishedAt: instantSchema,
  /** A person's id, or `schedule`, or `workflow`; staff see it, the public sees who is responsible. */
  by: z.string(),
  /** The hash of the entry before. */
  previous: z.string(),
  /** SHA-256 of everything above, as canonical JSON without `type` and `by`. */
  hash: z.string(),
});
export type DisclosureEntry = z.infer<typeof disclosureEntrySchema>;

/** What of an entry everybody may see, and what its hash is of: everything but who pressed the button. */
export function publicEntry(entry: Omit<DisclosureEntry, 'hash'>) {
  const { type: _type, by: _by, hash: _hash, ...shown } = entry as DisclosureEntry;
  return shown;
}

/** The text whose SHA-256 is an entry's hash; the file that is kept holds exactly it. */
export const entryText = (entry: Omit<DisclosureEntry, 'hash'>): string => canonicalJson(publicEntry(entry));
export const entryHash = (entry: Omit<DisclosureEntry, 'hash'>): string =>
  createHash('sha256').update(entryText(entry), 'utf8').digest('hex');

/** Whether entries stand one after the other, untouched; otherwise the first that does not. */
export function brokenEntry(entries: readonly DisclosureEntry[]): number | undefined {
  let previous = NO_ENTRY_BEFORE;
  for (const [position, entry] of entries.entries()) {
    if (entry.number !== position + 1 || entry.previous !== previous || entryHash(entry) !== entry.hash)
      return position + 1;
    previous = entry.hash;
  }
  return undefined;
}
