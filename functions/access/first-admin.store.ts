import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { organisationKey, rootIndexKey } from '../platform/keys.ts';
import type { Table, TransactWrite } from '../platform/table.ts';
import { membershipPuts } from './membership.store.ts';
import type { Membership } from './membership.ts';

export type Appointment = {
  readonly organisationId: string;
  readonly organisationName: string;
  readonly managementLimitBasisPoints?: number | undefined;
  readonly email: string;
  readonly name: string;
};

/** Why nobody can be appointed there: before an account is made for anybody. */
export function appointmentRefusal(
  organisation: Organisation | undefined,
  { organisationId }: Appointment,
): Refusal | undefined {
  if (organisation?.parentId === undefined) return undefined;
  return refuse(
    'not-a-root',
    `${organisationId} is not the top of a tree: its people are invited by an admin above it.`,
  );
}

/**
 * Makes the top of a tree together with its first admin. Once somebody was appointed there it is theirs, and nobody else
 * can be: the same person again finds what stands.
 */
export async function appointFirstAdmin(
  table: Table,
  appointment: Appointment,
  personId: string,
  now: Instant,
): Promise<{ readonly kind: 'appointed' | 'already-appointed' } | Refusal> {
  const { organisationId, organisationName, managementLimitBasisPoints, email, name } = appointment;
  const standing = await findOrganisation(table, organisationId);
  const refused = appointmentRefusal(standing, appointment) ?? takenBy(standing, personId);
  if (refused !== undefined) return refused;
  if (standing?.firstAdminId === personId) return { kind: 'already-appointed' };
  const membership: Membership = {
    type: 'membership',
    organisationId,
    personId,
    name,
    email,
    roles: ['admin'],
    reach: 'and-below',
    state: 'active',
    version: 1,
    invitedBy: 'operator',
    createdAt: now,
    updatedAt: now,
  };
  const root: Organisation = {
    type: 'organisation',
    organisationId,
    name: organisationName,
    ...(managementLimitBasisPoints === undefined ? {} : { managementLimitBasisPoints }),
    path: [organisationId],
    firstAdminId: personId,
    createdAt: now,
  };
  const claim: TransactWrite =
    standing === undefined
      ? {
          put: { ...organisationKey(organisationId), ...rootIndexKey(organisationId), ...root },
          when: { absent: true },
        }
      : {
          update: organisationKey(organisationId),
          set: { firstAdminId: personId, ...rootIndexKey(organisationId) },
          when: { equals: { firstAdminId: null } },
        };
  const outcome = await table.transact([claim, ...membershipPuts(membership, { absent: true })]);
  if (outcome.kind === 'committed') return { kind: 'appointed' };
  throw new TransientError('somebody else is being appointed just now');
}

function takenBy(organisation: Organisation | undefined, personId: string): Refusal | undefined {
  const { organisationId, firstAdminId } = organisation ?? {};
  if (firstAdminId === undefined || firstAdminId === personId) return undefined;
  return refuse('has-an-admin', `${organisationId} has an admin already, who can invite others (docs/runbook.md).`);
}
