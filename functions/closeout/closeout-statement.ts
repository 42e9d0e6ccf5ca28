import * as z from 'zod';
import { attachmentIdSchema } from '../campaigns/attachment-id.ts';
import { campaignIdSchema } from '../campaigns/campaign-id.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { amountMinorSchema, type Minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';

const MOST_OUTPUTS = 30;
const MOST_LINKS = 10;
/** As many earlier campaigns as a chart of years shows without a magnifying glass. */
const MOST_EARLIER = 5;
const MOST_VARIANCES = 100;
const MOST_FILES = 30;
/** More than five units a campaign are hardly commended (five were in the campaign this was written for); twenty is a whole page. */
const MOST_COMMENDED = 20;
const count = z.number().int().min(0).max(100_000_000);

const outputSchema = z.strictObject({
  what: lineSchema(120),
  unit: lineSchema(20),
  planned: count.optional(),
  achieved: count,
});

const auditOpinionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['unqualified', 'qualified', 'adverse', 'disclaimer']),
    auditor: lineSchema(120),
    reference: lineSchema(80),
    issuedOn: localDateSchema,
    attachmentId: attachmentIdSchema.optional(),
  }),
  /** Charity Law asks for an audit of the organisation's year; a single campaign may go without, which is then said with why. */
  z.strictObject({ kind: z.literal('not-audited'), reason: lineSchema(200) }),
]);

/** An earlier campaign: one whose report is kept here, or figures typed from paper, which are marked as such on every face. */
const earlierSchema = z.union([
  z.strictObject({ campaignId: campaignIdSchema }),
  z.strictObject({
    title: lineSchema(80),
    year: z.number().int().min(1990).max(2100),
    gifts: count,
    donors: count.optional(),
    raisedMinor: amountMinorSchema,
    matchedMinor: amountMinorSchema,
    /** The paper or the page from which the figures were typed. */
    takenFrom: lineSchema(200),
  }),
]);
export type EarlierCampaign = z.infer<typeof earlierSchema>;

/** Whom the organisation commends, as a rule: units by what they raised net of refunds, or by growth since the first earlier campaign. */
export const commendationRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('top'), units: z.number().int().min(1).max(MOST_COMMENDED) }),
  z.strictObject({ kind: z.literal('growth'), units: z.number().int().min(1).max(MOST_COMMENDED) }),
  z.strictObject({ kind: z.literal('threshold'), raisedMinor: positiveAmountMinorSchema }),
]);
export type CommendationRule = z.infer<typeof commendationRuleSchema>;

const linkSchema = z.strictObject({
  label: lineSchema(80),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .max(500)
    .regex(/^[\x21-\x7e]+$/, 'must hold ASCII characters only: percent-encode others'),
});

const varianceSchema = z.strictObject({ lineNo: z.number().int().min(1), reason: lineSchema(300) });

/** What only people can say about a closed campaign. Everything may be missing while it is written. */
export const closeoutStatementSchema = z.strictObject({
  narrative: paragraphsSchema(4000).optional(),
  /** Interest that the money earned at the bank; 0 is said, not left out. */
  interestMinor: amountMinorSchema.optional(),
  beneficiariesReached: count.optional(),
  beneficiariesNote: lineSchema(300).optional(),
  outputs: z.array(outputSchema).max(MOST_OUTPUTS).optional(),
  variances: z.array(varianceSchema).max(MOST_VARIANCES).optional(),
  /** Attachments of the campaign that show what was done: photos, evidence, minutes. */
  evidence: z.array(attachmentIdSchema).max(MOST_FILES).optional(),
  auditOpinion: auditOpinionSchema.optional(),
  disclosureLinks: z.array(linkSchema).max(MOST_LINKS).optional(),
  earlier: z.array(earlierSchema).max(MOST_EARLIER).optional(),
  commendation: commendationRuleSchema.optional(),
});
export type CloseoutStatement = z.infer<typeof closeoutStatementSchema>;

const returnedSchema = z.object({ at: instantSchema, why: z.string() });

/** A statement as it is stored. */
export const storedStatementSchema = z.object({
  type: z.literal('closeout-statement'),
  campaignId: z.string(),
  version: z.number().int().min(2),
  /** How many times it was submitted: each time the report is written as a new draft, with a sign-off of its own. */
  round: z.number().int().min(0),
  state: z.enum(['open', 'submitted', 'signed']),
  statement: closeoutStatementSchema,
  /** Whoever wrote or submitted any of it, the last at the end: they sign none of it. */
  workedOnBy: z.array(z.string()).min(1),
  submittedBy: z.string().optional(),
  submittedAt: instantSchema.optional(),
  /** Why the last round came back. */
  returned: returnedSchema.optional(),
  /** Why the last draft was not signed as it was: the books had moved, and the same statement has a new one under the next round. */
  renewed: returnedSchema.optional(),
});
export type StoredStatement = z.infer<typeof storedStatementSchema>;

/** Before anything is saved there is version 1, with nothing in it; so the first saved one is 2, and If-Match works from the start. */
export const UNWRITTEN_VERSION = 1;

/** What spending says of one line of the budget. */
export type LineStanding = {
  readonly lineNo: number;
  readonly item: string;
  readonly currentMinor: Minor;
  readonly spentMinor: Minor;
  readonly varianceReason?: string;
};
/** A deviation of a tenth and more is explained. Our own bound: the platform asks for a reason and names no size. */
const EXPLAINED_FROM_PERCENT = 10;

/** Whether a line came out so far from its budget that a person has to say why. */
export const needsReason = ({ currentMinor, spentMinor }: Pick<LineStanding, 'currentMinor' | 'spentMinor'>): boolean =>
  spentMinor !== currentMinor && Math.abs(spentMinor - currentMinor) * 100 >= currentMinor * EXPLAINED_FROM_PERCENT;

/** What is known beside the statement when it is checked. */
export type StatementFacts = {
  readonly lines: readonly LineStanding[];
  /** Ids of the campaign's files that were seen to be what they were said to be. */
  readonly storedFiles: ReadonlySet<string>;
  /** Of the earlier campaigns named by id: those whose signed report is kept here. */
  readonly reported: ReadonlySet<string>;
  readonly hasUnits: boolean;
};

/** Everything that keeps a statement from being submitted, all at once. */
export function statementProblems(statement: CloseoutStatement, facts: StatementFacts): FieldProblem[] {
  return [
    ...missingFields(statement),
    ...varianceProblems(statement, facts),
    ...fileProblems(statement, facts),
    ...earlierProblems(statement, facts),
    ...commendationProblems(statement, facts),
  ];
}

const DOMAIN_FIELDS = 'closeout report of the platform (结项报告)';

function missingFields(statement: CloseoutStatement): FieldProblem[] {
  const needed = {
    narrative: 'say in a few sentences what was done and what it changed',
    interestMinor: 'give the interest that the bank paid, or 0',
    beneficiariesReached: 'give the number of people reached, or 0',
    auditOpinion: 'give the opinion, its auditor, number and day, or say why there is none',
  } as const;
  const missing = Object.entries(needed).filter(([field]) => statement[field as keyof typeof needed] === undefined);
  const problems = missing.map(([field, fix]) => ({ field, problem: 'is missing', fix, rule: DOMAIN_FIELDS }));
  const noOutputs = (statement.outputs ?? []).length === 0;
  const outputs = { field: 'outputs', problem: 'is empty', fix: 'name what was achieved', rule: DOMAIN_FIELDS };
  return noOutputs ? [...problems, outputs] : problems;
}

function varianceProblems({ variances = [] }: CloseoutStatement, { lines }: StatementFacts): FieldProblem[] {
  const unknown = variances.flatMap(({ lineNo }, position) =>
    lines.some((line) => line.lineNo === lineNo) && variances.findIndex((one) => one.lineNo === lineNo) === position
      ? []
      : [
          {
            field: `variances[${position}].lineNo`,
            problem: `${lineNo} is no line of the budget, or is given twice`,
            fix: `give each line once, 1 to ${lines.length}`,
          },
        ],
  );
  const unexplained = lines.filter(
    (line) =>
      needsReason(line) && line.varianceReason === undefined && !variances.some(({ lineNo }) => lineNo === line.lineNo),
  );
  return [
    ...unknown,
    ...unexplained.map(({ lineNo, item }) => ({
      field: 'variances',
      problem: `does not say why line ${lineNo} (${item}) came out ${EXPLAINED_FROM_PERCENT} % or more from its budget`,
      fix: `add {"lineNo": ${lineNo}, "reason": ...}`,
      rule: DOMAIN_FIELDS,
    })),
  ];
}

function fileProblems({ evidence = [], auditOpinion }: CloseoutStatement, facts: StatementFacts): FieldProblem[] {
  const named = evidence.map((id, position) => ({ field: `evidence[${position}]`, id, position }));
  const ofAudit = auditOpinion !== undefined && 'attachmentId' in auditOpinion ? auditOpinion.attachmentId : undefined;
  const all = [...named, ...(ofAudit === undefined ? [] : [{ field: 'auditOpinion.attachmentId', id: ofAudit }])];
  const missing = all.filter(({ id }) => !facts.storedFiles.has(id));
  const repeated = named.filter(({ id, position }) => evidence.indexOf(id) !== position);
  return [
    ...missing.map(({ field }) => ({
      field,
      problem: 'is no confirmed attachment of this campaign',
      fix: 'upload and confirm the file, then name its id',
    })),
    ...repeated.map(({ field, id }) => ({ field, problem: `repeats ${id}`, fix: 'name each file once' })),
  ];
}

function earlierProblems({ earlier = [] }: CloseoutStatement, { reported }: StatementFacts): FieldProblem[] {
  return earlier.flatMap((one, position) =>
    !('campaignId' in one) || reported.has(one.campaignId)
      ? []
      : [
          {
            field: `earlier[${position}].campaignId`,
            problem: 'has no signed closeout report here that you may read',
            fix: 'give title, year, figures and takenFrom instead: they are then marked as entered by hand',
          },
        ],
  );
}

function commendationProblems(
  { commendation, earlier = [] }: CloseoutStatement,
  { hasUnits }: StatementFacts,
): FieldProblem[] {
  if (commendation === undefined) return [];
  if (!hasUnits)
    return [{ field: 'commendation', problem: 'is there, but the campaign has no units', fix: 'leave it out' }];
  const hasReport = earlier.some((one) => 'campaignId' in one);
  return commendation.kind === 'growth' && !hasReport
    ? [
        {
          field: 'commendation.kind',
          problem: 'growth has nothing to be measured against',
          fix: 'name an earlier campaign by its id, or commend by "top" or "threshold"',
        },
      ]
    : [];
}
