import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { CommandProblem, wrongInput } from '../../cli/command-problem.ts';
import type { Operator, RawLetter } from '../../cli/operator.ts';
import { runYiqi } from '../../cli/program.ts';
import type { System } from '../../cli/system.ts';
import type { PoolAnswer, Tokens, UserPool } from '../../cli/user-pool.ts';
import { World } from '../stories/world.ts';
import { API_URL, apiOfWorld, tokenOf } from './world-api.ts';

export type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };
type Account = { password: string; isTemporary?: boolean; hasFactor?: boolean; needsFactor?: boolean };

export const REFRESH_TOKEN = 'refresh-token-of-the-test';
export const SYSTEM: System = { apiUrl: API_URL, region: 'us-east-1', outputs: { UserPoolClientId: 'client' } };

/** A person at a terminal, before a whole system in memory. */
export class Stage {
  readonly world = new World();
  readonly folder = mkdtempSync(join(tmpdir(), 'yiqi-cli-'));
  readonly accounts = new Map<string, Account>();
  /** What the person answers to the next questions, in order. */
  readonly answers: string[] = [];
  readonly asked: string[] = [];
  readonly letters = { notice: [] as RawLetter[], poison: [] as RawLetter[] };
  readonly replayed: string[] = [];
  readonly appointed: object[] = [];
  /** What the function of the first admin answers. */
  appoint: Operator['appoint'] = async (appointment) => {
    this.appointed.push(appointment);
    return { kind: 'appointed', organisationId: appointment.organisationId, personId: 'person-1' };
  };
  replayOutcome: Awaited<ReturnType<Operator['replayItem']>> = 'replayed';
  environment: Record<string, string> = {};
  local: System | undefined = SYSTEM;
  now = Date.parse('2026-08-20T09:00:00+08:00');
  isSessionOver = false;
  fetch = apiOfWorld(this.world);

  /** Signs somebody of the stories in, past the password. */
  signedInAs(personId: string): this {
    this.accounts.set(`${personId}@example.org`, { password: 'x' });
    const session = { email: `${personId}@example.org`, token: tokenOf(personId), refreshToken: REFRESH_TOKEN };
    const text = JSON.stringify({ apiUrl: API_URL, ...session, expiresAt: this.now + 3_600_000 });
    writeFileSync(join(this.folder, 'session.json'), text);
    return this;
  }

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  async run(...args: string[]): Promise<Ran> {
    const [out, err]: [string[], string[]] = [[], []];
    const ask = async (question: string): Promise<string> => {
      this.asked.push(question);
      const answer = this.answers.shift();
      if (answer === undefined) throw wrongInput('There is no terminal to ask at.');
      return answer;
    };
    const exitCode = await runYiqi(args, {
      terminal: { write: (text) => out.push(text), writeError: (text) => err.push(text), ask, askUnseen: ask },
      environment: this.environment,
      folder: this.folder,
      now: () => this.now,
      localSystem: () => this.local,
      openUserPool: () => this.#pool,
      openOperator: () => this.#operator,
      fetch: (request) => this.fetch(request),
    });
    return { exitCode, out: stripVTControlCharacters(out.join('')), err: stripVTControlCharacters(err.join('')) };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Cognito as far as a sign-in meets it. */
  readonly #pool: UserPool = {
    begin: async (email, password) => {
      const account = this.accounts.get(email);
      if (account?.password !== password) throw new CommandProblem('The password is wrong.');
      return account.isTemporary === true ? challenge('NEW_PASSWORD_REQUIRED') : this.#afterPassword(email);
    },
    setPassword: async (email, _session, password) => {
      this.accounts.set(email, { ...this.accounts.get(email), password, isTemporary: false });
      return this.#afterPassword(email);
    },
    enrol: async () => ({ secret: 'JBSWY3DPEHPK3PXP', session: 'enrolling' }),
    finishEnrolment: async (email, _session, code) => this.#afterCode(email, code),
    answerCode: async (email, _session, code) => this.#afterCode(email, code),
    renew: async () => (this.isSessionOver ? undefined : { token: tokenOf('manager-li'), validSeconds: 3_600 }),
    revoke: async () => {
      this.isSessionOver = true;
    },
  };

  #afterPassword(email: string): PoolAnswer {
    const { hasFactor, needsFactor } = this.accounts.get(email) ?? {};
    if (hasFactor === true) return challenge('SOFTWARE_TOKEN_MFA');
    return needsFactor === true ? challenge('MFA_SETUP') : signedIn(email);
  }

  #afterCode(email: string, code: string): PoolAnswer {
    if (code !== '123456') throw new CommandProblem('The code is wrong.');
    return signedIn(email);
  }

  readonly #operator: Operator = {
    appoint: (appointment) => this.appoint(appointment),
    workflowStep: async (campaignId, round) =>
      this.world.started.some((one) => one.campaignId === campaignId && one.round === round)
        ? { execution: `${campaignId}-${round}`, status: 'running', state: 'AwaitApproval' }
        : undefined,
    deadLetters: async (queue) => this.letters[queue],
    returnNotices: async () => void this.letters.notice.splice(0),
    replayItem: async (functionName, { pk, sk }) => {
      this.replayed.push(`${functionName} ${pk} ${sk}`);
      return this.replayOutcome;
    },
    discard: async (queue, receipt) => {
      const position = this.letters[queue].findIndex((letter) => letter.receipt === receipt);
      this.letters[queue].splice(position, 1);
    },
  };
}

const challenge = (name: string): PoolAnswer => ({ kind: 'challenge', name, session: 'session' });
const tokensFor = (email: string): Tokens => ({
  token: tokenOf(email.split('@')[0] ?? ''),
  refreshToken: REFRESH_TOKEN,
  validSeconds: 3_600,
});
const signedIn = (email: string): PoolAnswer => ({ kind: 'signed-in', tokens: tokensFor(email) });
