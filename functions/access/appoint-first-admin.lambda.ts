import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { managementLimitSchema, organisationIdSchema, organisationNameSchema } from '../organisations/organisation.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type Appointment, appointFirstAdmin, appointmentRefusal } from './first-admin.store.ts';
import { emailSchema, personNameSchema } from './member.ts';
import { openStaffDirectory, type StaffDirectory } from './staff-directory.gateway.ts';

export type AppointUse = { readonly table: Table; readonly directory: StaffDirectory };

const appointmentSchema = z.strictObject({
  organisationId: organisationIdSchema,
  organisationName: organisationNameSchema,
  managementLimitBasisPoints: managementLimitSchema.optional(),
  email: emailSchema,
  name: personNameSchema,
});

/** The one way into an empty system. No route leads here: only who may invoke the function by IAM can call it. */
async function appoint(appointment: Appointment, { table, directory }: AppointUse, now: Instant) {
  const { organisationId, email, name } = appointment;
  const organisation = await findOrganisation(table, organisationId);
  const refused = appointmentRefusal(organisation, appointment);
  if (refused !== undefined) return refused;
  const personId = await directory.invite({ email, name, resend: false });
  const audited = auditedTable(table, { organisationId, by: 'operator', action: 'appoint-first-admin', now });
  const outcome = await appointFirstAdmin(audited, appointment, personId, now);
  if (outcome.kind === 'refused') return outcome;
  // Also for a repeat: the first call may have died before the user pool heard of it.
  await directory.keepInStep(personId, new Set(['admin' as const]));
  return { ...outcome, organisationId, personId };
}

export const definition: TaskDefinition<Appointment, AppointUse> = {
  name: 'appoint-first-admin',
  input: appointmentSchema,
  open: () => ({ table: openTable(), directory: openStaffDirectory() }),
  handle: appoint,
};
export const handler = taskFunction(definition);
