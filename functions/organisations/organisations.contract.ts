import * as z from 'zod';
import { rolesAnswer } from '../access/access.contract.ts';
import { reachSchema } from '../access/membership.ts';
import { instantSchema } from '../kernel/time.ts';
import type { AreaContract } from '../platform/contract.ts';
import { organisationIdSchema, organisationRequestSchema, organisationSchema } from './organisation.ts';
import { publicAddressRequestSchema } from './public-address.ts';

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
const publicAddress = z.object({
  address: z.string().nullable().describe('Null where nobody up the tree has said any'),
  from: z.string().nullable().describe('The organisation that says so'),
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
  named: { Organisation: organisation, PublicAddress: publicAddress, OwnMemberships: memberships },
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
      path: '/organisations/{organisationId}/public-address',
      operation: 'getPublicAddress',
      summary: "Where an organisation's public pages are reached, and which organisation says so.",
      description: 'The answer has an ETag where it is the organisation’s own.',
      answers: { 200: { description: 'The address in force', body: publicAddress } },
    },
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/public-address',
      operation: 'savePublicAddress',
      summary: 'Says it, for the organisation and all below it that say nothing.',
      description: 'If-Match is needed unless the organisation has none of its own.',
      ifMatch: true,
      etag: true,
      body: publicAddressRequestSchema,
      answers: {
        201: { description: 'New', body: publicAddress },
        200: { description: 'Saved', body: publicAddress },
      },
      problems: { 400: ['bad-if-match'] },
    },
    {
      method: 'DELETE',
      path: '/organisations/{organisationId}/public-address',
      operation: 'removePublicAddress',
      summary: "Takes an organisation's own away: that of the nearest above it counts again.",
      ifMatch: true,
      answers: { 204: { description: 'Taken away' } },
      problems: { 400: ['bad-if-match'], 404: ['no-public-address'] },
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
