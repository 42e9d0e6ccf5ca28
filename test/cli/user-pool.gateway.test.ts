import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cognitoUserPool } from '../../cli/user-pool.gateway.ts';

// Cognito's own wire format, from a server on this machine that answers what it is told to.

type Answer = { readonly status: number; readonly body: object };
let server: Server;
let answers: Record<string, Answer>;
let calls: { name: string; body: Record<string, unknown> }[];

beforeEach(async () => {
  answers = {};
  calls = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const name = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      calls.push({ name, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const { status, body } = answers[name] ?? fault('InternalErrorException', 'nothing was told');
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

const pool = () =>
  cognitoUserPool({
    apiUrl: 'https://api.example.org',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    outputs: { UserPoolId: 'us-east-1_pool', UserPoolClientId: 'client' },
  });

describe('a password', () => {
  it("goes by the pool's own flow where its client allows that", async () => {
    answers = { InitiateAuth: TOKENS };
    expect(await pool().begin('li@example.org', 'secret')).toEqual(SIGNED_IN);
    expect(calls).toMatchObject([{ name: 'InitiateAuth', body: { AuthFlow: 'USER_PASSWORD_AUTH' } }]);
  });

  it("goes by the administrator's flow where it does not, and so does every answer after it", async () => {
    answers = {
      InitiateAuth: fault('InvalidParameterException', 'USER_PASSWORD_AUTH flow not enabled for this client'),
      AdminInitiateAuth: good({
        ChallengeName: 'SOFTWARE_TOKEN_MFA',
        Session: 's',
        ChallengeParameters: { USER_ID_FOR_SRP: 'account-1' },
      }),
      AdminRespondToAuthChallenge: TOKENS,
    };
    const asked = pool();
    expect(await asked.begin('li@example.org', 'secret')).toEqual({
      kind: 'challenge',
      name: 'SOFTWARE_TOKEN_MFA',
      session: 's',
    });
    expect(await asked.answerCode('li@example.org', 's', '123456')).toEqual(SIGNED_IN);
    expect(calls.map(({ name }) => name)).toEqual(['InitiateAuth', 'AdminInitiateAuth', 'AdminRespondToAuthChallenge']);
    expect(calls[2]?.body).toMatchObject({
      UserPoolId: 'us-east-1_pool',
      ChallengeResponses: { USERNAME: 'account-1', SOFTWARE_TOKEN_MFA_CODE: '123456' },
    });
  });

  it('that is wrong is told in a sentence', async () => {
    answers = { InitiateAuth: fault('NotAuthorizedException', 'Incorrect username or password.') };
    await expect(pool().begin('li@example.org', 'guess')).rejects.toThrow(/^The password is wrong/);
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
