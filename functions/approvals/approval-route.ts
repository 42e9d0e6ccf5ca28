import * as z from 'zod';
import { ROLES } from '../access/role.ts';
import { type Minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';

/** What has a route of its own: a proposal, a change of a campaign that was approved, or the report that closes it. */
export const ROUTE_SUBJECTS = ['campaign', 'amendment', 'closeout'] as const;
export type RouteSubject = (typeof ROUTE_SUBJECTS)[number];
export const routeSubjectSchema = z.enum(ROUTE_SUBJECTS);

/** What is decided by a route; an addendum to the report by the route of the report. */
export const APPROVAL_SUBJECTS = [...ROUTE_SUBJECTS, 'addendum'] as const;
export type ApprovalSubject = (typeof APPROVAL_SUBJECTS)[number];
export const approvalSubjectSchema = z.enum(APPROVAL_SUBJECTS);
/** Whoever signs the report signs what is said of it afterwards. */
export const routeSubjectOf = (subject: ApprovalSubject): RouteSubject =>
  subject === 'addendum' ? 'closeout' : subject;

/** A whole approval ends undecided after this long, and what was proposed goes back: 30 days, as since the first version. */
export const DECIDE_WITHIN_HOURS = 30 * 24;
const MOST_STEPS = 10;
const MOST_PERSONS = 20;
/** Two working days: who is reminded sooner learns to ignore it. */
const USUAL_REMINDER_HOURS = 48;

/** Who a person is in the user pool. */
export const personIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a person: 1 to 64 letters, digits, hyphens or underscores');

const roleHoldersSchema = z.strictObject({
  role: z.enum(ROLES),
  /** Where the role is held: for the campaign's own organisation, or for the organisation whose route this is (the city decides, not the county). */
  of: z.enum(['campaign', 'route']).default('campaign'),
});
const listedSchema = z.strictObject({ personIds: z.array(personIdSchema).min(1).max(MOST_PERSONS) });
/** Who may decide: everybody with a role, or these people. */
export const whoSchema = z.union([roleHoldersSchema, listedSchema], {
  error: `must be {"role": one of ${ROLES.join(', ')}} or {"personIds": 1 to ${MOST_PERSONS} ids}`,
});
export type Who = z.infer<typeof whoSchema>;

const hoursSchema = z
  .number()
  .int('must be whole hours')
  .min(1)
  .max(DECIDE_WITHIN_HOURS - 1, `must be less than ${DECIDE_WITHIN_HOURS}: an approval ends by itself after 30 days`);

export const routeStepSchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  who: whoSchema,
  /** How many different people must approve. */
  quorum: z.number().int().min(1).max(MOST_PERSONS).default(1),
  /** The step applies from this amount on, itself included; left out, it always applies. */
  aboveMinor: positiveAmountMinorSchema.optional(),
  /** The decision of a meeting, which only its minutes can record (三重一大: major decisions are taken collectively). */
  collective: z.boolean().default(false),
  /** Whoever has to decide is reminded so long after the step began, and again after every such time. */
  remindAfterHours: hoursSchema.default(USUAL_REMINDER_HOURS),
  /** After so long the people of `escalateTo` may decide as well. */
  escalateAfterHours: hoursSchema.optional(),
  escalateTo: whoSchema.optional(),
});
export type RouteStep = z.infer<typeof routeStepSchema>;

export const routeRequestSchema = z.strictObject({
  steps: z.array(routeStepSchema).min(1).max(MOST_STEPS),
  /** Whether somebody who decided one step may decide a later one too. */
  mayRepeat: z.boolean().default(false),
});
export type RouteRequest = z.infer<typeof routeRequestSchema>;

/** Version 1 is what holds before an organisation has saved anything: what it inherits. So the first saved one is 2. */
export const INHERITED_VERSION = 1;

/** A saved route. Later versions replace it; each is kept. */
export const approvalRouteSchema = z.object({
  ...routeRequestSchema.shape,
  type: z.literal('approval-route'),
  organisationId: organisationIdSchema,
  subject: routeSubjectSchema,
  version: z
    .number()
    .int()
    .min(INHERITED_VERSION + 1),
  savedBy: z.string(),
  savedAt: instantSchema,
});
export type ApprovalRoute = z.infer<typeof approvalRouteSchema>;

/** Where no organisation up the tree has saved a route: one approver, as it was before there were routes. */
const ONE_APPROVER: RouteRequest = {
  steps: [routeStepSchema.parse({ name: '审批 / Approval', who: { role: 'approver' } })],
  mayRepeat: false,
};
/** Who reads a closeout report before the leader signs it must be somebody who can read its figures. */
const FINANCE_THEN_LEADER: RouteRequest = {
  steps: [
    routeStepSchema.parse({ name: '财务复核 / Finance review', who: { role: 'finance' } }),
    routeStepSchema.parse({ name: '负责人签署 / Signed by a leader', who: { role: 'approver' } }),
  ],
  mayRepeat: false,
};
/** What holds for each subject where nobody has saved a route. */
export const DEFAULT_ROUTES: Readonly<Record<RouteSubject, RouteRequest>> = {
  campaign: ONE_APPROVER,
  amendment: ONE_APPROVER,
  closeout: FINANCE_THEN_LEADER,
};

/** The steps that apply to an amount, in order. Routes that were checked when saved leave at least one for any amount. */
export const stepsFor = ({ steps }: Pick<RouteRequest, 'steps'>, amountMinor: Minor): RouteStep[] =>
  steps.filter(({ aboveMinor }) => aboveMinor === undefined || amountMinor >= aboveMinor);
