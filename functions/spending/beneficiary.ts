import * as z from 'zod';
import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import { donorIdOf, ID_PREFIXES } from '../kernel/ids.ts';
import { lineSchema } from '../kernel/plain-text.ts';
import {
  epochSeconds,
  type Instant,
  instantSchema,
  type LocalDate,
  localDateOf,
  localDateSchema,
  plusSeconds,
  SECONDS_PER_DAY,
} from '../kernel/time.ts';
import { paperSchema } from './evidence.ts';
import { birthdaySchema, isResidentId, residentBirthday } from './resident-id.ts';

/** Below this age somebody's data is sensitive as such, and a guardian consents (PIPL art. 28 and 31). */
const GUARDIAN_BELOW_YEARS = 14;
/**
 * How long it is kept who a beneficiary is after it was last recorded: five years, in which grants are audited and reclaimed. The
 * papers of the voucher are kept longer, in the archive; the entry stays for ever, and knows a hash.
 */
export const BENEFICIARY_RETENTION_DAYS = 5 * 365;

/**
 * Who is helped: what a payment needs and what shows who it is, and no more (PIPL art. 6 and 29). It is kept apart from all
 * books, is read by two roles with a reason, stands in no audit line, and is erased without a trace in a sum.
 */
export const beneficiaryRequestSchema = z.strictObject({
  name: lineSchema(64),
  document: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('resident-id'),
      number: z
        .string()
        .transform((number) => number.toUpperCase())
        .refine(isResidentId, 'is no number of a resident identity card: its last character does not fit'),
    }),
    z.strictObject({
      kind: z.enum(['passport', 'travel-permit', 'birth-certificate']),
      number: z.string().regex(/^[0-9A-Za-z()-]{5,30}$/, 'must be 5 to 30 letters and digits'),
    }),
  ]),
  /** Needed where the document does not tell it. */
  bornOn: birthdaySchema.optional(),
  /** To whom money is paid; left out where only goods are. */
  account: z
    .strictObject({
      bank: lineSchema(80),
      holder: lineSchema(64),
      number: z.string().regex(/^[0-9]{8,32}$/, 'must be 8 to 32 digits'),
    })
    .optional(),
  guardian: z
    .strictObject({
      name: lineSchema(64),
      relation: lineSchema(20),
      phone: z.string().regex(/^\+?[0-9 -]{5,20}$/, 'must be a telephone number'),
    })
    .optional(),
  /**
   * Why another account than the one on record: finance alone gives it, who is not the one that put that one on record. Without it,
   * another account is refused.
   */
  accountReason: lineSchema(200).optional(),
  /** That they, or who stands for them, agreed to this being kept and used (PIPL art. 29). */
  consent: z.strictObject({ givenOn: localDateSchema, evidence: paperSchema }),
});
export type BeneficiaryRequest = z.infer<typeof beneficiaryRequestSchema>;

export const beneficiarySchema = z.object({
  ...beneficiaryRequestSchema.omit({ document: true }).shape,
  document: z.object({ kind: z.string(), number: z.string() }),
  type: z.literal('beneficiary'),
  beneficiaryId: z.string(),
  organisationId: z.string(),
  version: z.number().int().min(1),
  /** A keyed hash of the account: by it the audit trail shows that it was changed, and not which it is. */
  accountMark: z.string().optional(),
  /** Who put this account on record. */
  accountBy: z.string().optional(),
  recordedBy: z.string(),
  recordedAt: instantSchema,
  /** In seconds since 1970: the store deletes the record then. */
  expiresAt: z.number().int(),
});
export type Beneficiary = z.infer<typeof beneficiarySchema>;

/**
 * The id of a person for one organisation: a keyed hash of their document, so that the same person is recognised however their
 * name is written, and nobody without the key can find out from an entry who it was.
 */
export function beneficiaryIdOf(
  key: string,
  organisationId: string,
  { kind, number }: BeneficiaryRequest['document'],
): string {
  const hashed = donorIdOf(key, `beneficiary:${organisationId}`, `${kind}:${number.toUpperCase()}`);
  return hashed.replace(`${ID_PREFIXES.donor}_`, `${ID_PREFIXES.beneficiary}_`);
}

/** The mark of an account, which whoever has no key cannot tell it by. */
export function accountMarkOf(
  key: string,
  organisationId: string,
  account: BeneficiaryRequest['account'],
): string | undefined {
  if (account === undefined) return undefined;
  const { bank, holder, number } = account;
  return donorIdOf(key, `beneficiary-account:${organisationId}`, JSON.stringify([bank, holder, number]));
}

/** What of a record is missing or cannot be; empty when nothing. `today` is the campaign's day. */
export function beneficiaryProblems(request: BeneficiaryRequest, today: LocalDate): FieldProblem[] {
  const bornOn = birthdayOf(request);
  const problems: FieldProblem[] = [];
  if (bornOn === undefined)
    problems.push({
      field: 'bornOn',
      problem: 'is missing, and the document does not tell it',
      fix: 'give the day of birth',
    });
  else if (bornOn > today) problems.push({ field: 'bornOn', problem: 'lies ahead', fix: 'check the year' });
  else if (isChild(bornOn, today) && request.guardian === undefined)
    problems.push({
      field: 'guardian',
      problem: `is missing: the beneficiary is not ${GUARDIAN_BELOW_YEARS} yet`,
      fix: 'give the guardian who agreed',
      rule: 'PIPL art. 31',
    });
  if (request.bornOn !== undefined && bornOn !== request.bornOn)
    problems.push({ field: 'bornOn', problem: 'is not what the document says', fix: 'correct it, or leave it out' });
  if (request.consent.givenOn > today)
    problems.push({ field: 'consent.givenOn', problem: 'lies ahead', fix: 'record the consent once it was given' });
  return problems;
}

const birthdayOf = ({ document, bornOn }: BeneficiaryRequest): LocalDate | undefined =>
  document.kind === 'resident-id' ? residentBirthday(document.number) : bornOn;

/** Whether somebody has not had the birthday on which they are no child in this sense any more. */
const isChild = (bornOn: LocalDate, today: LocalDate): boolean =>
  today < `${Number(bornOn.slice(0, 4)) + GUARDIAN_BELOW_YEARS}${bornOn.slice(4)}`;

/** Whether money would go elsewhere than to the account on record. */
export const isOtherAccount = (
  before: Beneficiary | undefined,
  accountMark: string | undefined,
): before is Beneficiary =>
  before?.accountMark !== undefined && accountMark !== undefined && accountMark !== before.accountMark;

/** Why another account may not take the place of the one on record; `undefined` where it may. */
export function refuseOtherAccount(
  before: Beneficiary,
  change: { readonly by: string; readonly isFinance: boolean; readonly reason: string | undefined },
): Refusal | undefined {
  const refused = (field: string, problem: string, fix: string): Refusal =>
    refuse('another-account', 'Another account of this person is on record, and money would go elsewhere.', [
      { field, problem, fix },
    ]);
  if (!change.isFinance)
    return refused(
      'account',
      'is another one than on record',
      'leave it out, or have finance give the new one with a reason',
    );
  if (change.by === before.accountBy)
    return refused('account', 'was put on record by yourself', 'have a colleague of finance give the new one');
  if (change.reason === undefined)
    return refused('accountReason', 'is missing', 'say why money goes to another account, and who has seen the paper');
  return undefined;
}

export function beneficiaryOf(
  request: BeneficiaryRequest,
  {
    beneficiaryId,
    organisationId,
    accountMark,
    by,
    now,
  }: { beneficiaryId: string; organisationId: string; accountMark: string | undefined; by: string; now: Instant },
  before: Beneficiary | undefined,
): Beneficiary {
  // Who records somebody anew without an account leaves the one that is there.
  const keptAccount =
    before?.accountMark === undefined || (accountMark !== undefined && accountMark !== before.accountMark)
      ? undefined
      : { account: before.account, accountMark: before.accountMark, accountBy: before.accountBy };
  return {
    ...request,
    ...(keptAccount ?? (accountMark === undefined ? {} : { accountMark, accountBy: by })),
    type: 'beneficiary',
    beneficiaryId,
    organisationId,
    version: (before?.version ?? 0) + 1,
    recordedBy: by,
    recordedAt: now,
    expiresAt: epochSeconds(plusSeconds(now, BENEFICIARY_RETENTION_DAYS * SECONDS_PER_DAY)),
  };
}

/** The campaign's day on which a record is made. */
export const recordingDay = (now: Instant, zone: string): LocalDate => localDateOf(now, zone);
