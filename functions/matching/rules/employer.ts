import * as z from 'zod';
import type { FieldProblem } from '../../kernel/errors.ts';
import { slugSchema } from './slug.ts';

const MOST_LISTED = 300;
/** A year: what employers who match gifts allow for the request at the most. */
const LONGEST_REQUEST_DAYS = 366;

/**
 * Rule R12: an enterprise matches the gifts of its people. A gift is eligible by a code that the donor gives with the
 * order, by the donor's standing (a list), or by the unit it is for; a donor then asks for the match within
 * `requestWithinDays`, and a person approves or declines. Only an approved claim draws money.
 */
export const employerShape = {
  /** Codes that the enterprise gave its people. */
  codes: z.array(slugSchema).max(MOST_LISTED).default([]),
  /** Domains of mail addresses, e.g. `kelun.example`; an address proves nothing, so the approver sees it. */
  emailDomains: z
    .array(z.string().regex(/^[a-z0-9.-]{3,100}\.[a-z]{2,20}$/, 'must be a domain such as kelun.example'))
    .max(MOST_LISTED)
    .default([]),
  /** Only gifts for these units; any gift where empty. */
  unitIds: z.array(slugSchema).max(MOST_LISTED).default([]),
  requestWithinDays: z.number().int().min(1).max(LONGEST_REQUEST_DAYS),
} as const;
const employerSchema = z.strictObject(employerShape);
type EmployerRule = z.infer<typeof employerSchema>;

/** How a claim says that it may be made. */
export type EmployerProof = {
  readonly code?: string | undefined;
  readonly emailDomain?: string | undefined;
  /** That the donor stands on the enterprise's list for this rule. */
  readonly listed?: boolean | undefined;
};

/** Whether a gift with this proof and unit may be claimed for. */
export function isEligible(rule: EmployerRule, unitId: string | undefined, proof: EmployerProof): boolean {
  if (rule.unitIds.length > 0 && (unitId === undefined || !rule.unitIds.includes(unitId))) return false;
  return (
    proof.listed === true ||
    (proof.code !== undefined && rule.codes.includes(proof.code)) ||
    (proof.emailDomain !== undefined && rule.emailDomains.includes(proof.emailDomain))
  );
}

export function employerProblems(rule: EmployerRule, unitIds: ReadonlySet<string>, at: string): FieldProblem[] {
  return rule.unitIds.flatMap((unitId, position) =>
    unitIds.has(unitId)
      ? []
      : [
          {
            field: `${at}.unitIds[${position}]`,
            problem: `is not a unit of this campaign: ${unitId}`,
            fix: 'name units of the campaign, or leave the list empty',
          },
        ],
  );
}
