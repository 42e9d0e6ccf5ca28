import * as z from 'zod';
import { ATTACHMENT_KINDS } from '../campaigns/attachment.ts';
import { BUDGET_KINDS } from '../campaigns/budget.ts';
import { add, amountMinorSchema, floorRatio, type Minor, minor, subtract, sum } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { closeoutStatementSchema, commendationRuleSchema } from './closeout-statement.ts';
import { CHANNELS } from './gift-channel.ts';
import { mustBeDistinct, mustEqual } from './report-checks.ts';

const count = z.number().int().min(0);
const name = z.string().min(1);
const signedMinorSchema = z
  .number()
  .int()
  .transform((amount) => amount as Minor);

/** What came by one way, gross and what of it went back. */
export const channelSchema = z.strictObject({
  channel: z.enum(CHANNELS),
  gifts: count,
  raisedMinor: amountMinorSchema,
  refundedMinor: amountMinorSchema,
});

export const spentLineSchema = z.strictObject({
  lineNo: z.number().int().min(1),
  item: z.string(),
  kind: z.enum(BUDGET_KINDS),
  /** What the plan says, amendments included. */
  plannedMinor: amountMinorSchema,
  /** What came from other lines less what went to them. */
  transferredMinor: signedMinorSchema,
  /** What may be spent: planned and transferred. */
  currentMinor: signedMinorSchema,
  spentMinor: signedMinorSchema,
  /** Why it came out otherwise than planned, as the statement says, else as it was noted with the spending. */
  varianceReason: z.string().optional(),
});

/** What was done with money and goods. Goods are never in one sum with money. */
export const spendingShape = {
  lines: z.array(spentLineSchema),
  spentMinor: signedMinorSchema,
  aid: z.strictObject({ beneficiaries: count, payments: count, amountMinor: signedMinorSchema }),
  goods: z.array(
    z.strictObject({
      item: z.string(),
      unit: z.string(),
      received: z.number(),
      issued: z.number(),
      onHand: z.number(),
      receivedMinor: signedMinorSchema,
      issuedMinor: signedMinorSchema,
    }),
  ),
  goodsReceivedMinor: signedMinorSchema,
  goodsIssuedMinor: signedMinorSchema,
  surplus: z
    .strictObject({ amountMinor: signedMinorSchema, destination: z.string(), decidedOn: localDateSchema })
    .optional(),
  /** What other campaigns handed on to this one, each with what it and its organisation are called; absent where nothing came. */
  surplusIn: z
    .array(z.strictObject({ from: z.string(), amountMinor: signedMinorSchema, decidedOn: localDateSchema }))
    .optional(),
  /** Entries that these figures are of. */
  entries: count,
};

/** A file that shows what was done: whoever has it can compare its hash. */
export const evidenceSchema = z.strictObject({
  attachmentId: name,
  name: z.string(),
  kind: z.enum(ATTACHMENT_KINDS),
  contentType: z.string(),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What people say of the campaign, on their word. */
export const outcomeSchema = z.strictObject({
  ...closeoutStatementSchema.omit({ variances: true, evidence: true, earlier: true, commendation: true }).shape,
  evidence: z.array(evidenceSchema),
});

/** One campaign in the comparison of years. */
export const comparedSchema = z.strictObject({
  title: z.string(),
  year: z.number().int(),
  gifts: count,
  donors: count.nullable(),
  /** Net of refunds. */
  netMinor: amountMinorSchema,
  /** Lump sums included. */
  matchedMinor: amountMinorSchema,
  /** `report`: from the signed report of that hash. `by-hand`: typed from what `takenFrom` names, and nobody's books. */
  from: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('this-report') }),
    z.strictObject({ kind: z.literal('report'), campaignId: name, sha256: name }),
    z.strictObject({ kind: z.literal('by-hand'), takenFrom: z.string() }),
  ]),
});
export type Compared = z.infer<typeof comparedSchema>;

export const commendationSchema = z.strictObject({
  rule: commendationRuleSchema,
  units: z.array(
    z.strictObject({
      id: name,
      name: z.string(),
      netMinor: amountMinorSchema,
      /** Growth over the first earlier campaign: 10,000 is twice as much. Only where the rule is about growth. */
      growthBasisPoints: z.number().int().optional(),
    }),
  ),
});
export type Commendation = z.infer<typeof commendationSchema>;

/** Who prepared the report, with which round of the statement; round 0 is the draft that is there before anybody said anything. */
export const preparationSchema = z.strictObject({
  round: count,
  statementVersion: count.optional(),
  submittedAt: instantSchema.optional(),
  preparedBy: z.array(z.strictObject({ personId: name, name: z.string() })),
});

/** How a group of figures was computed: which question of the table, in how many partitions, over how many items. */
export const sourceSchema = z.strictObject({
  id: name,
  /** Members of this document that were computed so, as paths; `[]` is each of a list. */
  figures: z.array(name).min(1),
  /** The access pattern by its name in functions/platform/keys.ts, or the file. */
  query: name,
  partitions: z.string(),
  partitionCount: count,
  items: count,
});
export type Source = z.infer<typeof sourceSchema>;

/** What one provider charged for the payments of this campaign. */
export const feeSchema = z.strictObject({ provider: name, merchantId: name, feesMinor: signedMinorSchema });

type UnitFigures = { readonly id: string | null; readonly name: string | null; readonly netMinor: Minor };
/** A unit of the first earlier campaign whose report is kept here. */
export type EarlierUnit = { readonly id: string; readonly name: string; readonly netMinor: Minor };

const WHOLE_BASIS_POINTS = 10_000;

/** The units that a rule commends, in order of rank, equals by their id; nobody without gifts. */
export function commended(
  rule: z.infer<typeof commendationRuleSchema>,
  units: readonly UnitFigures[],
  earlier: readonly EarlierUnit[],
): Commendation['units'] {
  const known = units.flatMap(({ id, name: shown, netMinor }) =>
    id === null || netMinor === 0 ? [] : [{ id, name: shown ?? id, netMinor }],
  );
  switch (rule.kind) {
    case 'top':
      return known.slice(0, rule.units);
    case 'threshold':
      return known.filter(({ netMinor }) => netMinor >= rule.raisedMinor);
    case 'growth':
      return known
        .flatMap((unit) => {
          // Units keep their name from year to year where their id was made anew.
          const before = earlier.find(({ id }) => id === unit.id) ?? earlier.find((one) => one.name === unit.name);
          if (before === undefined || before.netMinor <= 0 || unit.netMinor <= before.netMinor) return [];
          const grown = floorRatio(subtract(unit.netMinor, before.netMinor), WHOLE_BASIS_POINTS, before.netMinor);
          return [{ ...unit, growthBasisPoints: grown }];
        })
        .sort((a, b) => b.growthBasisPoints - a.growthBasisPoints || b.netMinor - a.netMinor || (a.id < b.id ? -1 : 1))
        .slice(0, rule.units);
  }
}

type Money = { readonly gifts: number; readonly raisedMinor: Minor; readonly refundedMinor: Minor };

/** Throws PermanentError naming the first sum of ways or lines that does not agree with the others. */
export function checkAccount(
  account: {
    readonly channels: readonly (Money & { readonly channel: string })[];
    readonly spending: { readonly lines: readonly z.infer<typeof spentLineSchema>[]; readonly spentMinor: Minor };
    readonly evidence: readonly { readonly attachmentId: string }[];
  },
  totals: Money,
): void {
  const { channels, spending, evidence } = account;
  mustBeDistinct(
    'channels',
    channels.map(({ channel }) => channel),
  );
  mustBeDistinct(
    'evidence',
    evidence.map(({ attachmentId }) => attachmentId),
  );
  mustEqual(
    'gifts of all channels',
    channels.reduce((all, { gifts }) => all + gifts, 0),
    totals.gifts,
  );
  for (const field of ['raisedMinor', 'refundedMinor'] as const)
    mustEqual(`${field} of all channels`, sum(channels.map((one) => one[field])), totals[field]);
  mustEqual('spentMinor of all budget lines', sum(spending.lines.map((line) => line.spentMinor)), spending.spentMinor);
  for (const line of spending.lines)
    mustEqual(
      `currentMinor of budget line ${line.lineNo}`,
      line.currentMinor,
      add(line.plannedMinor, line.transferredMinor),
    );
  mustEqual('transfers between budget lines', sum(spending.lines.map((line) => line.transferredMinor)), minor(0));
}
