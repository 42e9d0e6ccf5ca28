import * as z from 'zod';
import { currencySchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import type { AnswerContract, AreaContract } from '../platform/contract.ts';
import { APPROVAL_STATES, DECISIONS, decisionRequestSchema, minutesSchema, reasonSchema } from './approval.ts';
import {
  approvalSubjectSchema,
  routeRequestSchema,
  routeStepSchema,
  routeSubjectSchema,
  whoSchema,
} from './approval-route.ts';
import { CONFIRMATION_KINDS, CONFIRMATION_SUBJECTS } from './confirmation.ts';
import { delegationRequestSchema } from './delegation.ts';

const count = z.number().int().min(0);
const amount = z.number().int().describe('Whole numbers of the smallest unit of the currency');
const about = {
  campaignId: z.string(),
  subject: approvalSubjectSchema,
  round: z
    .number()
    .int()
    .min(1)
    .describe('Round of the proposal, of the report or of an addendum to it, or number of the amendment'),
};
const person = z.object({ personId: z.string(), name: z.string().nullable() });

/** How an approval stands. */
export const approvalStandingAnswer = z.object({
  state: z.enum(APPROVAL_STATES).describe('`expired`: nobody decided within thirty days, and it was returned'),
  begunAt: instantSchema,
  decideBy: instantSchema,
  finishedAt: instantSchema.nullable(),
  withdrawn: z
    .object({ at: instantSchema, why: z.string() })
    .nullable()
    .describe('What was to be signed was overtaken by the books, and is signed anew under another round'),
  step: z
    .object({ number: z.number().int().min(1), of: z.number().int().min(1), name: z.string() })
    .nullable()
    .describe('The step that waits; null once it has ended'),
  decidedBy: z.string().nullable().describe('Who decided last'),
  reasons: z.array(reasonSchema).describe('What they said'),
});
const madeDecision = z.object({
  decision: z.enum(DECISIONS),
  by: person,
  onBehalfOf: person.nullable(),
  at: instantSchema,
  reasons: z.array(reasonSchema),
  minutes: minutesSchema.nullable(),
});
const approval = z.object({
  subject: about.subject,
  round: about.round,
  amountMinor: amount,
  route: z.object({ organisationId: z.string().nullable().describe('null for the default'), version: count }),
  mayRepeat: z.boolean(),
  workedOnBy: z.array(person).describe('Whoever wrote or submitted any of it: they decide on none of it'),
  ...approvalStandingAnswer.shape,
  steps: z.array(
    z.object({
      number: z.number().int().min(1),
      name: z.string(),
      who: whoSchema,
      quorum: z.number().int().min(1),
      collective: z.boolean(),
      escalateAfterHours: z.number().int().nullable(),
      escalateTo: whoSchema.nullable(),
      begunAt: instantSchema.nullable(),
      doneAt: instantSchema.nullable(),
      decisions: z.array(madeDecision),
    }),
  ),
});
const decided = z.object({
  ...about,
  step: z.number().int().min(1),
  decision: z.enum(DECISIONS),
  decidedAt: instantSchema,
  onBehalfOf: z.string().nullable(),
  stands: approvalStandingAnswer.describe('How the approval stands now'),
});
const waiting = z.object({
  ...about,
  title: z.string(),
  organisationId: z.string(),
  amountMinor: amount,
  currency: currencySchema,
  step: z.object({
    number: z.number().int().min(1),
    of: z.number().int().min(1),
    name: z.string(),
    quorum: z.number().int().min(1),
    approvals: count.describe('How many have approved it so far'),
    collective: z.boolean().describe('Whether it needs minutes'),
  }),
  waitingSince: instantSchema,
  isEscalated: z.boolean(),
  escalatesAt: instantSchema.nullable(),
  decideBy: instantSchema,
  forSelf: z.boolean().describe('Whether you may decide it for yourself'),
  onBehalfOf: z.array(person).describe('For whom you may decide it'),
});
const confirmation = z.object({
  subject: z
    .enum(CONFIRMATION_SUBJECTS)
    .describe('The book: it is decided at …/{subject}-requests/{requestId}/decisions'),
  campaignId: z.string(),
  requestId: z.string(),
  kind: z.enum(CONFIRMATION_KINDS),
  title: z.string().describe('Of the campaign'),
  organisationId: z.string(),
  amountMinor: amount.nullable().describe('null for goods'),
  quantity: count.nullable().describe('Pieces of goods; null for money'),
  currency: currencySchema,
  enteredBy: z.string(),
  waitingSince: instantSchema,
  isEscalated: z.boolean(),
  escalatesAt: instantSchema,
  forSelf: z.boolean().describe('Whether you may decide it for yourself'),
  onBehalfOf: z.array(person).describe('For whom you may decide it'),
});
const delegation = z.object({
  delegationId: z.string(),
  fromPersonId: z.string(),
  toPersonId: z.string(),
  organisationId: z.string(),
  roles: z.array(z.string()).nullable().describe('null: everything, what the person is listed for by name too'),
  from: instantSchema,
  until: instantSchema,
  reason: z.string(),
  revokedAt: instantSchema.nullable(),
  isInForce: z.boolean(),
});
const route = z.object({
  organisationId: z.string(),
  subject: routeSubjectSchema,
  version: count.describe('Of the organisation’s own route; 1 before it has one'),
  inheritedFrom: z
    .object({ organisationId: z.string().nullable().describe('null: the default, one approver'), version: count })
    .nullable()
    .describe('null where the organisation has a route of its own'),
  steps: z.array(routeStepSchema),
  mayRepeat: z.boolean(),
});

const answered = (description: string, body: z.ZodType): AnswerContract => ({ description, body });

export const approvalsContract = {
  tag: 'Approvals',
  named: {
    Approval: approval,
    ApprovalRoute: route,
    Delegation: delegation,
    WaitingApproval: waiting,
    WaitingConfirmation: confirmation,
  },
  routes: [
    {
      method: 'GET',
      path: '/me/inbox',
      operation: 'readInbox',
      summary: 'What waits for you to decide or to confirm, oldest first: by role, by name or by delegation.',
      query: z.object({ after: z.string().optional().describe('`next` of the page before') }),
      answers: {
        200: answered(
          'One page; it may hold few, or none, and not be the last',
          z.object({
            waiting: z.array(waiting),
            confirmations: z.array(confirmation).describe('Entries of books that wait for you as the second person'),
            next: z.string().nullable().describe('The query of the following page'),
          }),
        ),
      },
      problems: { 400: ['bad-cursor'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/decisions',
      operation: 'decide',
      summary: 'Approves, returns or rejects what waits for you, for yourself or for somebody who delegated it.',
      description:
        'The same again by the same person is answered the same. One that comes too late is told what happened instead: the problem has a member `stands`, as the answer here has.',
      body: decisionRequestSchema,
      answers: { 200: answered('What was decided', decided) },
      problems: {
        403: ['own-proposal'],
        409: [
          'not-your-step',
          'another-step',
          'another-round',
          'decided-before',
          'already-decided',
          'expired',
          'nothing-to-decide',
          'books-moved',
        ],
        422: ['minutes-needed'],
      },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/approvals',
      operation: 'listApprovals',
      summary: 'Every approval of a campaign: steps, who decided what when, and why.',
      answers: {
        200: answered(
          'Amendments first, then rounds of the proposal',
          z.object({ campaignId: z.string(), approvals: z.array(approval) }),
        ),
      },
      problems: { 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/me/delegations',
      operation: 'delegate',
      summary: 'Has a colleague decide for you for a time, of ninety days at most.',
      idempotencyKey: 'needed',
      body: delegationRequestSchema,
      answers: { 201: answered('The delegation', delegation), 200: answered('What stands', delegation) },
      problems: { 409: ['too-many-delegations', 'idempotency-key-reused', 'try-again'] },
    },
    {
      method: 'GET',
      path: '/me/delegations',
      operation: 'listDelegations',
      summary: 'What you have delegated and what was delegated to you, ended ones too.',
      answers: {
        200: answered('Both', z.object({ given: z.array(delegation), received: z.array(delegation) })),
      },
    },
    {
      method: 'DELETE',
      path: '/me/delegations/{delegationId}',
      operation: 'revokeDelegation',
      summary: 'Takes a delegation back from now on.',
      answers: { 200: answered('The delegation as it ended', delegation) },
      problems: { 404: ['unknown-delegation'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/approval-routes/{subject}',
      operation: 'getApprovalRoute',
      summary: 'The route by which an organisation has its proposals or changes decided, its own or inherited.',
      etag: true,
      answers: { 200: answered('The route in force', route) },
      problems: { 404: ['unknown-subject'] },
    },
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/approval-routes/{subject}',
      operation: 'saveApprovalRoute',
      summary: 'Saves the next version of an organisation’s route. Approvals that run keep theirs.',
      ifMatch: true,
      etag: true,
      body: routeRequestSchema,
      answers: { 200: answered('The route in force', route) },
      problems: { 404: ['unknown-subject'] },
    },
  ],
} as const satisfies AreaContract;
