import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { personNameSchema } from '../functions/access/member.ts';
import { organisationIdSchema, organisationNameSchema } from '../functions/organisations/organisation.ts';
import { answered, apiOf } from './api.ts';
import { CommandProblem, wrongInput } from './command-problem.ts';
import { appointmentAnswerSchema } from './operator.ts';
import { outputsIn, readSession, removeSession, systemOf, writeSession, writeSettings } from './settings.ts';
import { missingIn, type Questions, signIn } from './sign-in.ts';
import type { Surroundings } from './surroundings.ts';
import { type System, systemSchema } from './system.ts';
import { factsText, jsonText, tableText } from './table.ts';
import type { Terminal } from './terminal.ts';

const MS_PER_SECOND = 1_000;

export type Configured = {
  readonly outputs?: string;
  readonly apiUrl?: string;
  readonly userPoolId?: string;
  readonly userPoolClientId?: string;
  readonly region?: string;
  readonly endpoint?: string;
};

/** Writes which system commands talk to from now on. */
export function configure({ terminal, environment, folder }: Surroundings, typed: Configured): void {
  const told = typed.outputs === undefined ? {} : outputsIn(fileText(typed.outputs), typed.outputs);
  const { apiUrl = told['ApiUrl'], userPoolId, userPoolClientId, endpoint } = typed;
  const outputs = {
    ...told,
    ...(userPoolId === undefined ? {} : { UserPoolId: userPoolId }),
    ...(userPoolClientId === undefined ? {} : { UserPoolClientId: userPoolClientId }),
  };
  if (apiUrl === undefined || outputs['UserPoolClientId'] === undefined)
    throw wrongInput(
      'Give --outputs with what cdk deploy --outputs-file wrote, or --api-url and --user-pool-client-id.',
    );
  const region = typed.region ?? environment['AWS_REGION'];
  if (region === undefined) throw wrongInput('Give --region, or set AWS_REGION.');
  const system = checked(
    systemSchema.safeParse({ apiUrl, region, outputs, ...(endpoint === undefined ? {} : { endpoint }) }),
  );
  terminal.write(`${writeSettings(folder, system)} now names ${system.apiUrl} in ${system.region}.\n`);
}

function checked<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw wrongInput(`What was given is not right: ${issues.join('; ')}.`);
}

export function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

export const unreadable = (path: string, error: unknown): unknown =>
  error instanceof Error && 'code' in error
    ? wrongInput(`${path} cannot be read (${String(error.code)}): look at its name again.`)
    : error;

/** Asks for what a sign-in needs, and keeps the session. */
export async function signInCommand(
  surroundings: Surroundings,
  typed: { readonly email: string; readonly local: boolean },
): Promise<void> {
  const { terminal, environment, folder, now, openUserPool } = surroundings;
  const system = systemOf(surroundings, typed.local);
  const email = checked(z.object({ email: z.email().toLowerCase() }).safeParse({ email: typed.email })).email;
  const password = environment['YIQI_PASSWORD'] ?? (await terminal.askUnseen(`Password of ${email}: `));
  const { token, refreshToken, validSeconds } = await signIn(
    openUserPool(system),
    questionsAt(terminal),
    email,
    password,
  );
  if (refreshToken === undefined) throw new CommandProblem('The user pool gave no session to keep.');
  const expiresAt = now() + validSeconds * MS_PER_SECOND;
  writeSession(folder, { apiUrl: system.apiUrl, email, token, refreshToken, expiresAt });
  terminal.write(`Signed in to ${system.apiUrl} as ${email}.\n`);
}

const questionsAt = (terminal: Terminal): Questions => ({
  async newPassword() {
    terminal.writeError('The password was a temporary one: choose your own.\n');
    const chosen = await terminal.askUnseen('New password: ');
    const missing = missingIn(chosen);
    if (missing.length > 0) throw wrongInput(`The new password lacks ${missing.join(', ')}: sign in again.`);
    if ((await terminal.askUnseen('The same again: ')) !== chosen)
      throw wrongInput('The two passwords differ: sign in again.');
    return chosen;
  },
  firstCode(secret, address) {
    terminal.writeError(
      `This account needs a second factor. Enter into an authenticator app:\n\n  Secret   ${secret}\n  Address  ${address}\n\n`,
    );
    return terminal.ask('First code of the app: ');
  },
  code: () => terminal.ask('Code of the authenticator app: '),
});

/** Ends the session here and at the user pool. */
export async function signOut(surroundings: Surroundings, typed: { readonly local: boolean }): Promise<void> {
  const { folder, terminal, openUserPool } = surroundings;
  const session = readSession(folder);
  if (session === undefined) {
    terminal.write('Nobody was signed in.\n');
    return;
  }
  const system = systemOf(surroundings, typed.local);
  // Removed first: whatever the pool says, nobody is signed in here any more.
  removeSession(folder);
  if (session.apiUrl === system.apiUrl) await openUserPool(system).revoke(session.refreshToken);
  terminal.write(`${session.email} is signed out.\n`);
}

/** Who is signed in, and what they may do where. */
export async function whoami(
  surroundings: Surroundings,
  typed: { readonly local: boolean; readonly json: boolean },
): Promise<void> {
  const system = systemOf(surroundings, typed.local);
  const { data } = await answered(apiOf(surroundings, system).GET('/me'));
  const { terminal, folder } = surroundings;
  if (typed.json) {
    terminal.write(jsonText(data));
    return;
  }
  terminal.write(
    factsText([
      ['Signed in', readSession(folder)?.email],
      ['Person', data.personId],
      ['System', system.apiUrl],
    ]),
  );
  const rows = data.memberships.map(({ organisationId, name, roles, reach }) => [
    organisationId,
    name ?? '',
    roles.join(', '),
    reach,
  ]);
  terminal.write(
    rows.length === 0
      ? '  Member of no organisation.\n'
      : `\n${tableText(['Organisation', 'Name', 'Roles', 'Reach'], rows)}`,
  );
}

const appointmentSchema = z.object({
  organisationId: organisationIdSchema,
  organisationName: organisationNameSchema,
  name: personNameSchema,
  email: z.email().max(254).toLowerCase(),
});

/** Makes the top of a tree of organisations together with its first admin. */
export async function firstAdmin(
  surroundings: Surroundings,
  typed: { organisationId: string; name: string; person: string; email: string; local: boolean; json: boolean },
): Promise<void> {
  const { organisationId, name: organisationName, person: name, email } = typed;
  const appointment = checked(appointmentSchema.safeParse({ organisationId, organisationName, name, email }));
  const system: System = systemOf(surroundings, typed.local);
  const answer = appointmentAnswerSchema.safeParse(await surroundings.openOperator(system).appoint(appointment));
  if (!answer.success) throw new CommandProblem('The function answered something unknown: read its log.');
  if (answer.data.kind === 'refused') throw new CommandProblem(answer.data.message);
  const { terminal } = surroundings;
  if (typed.json) terminal.write(jsonText(answer.data));
  else if (answer.data.kind === 'already-appointed')
    terminal.write(`${appointment.email} is the first admin of ${organisationId} already.\n`);
  else
    terminal.write(
      `${appointment.email} is the first admin of ${organisationId}. The invitation with a temporary password was mailed; then: yiqi sign-in --email ${appointment.email}\n`,
    );
}
