import { CommandProblem } from './command-problem.ts';
import type { PoolAnswer, Tokens, UserPool } from './user-pool.ts';

/** What comes next in a sign-in. */
export type SignInStep =
  | { readonly do: 'keep'; readonly tokens: Tokens }
  | { readonly do: 'set-password' | 'enrol' | 'answer-code'; readonly session: string }
  | { readonly do: 'give-up'; readonly because: string };

const STEPS = { NEW_PASSWORD_REQUIRED: 'set-password', MFA_SETUP: 'enrol', SOFTWARE_TOKEN_MFA: 'answer-code' } as const;

/** The step that an answer of the user pool asks for. */
export function stepAfter(answer: PoolAnswer): SignInStep {
  if (answer.kind === 'signed-in') return { do: 'keep', tokens: answer.tokens };
  if (Object.hasOwn(STEPS, answer.name))
    return { do: STEPS[answer.name as keyof typeof STEPS], session: answer.session };
  return { do: 'give-up', because: `The user pool asks for ${answer.name}, which this command cannot answer.` };
}

const SHORTEST_PASSWORD = 12;
const PASSWORD_NEEDS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^.{${SHORTEST_PASSWORD},}$`, 'su'), `${SHORTEST_PASSWORD} characters`],
  [/\p{Ll}/u, 'a lower-case letter'],
  [/\p{Lu}/u, 'an upper-case letter'],
  [/\d/, 'a digit'],
  [/[^\p{L}\d\s]/u, 'a symbol'],
];

/** What a new password lacks by the rules of the pool (infra/staff.ts). */
export const missingIn = (password: string): string[] =>
  PASSWORD_NEEDS.filter(([pattern]) => !pattern.test(password)).map(([, need]) => need);

/** What authenticator apps read, from a picture of it or as text (the Key URI format). */
export const authenticatorAddress = (email: string, secret: string): string =>
  `otpauth://totp/${encodeURIComponent(`Yiqi:${email}`)}?secret=${encodeURIComponent(secret)}&issuer=Yiqi`;

export const isCode = (text: string): boolean => /^\d{6}$/.test(text);

/** What a person is asked for during a sign-in. */
export type Questions = {
  newPassword(): Promise<string>;
  /** The first code of an app that has just been given this secret. */
  firstCode(secret: string, address: string): Promise<string>;
  code(): Promise<string>;
};

/** A password, a second factor to enrol and one to answer are three; more would be a pool that asks in circles. */
const MOST_STEPS = 5;

/** Signs in: answers what the pool asks for until it gives tokens. @throws CommandProblem where it does not. */
export async function signIn(pool: UserPool, questions: Questions, email: string, password: string): Promise<Tokens> {
  let answer = await pool.begin(email, password);
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const step = stepAfter(answer);
    if (step.do === 'keep') return step.tokens;
    if (step.do === 'give-up') throw new CommandProblem(step.because);
    answer = await answered(step.do, step.session, { pool, questions, email });
  }
  throw new CommandProblem('The user pool asks for the same things again and again.');
}

async function answered(
  what: 'set-password' | 'enrol' | 'answer-code',
  session: string,
  { pool, questions, email }: { pool: UserPool; questions: Questions; email: string },
): Promise<PoolAnswer> {
  if (what === 'set-password') return pool.setPassword(email, session, await questions.newPassword());
  if (what === 'answer-code') return pool.answerCode(email, session, codeOf(await questions.code()));
  const enrolment = await pool.enrol(session);
  const code = await questions.firstCode(enrolment.secret, authenticatorAddress(email, enrolment.secret));
  return pool.finishEnrolment(email, enrolment.session, codeOf(code));
}

function codeOf(text: string): string {
  const code = text.replace(/\s/g, '');
  if (isCode(code)) return code;
  throw new CommandProblem('A code has six digits: look at the authenticator app and sign in again.');
}
