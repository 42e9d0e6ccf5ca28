import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import srp from 'cognito-srp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cognitoUserPool } from '../../cli/user-pool.gateway.ts';

// Cognito's own wire format, from a server on this machine that answers what it is told to.

type Answer = { readonly status: number; readonly body: object };
type Body = Readonly<Record<string, unknown>>;
let server: Server;
let answers: Record<string, Answer | ((body: Body) => Answer)>;
let calls: { name: string; body: Body }[];

beforeEach(async () => {
  answers = {};
  calls = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const name = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const asked: Body = JSON.parse(Buffer.concat(chunks).toString());
      calls.push({ name, body: asked });
      const told = answers[name] ?? fault('InternalErrorException', 'nothing was told');
      const { status, body } = typeof told === 'function' ? told(asked) : told;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

const good = (body: object): Answer => ({ status: 200, body });
const fault = (name: string, message: string): Answer => ({ status: 400, body: { __type: name, message } });
const TOKENS = good({ AuthenticationResult: { IdToken: 'id', AccessToken: 'a', RefreshToken: 'r', ExpiresIn: 3600 } });
const SIGNED_IN = { kind: 'signed-in', tokens: { token: 'id', refreshToken: 'r', validSeconds: 3600 } };

const POOL_NAME = 'AbCdEfGhI';
const EMAIL = 'li@example.org';
const ACCOUNT = 'a3c1f0de-0000-4000-8000-000000000001';

// No credentials: whoever signs in has no rights in the AWS account.
const pool = () =>
  cognitoUserPool({
    apiUrl: 'https://api.example.org',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    outputs: { UserPoolId: `us-east-1_${POOL_NAME}`, UserPoolClientId: 'client' },
  });

/** A pool that speaks SRP by another's implementation of it, and gives `next` to whoever proves this password. */
async function poolThatProves(password: string, next: Answer): Promise<void> {
  const serverSide = new srp.UserPool(POOL_NAME);
  const user = await serverSide.createUser({ username: ACCOUNT, password });
  const challenge = await serverSide.getServerChallenge(user);
  const publicB = challenge.calculateB().toString('hex');
  const secretBlock = Buffer.from('what only the pool can read').toString('base64');
  const parametersOf = (body: Body, field: string) => body[field] as Record<string, string>;
  let publicA = '';
  answers = {
    InitiateAuth: (body) => {
      publicA = parametersOf(body, 'AuthParameters')['SRP_A'] ?? '';
      const about = { USER_ID_FOR_SRP: ACCOUNT, USERNAME: ACCOUNT, SRP_B: publicB, SALT: user.salt };
      return good({
        ChallengeName: 'PASSWORD_VERIFIER',
        ChallengeParameters: { ...about, SECRET_BLOCK: secretBlock },
      });
    },
    RespondToAuthChallenge: (body) => {
      if (body['ChallengeName'] !== 'PASSWORD_VERIFIER') return TOKENS;
      const { TIMESTAMP = '', PASSWORD_CLAIM_SIGNATURE } = parametersOf(body, 'ChallengeResponses');
      const expected = challenge.getSession(publicA).calculateSignature(secretBlock, TIMESTAMP);
      return PASSWORD_CLAIM_SIGNATURE === expected
        ? next
        : fault('NotAuthorizedException', 'Incorrect username or password.');
    },
  };
}

const CODE_ASKED = good({ ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's' });

describe('a password', () => {
  it('is proven to the pool and is in nothing that is sent, and then the code is asked for', async () => {
    const password = 'Geheim-密码-2026';
    await poolThatProves(password, CODE_ASKED);
    const asked = pool();
    expect(await asked.begin(EMAIL, password)).toEqual({ kind: 'challenge', name: 'SOFTWARE_TOKEN_MFA', session: 's' });
    expect(await asked.answerCode(EMAIL, 's', '123456')).toEqual(SIGNED_IN);
    expect(calls.map(({ name }) => name)).toEqual(['InitiateAuth', 'RespondToAuthChallenge', 'RespondToAuthChallenge']);
    expect(calls[0]?.body).toMatchObject({ AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME: EMAIL } });
    expect(calls[2]?.body).toMatchObject({
      ChallengeResponses: { USERNAME: ACCOUNT, SOFTWARE_TOKEN_MFA_CODE: '123456' },
    });
    expect(JSON.stringify(calls)).not.toContain(password);
  });

  it('that is wrong is told in a sentence', async () => {
    await poolThatProves('Geheim-密码-2026', CODE_ASKED);
    await expect(pool().begin(EMAIL, 'Geheim-密码-2027')).rejects.toThrow(/^The password is wrong/);
    // It is not tried in any other way.
    expect(calls).toHaveLength(2);
  });

  it('of an invitation is proven as well, and a new one is asked for', async () => {
    await poolThatProves('Temporary-1', good({ ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: 's' }));
    const asked = pool();
    expect(await asked.begin(EMAIL, 'Temporary-1')).toMatchObject({ name: 'NEW_PASSWORD_REQUIRED' });
    expect(await asked.setPassword(EMAIL, 's', 'Lasting-12345')).toEqual(SIGNED_IN);
    expect(calls[2]?.body).toMatchObject({ ChallengeResponses: { USERNAME: ACCOUNT, NEW_PASSWORD: 'Lasting-12345' } });
  });

  it('is itself told only to a pool whose client does not know SRP, as that of a local system', async () => {
    answers = {
      InitiateAuth: ({ AuthFlow }) =>
        AuthFlow === 'USER_SRP_AUTH'
          ? fault('InvalidParameterException', 'USER_SRP_AUTH is not enabled for the client.')
          : TOKENS,
    };
    expect(await pool().begin(EMAIL, 'secret')).toEqual(SIGNED_IN);
    expect(calls.map(({ body }) => body['AuthFlow'])).toEqual(['USER_SRP_AUTH', 'USER_PASSWORD_AUTH']);
  });
});

describe('a second factor', () => {
  it('is enrolled with the secret and the first code', async () => {
    answers = {
      AssociateSoftwareToken: good({ SecretCode: 'SECRET', Session: 's2' }),
      VerifySoftwareToken: good({ Status: 'SUCCESS', Session: 's3' }),
      RespondToAuthChallenge: TOKENS,
    };
    const asked = pool();
    expect(await asked.enrol('s1')).toEqual({ secret: 'SECRET', session: 's2' });
    expect(await asked.finishEnrolment('li@example.org', 's2', '123456')).toEqual(SIGNED_IN);
    expect(calls[2]?.body).toMatchObject({ ChallengeName: 'MFA_SETUP', Session: 's3' });
  });

  it('with a wrong code is told in a sentence', async () => {
    answers = { VerifySoftwareToken: fault('EnableSoftwareTokenMFAException', 'Code mismatch') };
    await expect(pool().finishEnrolment('li@example.org', 's', '000000')).rejects.toThrow(/^The code is wrong/);
  });
});

describe('a session', () => {
  it('is renewed until the pool says that it is over', async () => {
    answers = { InitiateAuth: good({ AuthenticationResult: { IdToken: 'id2', ExpiresIn: 3600 } }) };
    expect(await pool().renew('r')).toEqual({ token: 'id2', validSeconds: 3600 });
    answers = { InitiateAuth: fault('NotAuthorizedException', 'Refresh Token has expired') };
    expect(await pool().renew('r')).toBeUndefined();
  });
});
