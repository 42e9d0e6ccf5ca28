import * as z from 'zod';
import { fingerprint } from '../kernel/ids.ts';
import { instantSchema } from '../kernel/time.ts';
import { WAYS } from './cell-text.ts';
import { DOCUMENTS } from './legacy-settings.ts';

/** Where a value stands in which file. */
export const placeInFileSchema = z.object({ fileId: z.string(), sheet: z.string(), cell: z.string() });

/**
 * A value with where it is from: what the cell says, letter by letter, and how it came from that. An inferred value counts as
 * unconfirmed until a person has looked at it.
 */
export const toldSchema = <Value extends z.ZodType>(value: Value) =>
  z.object({
    value,
    raw: z.string().describe('What the cell says, as it is in the file'),
    at: placeInFileSchema.optional().describe('Left out where a person wrote the value'),
    how: z.enum(WAYS),
    rule: z.string().describe('What was done, by a name that docs/legacy.md explains'),
    confirmed: z
      .object({ by: z.string(), at: instantSchema, reason: z.string().optional() })
      .optional()
      .describe('Who looked at an inferred value, or wrote another'),
  });
export type Told<Value> = {
  readonly value: Value;
  readonly raw: string;
  readonly at?: z.infer<typeof placeInFileSchema> | undefined;
  readonly how: (typeof WAYS)[number];
  readonly rule: string;
  readonly confirmed?:
    | { readonly by: string; readonly at: z.infer<typeof instantSchema>; readonly reason?: string | undefined }
    | undefined;
};

const amountSchema = z.number().int().min(0);
export const goodsLineSchema = z.object({
  item: z.string(),
  quantity: z.string().describe('A decimal number as the list has it'),
  unit: z.string(),
});
export type GoodsLine = z.infer<typeof goodsLineSchema>;

/** What is told of one project. Money and goods are never in one sum. */
export const factsSchema = z.object({
  name: toldSchema(z.string()),
  kind: toldSchema(z.string()),
  source: toldSchema(z.string()),
  county: toldSchema(z.string()),
  year: toldSchema(z.number().int()),
  startedOn: toldSchema(z.string()).optional(),
  finishedOn: toldSchema(z.string()).optional(),
  moneyMinor: toldSchema(amountSchema).optional(),
  goodsMinor: toldSchema(amountSchema).optional(),
  goods: toldSchema(z.array(goodsLineSchema)).optional(),
  note: toldSchema(z.string()).optional(),
});
export type LegacyFacts = z.infer<typeof factsSchema>;
export type FactName = keyof LegacyFacts;
export const FACT_NAMES = Object.keys(factsSchema.shape) as FactName[];

/** Nothing closes while one of these is inferred and nobody has confirmed it. */
export const MUST_BE_CONFIRMED = ['year', 'moneyMinor', 'goodsMinor'] as const satisfies readonly FactName[];

export const isUnconfirmed = (told: Pick<Told<unknown>, 'how' | 'confirmed'> | undefined): boolean =>
  told !== undefined && told.how === 'inferred' && told.confirmed === undefined;

/** Every inferred value of a project that nobody has confirmed. */
export const unconfirmedOf = (facts: LegacyFacts): FactName[] =>
  FACT_NAMES.filter((name) => isUnconfirmed(facts[name]));

/**
 * A fingerprint of what a decision on a project is about: its values, whoever confirmed them and however they came from their cells.
 */
export const valuesSeen = ({ facts }: Pick<LegacyProject, 'facts'>): string =>
  fingerprint(FACT_NAMES.map((name) => JSON.stringify(facts[name]?.value ?? null)));

/** Values that a person wrote, or confirmed: whoever that was does not decide on the project. */
export const valuesBy = ({ facts }: Pick<LegacyProject, 'facts'>, personId: string): FactName[] =>
  FACT_NAMES.filter((name) => facts[name]?.confirmed?.by === personId);

// --- papers ---

/**
 * `missing`: nobody has it yet. `announced`: a file is on its way. `stored`: it is there and is what it was said to be.
 * `said-lost`: somebody says that there is none any more. `lost`: a second person says so too.
 */
export const PAPER_STATES = ['missing', 'announced', 'stored', 'said-lost', 'lost'] as const;
export const paperSchema = z.object({
  kind: z.enum(DOCUMENTS),
  state: z.enum(PAPER_STATES),
  assignee: z.string().optional().describe('The person who is to find it'),
  dueOn: z.string().optional(),
  file: z
    .object({
      attachmentId: z.string(),
      name: z.string(),
      contentType: z.string(),
      bytes: z.number().int(),
      sha256: z.string(),
      addedBy: z.string(),
      addedAt: instantSchema,
    })
    .optional(),
  loss: z
    .object({
      reason: z.string(),
      by: z.string(),
      at: instantSchema,
      secondBy: z.string().optional(),
      secondAt: instantSchema.optional(),
    })
    .optional(),
});
export type Paper = z.infer<typeof paperSchema>;
export const isSettled = ({ state }: Paper): boolean => state === 'stored' || state === 'lost';

// --- decisions ---

/**
 * What becomes of a project: `close`, `close-with-remarks`, `hand-over` to another organisation, `write-off` what is left,
 * or `keep-open`.
 */
export const DECISIONS = ['close', 'close-with-remarks', 'hand-over', 'write-off', 'keep-open'] as const;
export type DecisionKind = (typeof DECISIONS)[number];
export const DECISION_NAMES: Readonly<Record<DecisionKind, string>> = {
  close: '结项',
  'close-with-remarks': '带说明结项',
  'hand-over': '移交',
  'write-off': '核销余额后结项',
  'keep-open': '继续实施',
};

/** One project of an exercise. */
export const legacyProjectSchema = z.object({
  type: z.literal('legacy-project'),
  exerciseId: z.string(),
  projectId: z.string(),
  version: z.number().int().min(1),
  /** The rows that it was read from. */
  fileId: z.string(),
  sheet: z.string(),
  row: z.number().int(),
  facts: factsSchema,
  papers: z.array(paperSchema),
  /** That it is the same as another, as a person decided; it counts in no figure and is not closed. */
  sameAs: z.string().optional(),
  importedAt: instantSchema,
});
export type LegacyProject = z.infer<typeof legacyProjectSchema>;
