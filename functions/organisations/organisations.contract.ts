import * as z from 'zod';
import { rolesAnswer } from '../access/access.contract.ts';
import { reachSchema } from '../access/membership.ts';
import { instantSchema } from '../kernel/time.ts';
import type { AreaContract } from '../platform/contract.ts';
import { organisationIdSchema, organisationRequestSchema, organisationSchema } from './organisation.ts';

const path = z.array(organisationIdSchema).describe('From the top of the tree down to and including it');
const made = organisationSchema.omit({ firstAdminId: true, adminRemovals: true });
const organisation = z.object({
  organisationId: organisationIdSchema,
  name: z.string(),
  parentId: organisationIdSchema.nullable(),
  path,
  children: z.array(z.object({ organisationId: organisationIdSchema, name: z.string() })),
  createdAt: instantSchema,
});
const memberships = z.object({
  personId: z.string(),
  memberships: z.array(
    z.object({
      organisationId: organisationIdSchema,
      name: z.string().optional(),
      path: path.optional(),
      roles: rolesAnswer,
      reach: reachSchema,
    }),
  ),
});

export const organisationsContract: AreaContract = {
  tag: 'Organisations',
  named: { Organisation: organisation, OwnMemberships: memberships },
  routes: [
    {
      method: 'POST',
      path: '/organisations',
      operation: 'createOrganisation',
      summary: 'Adds an organisation under its parent.',
      description: 'The top of a tree is made with its first admin, by an operator and by no call.',
      body: organisationRequestSchema,
      answers: {
        200: { description: 'It is there already, as asked for', body: made },
        201: { description: 'It was added', body: made },
      },
      problems: { 409: ['id-taken'], 422: ['unknown-parent', 'too-deep', 'try-again'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}',
      operation: 'getOrganisation',
      summary: 'Shows an organisation with those right below it.',
      answers: { 200: { description: 'The organisation', body: organisation } },
    },
    {
      method: 'GET',
      path: '/me',
      operation: 'getOwnMemberships',
      summary: 'Says who the caller is, and what they may do where.',
      answers: { 200: { description: 'Memberships that are not suspended', body: memberships } },
    },
  ],
};
