import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { type AreaContract, afterQuery, nextAnswer } from '../platform/contract.ts';
import { invitationSchema, memberChangeSchema } from './member.ts';
import { membershipSchema } from './membership.ts';
import { roleSchema } from './role.ts';

export const rolesAnswer = z.array(roleSchema);

const member = z.object({
  organisationId: z.string(),
  personId: z.string(),
  name: z.string(),
  email: z.string(),
  roles: rolesAnswer,
  reach: membershipSchema.shape.reach,
  state: membershipSchema.shape.state,
  invitedBy: z.string().describe('A person’s id, or `operator`'),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
const members = z.object({ organisationId: z.string(), members: z.array(member), next: nextAnswer });

export const accessContract: AreaContract = {
  tag: 'People',
  named: { Member: member },
  routes: [
    {
      method: 'GET',
      path: '/organisations/{organisationId}/members',
      operation: 'listMembers',
      summary: 'Lists the members of an organisation, suspended ones included, 50 at a time.',
      query: z.object({ after: afterQuery }),
      answers: { 200: { description: 'A page in order of ids', body: members } },
      problems: { 400: ['bad-cursor'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/members',
      operation: 'inviteMember',
      summary: 'Invites somebody into an organisation.',
      description:
        'Makes an account for the address, to which the invitation is mailed, and a membership. The same again changes ' +
        'nothing and mails nothing, unless `resend` asks for it and the person has never signed in.',
      body: invitationSchema,
      etag: true,
      answers: {
        200: { description: 'They are a member already, as asked for', body: member },
        201: { description: 'They are a member now', body: member },
      },
      problems: { 403: ['own-membership'], 409: ['already-member'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/members/{personId}',
      operation: 'getMember',
      summary: 'Shows a member.',
      etag: true,
      answers: { 200: { description: 'The member', body: member } },
      problems: { 404: ['unknown-member'] },
    },
    {
      method: 'PATCH',
      path: '/organisations/{organisationId}/members/{personId}',
      operation: 'changeMember',
      summary: 'Changes roles or reach of a member, suspends or resumes them; it counts from the next call on.',
      ifMatch: true,
      etag: true,
      body: memberChangeSchema,
      answers: { 200: { description: 'The member as they are now', body: member } },
      problems: { 400: ['bad-if-match'], 403: ['own-membership'], 404: ['unknown-member'], 409: ['last-admin'] },
    },
  ],
};
