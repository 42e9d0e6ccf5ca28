import { ProblemError, type YiqiClient, yiqiClient } from '../client/client.ts';
import { problemSchema } from '../client/problems.ts';
import { CommandProblem } from './command-problem.ts';
import { readSession, writeSession } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import type { System } from './system.ts';

/** Renewed this long before it ends, so that it does not end on the way. */
const MARGIN_MS = 60_000;
const MS_PER_SECOND = 1_000;

/** The API of a system, as the person who is signed in to it. */
export function apiOf(surroundings: Surroundings, system: System): YiqiClient {
  const { fetch } = surroundings;
  return yiqiClient({
    apiUrl: system.apiUrl,
    token: () => tokenOf(surroundings, system),
    ...(fetch === undefined ? {} : { fetch }),
  });
}

/** The session's token, renewed where its hour is over. @throws CommandProblem where nobody is signed in. */
export async function tokenOf({ folder, now, openUserPool }: Surroundings, system: System): Promise<string> {
  const session = readSession(folder);
  if (session === undefined || session.apiUrl !== system.apiUrl)
    throw new CommandProblem(`Nobody is signed in to ${system.apiUrl}: run yiqi sign-in --email <address>.`);
  if (session.expiresAt - MARGIN_MS > now()) return session.token;
  const renewed = await openUserPool(system).renew(session.refreshToken);
  if (renewed === undefined)
    throw new CommandProblem(`The session of ${session.email} is over: run yiqi sign-in --email ${session.email}.`);
  const { token, refreshToken = session.refreshToken, validSeconds } = renewed;
  writeSession(folder, { ...session, token, refreshToken, expiresAt: now() + validSeconds * MS_PER_SECOND });
  return token;
}

/** A call's data with the answer that it came in. Throws ProblemError where it was refused. */
export async function answered<Data>(
  call: Promise<{ readonly data?: Data; readonly error?: unknown; readonly response: Response }>,
): Promise<{ readonly data: Data; readonly response: Response }> {
  const { data, error, response } = await call;
  if (error === undefined && response.ok) return { data: data as Data, response };
  const problem = problemSchema.safeParse(error);
  throw new ProblemError(response.status, problem.success ? problem.data : undefined);
}

/** The `after` of a `next`, for the query of the following page. */
export const afterOf = (next: string | null): string | undefined =>
  next === null ? undefined : (new URLSearchParams(next.replace(/^\?/, '')).get('after') ?? undefined);
