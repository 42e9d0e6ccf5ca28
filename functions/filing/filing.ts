import * as z from 'zod';
import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import {
  type CampaignWindow,
  type Instant,
  instantSchema,
  type LocalDate,
  localDateOf,
  localDateSchema,
  plusDays,
  startOfDay,
} from '../kernel/time.ts';

/** A public campaign is filed ten days before it opens (MCA Order 74 of 2024, art. 11; Charity Law art. 24). */
export const FILING_LEAD_DAYS = 10;
/** Where an emergency does not wait, it is filed within ten days after it has begun (Charity Law art. 73). */
export const EMERGENCY_FILING_DAYS = 10;
export const FILING_RULE = 'MCA Order 74 art. 11: file ten days before the first day';
export const EMERGENCY_RULE = 'Charity Law art. 73: file within ten days after the start';

const numberSchema = z
  .string()
  .trim()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}\-_/().（）〔〕]{3,63}$/u,
    'must be the number as the authority gave it, 4 to 64 characters',
  );

/** That the authority has the plan: as it is kept with a campaign or with a change of its plan. */
export const filingSchema = z.object({
  /** The authority's number (备案编号). */
  number: z.string(),
  /** The local day on which the plan was handed in: the ten days count from it. */
  filedOn: localDateSchema,
  authority: z.string(),
  /** The local day on which the authority gave the number, where that is known. */
  receivedOn: localDateSchema.optional(),
  /** The confirmation as an attachment of the campaign. */
  evidenceAttachmentId: z.string().optional(),
  recordedBy: z.string(),
  recordedAt: instantSchema,
});
export type Filing = z.infer<typeof filingSchema>;

/** That a campaign answers an emergency and may open before it is filed. */
export const emergencySchema = z.object({
  reason: z.string(),
  /** The local day since which the emergency lasts. */
  sinceOn: localDateSchema,
  declaredBy: z.string(),
  declaredAt: instantSchema,
});
export type Emergency = z.infer<typeof emergencySchema>;

const filedFields = {
  number: numberSchema,
  filedOn: localDateSchema,
  authority: z.string().trim().min(2).max(120),
  receivedOn: localDateSchema.optional(),
  evidenceAttachmentId: z
    .string()
    .regex(/^[a-z0-9_-]{1,64}$/, 'must be the id of an attachment')
    .optional(),
};

/** What staff send when the authority has a changed plan. */
export const amendmentFilingRequestSchema = z.strictObject(filedFields);
export type FiledRequest = z.infer<typeof amendmentFilingRequestSchema>;

/** What staff send of a campaign: the authority's number and day, or that an emergency does not wait for them, or both. */
export const filingRequestSchema = z
  .strictObject({
    ...z.strictObject(filedFields).partial().shape,
    emergency: z.strictObject({ reason: z.string().trim().min(4).max(1000), sinceOn: localDateSchema }).optional(),
  })
  .superRefine((request, context) => {
    const given = FILED_NAMES.filter((name) => request[name] !== undefined);
    const isFiled = given.length > 0 || request.receivedOn !== undefined || request.evidenceAttachmentId !== undefined;
    if (!isFiled && request.emergency !== undefined) return;
    for (const name of FILED_NAMES)
      if (request[name] === undefined)
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'is needed, unless an emergency does not wait for it',
        });
  });
const FILED_NAMES = ['number', 'filedOn', 'authority'] as const;
export type FilingRequest = z.infer<typeof filingRequestSchema>;

/** The first day on which a campaign may open that was filed on this day. */
export const earliestOpening = (filedOn: LocalDate): LocalDate => plusDays(filedOn, FILING_LEAD_DAYS);

/** The last day on which a campaign may be filed that opens on this day. */
export const lastFilingDay = (firstDay: LocalDate): LocalDate => plusDays(firstDay, -FILING_LEAD_DAYS);

/** The last day on which an emergency's campaign may be filed that began on this day. */
export const lastEmergencyFilingDay = (beganOn: LocalDate): LocalDate => plusDays(beganOn, EMERGENCY_FILING_DAYS);

/** As much of a campaign as its right to open depends on. */
export type FiledCampaign = {
  readonly filing?: Filing | null | undefined;
  readonly emergency?: Emergency | null | undefined;
  readonly openedAt?: Instant | null | undefined;
  readonly proposal: { readonly window: CampaignWindow };
};

export type OpeningRight =
  | { readonly kind: 'may-open' }
  | { readonly kind: 'unfiled' }
  /** Filed, but not ten days before the first day. */
  | { readonly kind: 'filed-late'; readonly earliest: LocalDate };

/** Whether a campaign may open, as far as its filing goes. */
export function openingRight({ filing, emergency, proposal: { window } }: FiledCampaign): OpeningRight {
  if (emergency != null) return { kind: 'may-open' };
  if (filing == null) return { kind: 'unfiled' };
  const earliest = earliestOpening(filing.filedOn);
  return earliest <= window.firstDay ? { kind: 'may-open' } : { kind: 'filed-late', earliest };
}

/**
 * The instant from which a campaign of an emergency may no longer run unfiled: the end of the tenth day after it began.
 * `undefined` where it is filed, has not begun or is no emergency's.
 */
export function unfiledUntil({
  filing,
  emergency,
  openedAt,
  proposal: { window },
}: FiledCampaign): Instant | undefined {
  if (filing != null || emergency == null || openedAt == null) return undefined;
  return startOfDay(plusDays(lastEmergencyFilingDay(localDateOf(openedAt, window.zone)), 1), window.zone);
}

/** Whether a campaign takes gifts unfiled for longer than the law allows. */
export const isUnfiledTooLong = (campaign: FiledCampaign, now: Instant): boolean => {
  const until = unfiledUntil(campaign);
  return until !== undefined && until <= now;
};

/** Why a campaign may not open or go on; `undefined` where it may. */
export function refuseUnfiled(campaign: FiledCampaign, now: Instant): Refusal | undefined {
  const right = openingRight(campaign);
  if (right.kind === 'unfiled')
    return refuse(
      'not-filed',
      'A campaign opens once its plan is filed with the authority. Record the number and the day of the filing first.',
    );
  if (right.kind === 'filed-late')
    return refuse(
      'filed-late',
      `A campaign opens ten days after its plan was filed: on ${right.earliest} at the earliest. Move its first day by an amendment.`,
    );
  if (isUnfiledTooLong(campaign, now))
    return refuse('not-filed', `${EMERGENCY_RULE}. Record the number and the day of the filing, then let it go on.`);
  return undefined;
}

/** What is wrong with a filing; empty when nothing is. `now` is of the campaign's zone's clock as any other. */
export function filingProblems(
  request: FilingRequest,
  { emergency, openedAt, proposal: { window } }: FiledCampaign,
  now: Instant,
): FieldProblem[] {
  const today = localDateOf(now, window.zone);
  const problems: FieldProblem[] = dayProblems(request, today);
  if (request.emergency !== undefined && request.emergency.sinceOn > today)
    problems.push({
      field: 'emergency.sinceOn',
      problem: `is after today, ${today}`,
      fix: 'give the day since which the emergency lasts',
    });
  const isEmergency = emergency != null || request.emergency !== undefined || openedAt != null;
  if (request.filedOn === undefined || isEmergency) return problems;
  const earliest = earliestOpening(request.filedOn);
  if (earliest > window.firstDay)
    problems.push({
      field: 'filedOn',
      problem: `is less than ten days before the first day, ${window.firstDay}`,
      fix: `move the first day to ${earliest} or later by an amendment, then record the filing`,
      rule: FILING_RULE,
    });
  return problems;
}

/** Days that cannot be right whatever is filed. */
export function dayProblems(
  { filedOn, receivedOn }: Pick<FilingRequest, 'filedOn' | 'receivedOn'>,
  today: LocalDate,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (filedOn !== undefined && filedOn > today)
    problems.push({
      field: 'filedOn',
      problem: `is after today, ${today}`,
      fix: 'record a filing once it was handed in',
    });
  if (receivedOn !== undefined && (receivedOn > today || (filedOn !== undefined && receivedOn < filedOn)))
    problems.push({
      field: 'receivedOn',
      problem: `is not between the day of filing and today, ${today}`,
      fix: 'give the day on which the authority confirmed it, or leave it out',
    });
  return problems;
}

/** The filing as it is kept. */
export function filingOf(request: FiledRequest, by: string, now: Instant): Filing {
  const { number, filedOn, authority, receivedOn, evidenceAttachmentId } = request;
  return {
    number,
    filedOn,
    authority,
    ...(receivedOn === undefined ? {} : { receivedOn }),
    ...(evidenceAttachmentId === undefined ? {} : { evidenceAttachmentId }),
    recordedBy: by,
    recordedAt: now,
  };
}

/** The filing inside a request that may also only declare an emergency. */
export function filedIn(request: FilingRequest): FiledRequest | undefined {
  const { number, filedOn, authority, receivedOn, evidenceAttachmentId } = request;
  if (number === undefined || filedOn === undefined || authority === undefined) return undefined;
  return { number, filedOn, authority, receivedOn, evidenceAttachmentId };
}

/** Whether a filing says what the request says: the same day, number and authority. */
export const isSameFiling = (filing: Filing, request: FiledRequest): boolean =>
  filing.number === request.number && filing.filedOn === request.filedOn && filing.authority === request.authority;
