import {
  AssociateSoftwareTokenCommand,
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth } from 'cognito-srp-helper';
import { CommandProblem } from './command-problem.ts';
import { outputOf } from './settings.ts';
import { awsSettings, type System } from './system.ts';
import type { PoolAnswer, Tokens, UserPool } from './user-pool.ts';

type ChallengeName = 'NEW_PASSWORD_REQUIRED' | 'MFA_SETUP' | 'SOFTWARE_TOKEN_MFA';
type Raw = {
  readonly AuthenticationResult?: AuthenticationResultType | undefined;
  readonly ChallengeName?: string | undefined;
  readonly Session?: string | undefined;
  readonly ChallengeParameters?: Readonly<Record<string, string>> | undefined;
};

/**
 * The user pool of a system. A password is proven by SRP and never leaves this machine, which asks for no rights in the AWS
 * account; only a pool that does not know SRP, as a local system's, is told the password itself.
 */
export function cognitoUserPool(system: System): UserPool {
  const client = new CognitoIdentityProviderClient(awsSettings(system));
  const ClientId = outputOf(system, 'UserPoolClientId');
  /** The account's own name: challenges are answered with that, and not with the address that stands for it. */
  let accountName: string | undefined;
  const answerOf = ({ AuthenticationResult, ChallengeName, Session, ChallengeParameters }: Raw): PoolAnswer => {
    accountName = ChallengeParameters?.['USER_ID_FOR_SRP'] ?? accountName;
    if (AuthenticationResult !== undefined) return { kind: 'signed-in', tokens: tokensOf(AuthenticationResult) };
    return { kind: 'challenge', name: ChallengeName ?? 'nothing', session: Session ?? '' };
  };

  const respond = async (
    name: ChallengeName,
    Session: string,
    responses: Record<string, string>,
  ): Promise<PoolAnswer> => answerOf(await told(() => challengeResponse(name, Session, responses)));
  const challengeResponse = (
    ChallengeName: ChallengeName,
    Session: string,
    ChallengeResponses: Record<string, string>,
  ) => {
    const answers = { ...ChallengeResponses, ...(accountName === undefined ? {} : { USERNAME: accountName }) };
    return client.send(
      new RespondToAuthChallengeCommand({ ClientId, ChallengeName, Session, ChallengeResponses: answers }),
    );
  };
  /** What the pool says of a proof of the password; `undefined` where its client is closed to that. */
  const proven = async (USERNAME: string, password: string): Promise<PoolAnswer | undefined> => {
    // The hash is of the account's own name, which the pool tells, and so the password is hashed when that is known.
    const session = createSrpSession(USERNAME, password, outputOf(system, 'UserPoolId'), false);
    const flow = { ClientId, AuthFlow: 'USER_SRP_AUTH' as const, AuthParameters: { USERNAME } };
    try {
      const asked = await client.send(new InitiateAuthCommand(wrapInitiateAuth(session, flow)));
      const { ChallengeName, ChallengeParameters, Session } = asked;
      if (ChallengeName !== 'PASSWORD_VERIFIER') return answerOf(asked);
      accountName = ChallengeParameters?.['USER_ID_FOR_SRP'] ?? USERNAME;
      const proof = { ClientId, ChallengeName, Session, ChallengeResponses: { USERNAME: accountName } };
      const signed = wrapAuthChallenge(
        signSrpSession(session, { ChallengeName, ChallengeParameters: ChallengeParameters ?? {} }),
        proof,
      );
      return answerOf(await client.send(new RespondToAuthChallengeCommand(signed)));
    } catch (error) {
      if (isFlowClosed(error)) return undefined;
      throw problemOf(error);
    }
  };

  return {
    async begin(USERNAME, PASSWORD) {
      const answer = await proven(USERNAME, PASSWORD);
      if (answer !== undefined) return answer;
      const flow = { ClientId, AuthFlow: 'USER_PASSWORD_AUTH' as const, AuthParameters: { USERNAME, PASSWORD } };
      return answerOf(await told(() => client.send(new InitiateAuthCommand(flow))));
    },
    setPassword: (USERNAME, session, NEW_PASSWORD) =>
      respond('NEW_PASSWORD_REQUIRED', session, { USERNAME, NEW_PASSWORD }),
    async enrol(session) {
      const { SecretCode, Session } = await told(() =>
        client.send(new AssociateSoftwareTokenCommand({ Session: session })),
      );
      return { secret: SecretCode ?? '', session: Session ?? session };
    },
    async finishEnrolment(USERNAME, session, UserCode) {
      const { Session } = await told(() => client.send(new VerifySoftwareTokenCommand({ Session: session, UserCode })));
      return respond('MFA_SETUP', Session ?? session, { USERNAME });
    },
    answerCode: (USERNAME, session, code) =>
      respond('SOFTWARE_TOKEN_MFA', session, { USERNAME, SOFTWARE_TOKEN_MFA_CODE: code }),
    async renew(REFRESH_TOKEN) {
      try {
        const flow = { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH' as const, AuthParameters: { REFRESH_TOKEN } };
        const { AuthenticationResult } = await client.send(new InitiateAuthCommand(flow));
        return AuthenticationResult === undefined ? undefined : tokensOf(AuthenticationResult);
      } catch (error) {
        if (error instanceof Error && error.name === 'NotAuthorizedException') return undefined;
        throw problemOf(error);
      }
    },
    revoke: async (Token) => void (await told(() => client.send(new RevokeTokenCommand({ ClientId, Token })))),
  };
}

const isFlowClosed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'InvalidParameterException' && /USER_SRP_AUTH/.test(error.message);

/** What Cognito says when it leaves the duration out. */
const USUAL_VALID_SECONDS = 3_600;

function tokensOf({ IdToken, RefreshToken, ExpiresIn }: AuthenticationResultType): Tokens {
  if (IdToken === undefined) throw new CommandProblem('The user pool gave no token.');
  return {
    token: IdToken,
    ...(RefreshToken === undefined ? {} : { refreshToken: RefreshToken }),
    validSeconds: ExpiresIn ?? USUAL_VALID_SECONDS,
  };
}

async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw problemOf(error);
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  NotAuthorizedException: 'The password is wrong or has expired, or there is no such account.',
  UserNotFoundException: 'The password is wrong or has expired, or there is no such account.',
  InvalidPasswordException:
    'The user pool does not take this password: choose a longer one with letters of both cases, a digit and a symbol.',
  CodeMismatchException: 'The code is wrong: wait for the next one and sign in again.',
  EnableSoftwareTokenMFAException: 'The code is wrong: wait for the next one and sign in again.',
  ExpiredCodeException: 'The code has expired: sign in again.',
  PasswordResetRequiredException: 'An administrator has reset this password: ask for a new invitation.',
  TooManyRequestsException: 'Too many attempts: wait a minute and sign in again.',
};

function problemOf(error: unknown): unknown {
  const sentence = error instanceof Error ? SENTENCES[error.name] : undefined;
  return sentence === undefined ? error : new CommandProblem(sentence);
}
