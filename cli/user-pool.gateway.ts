import {
  AdminInitiateAuthCommand,
  AdminRespondToAuthChallengeCommand,
  AssociateSoftwareTokenCommand,
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
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
 * The user pool of a system. A password is taken by the pool's own flow where its client allows that, as a local system's
 * does; else by the administrator's flow, which needs rights in the AWS account.
 */
export function cognitoUserPool(system: System): UserPool {
  const client = new CognitoIdentityProviderClient(awsSettings(system));
  const ClientId = outputOf(system, 'UserPoolClientId');
  let isAdministered = false;
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
    const response = {
      ClientId,
      ChallengeName,
      Session,
      ChallengeResponses: { ...ChallengeResponses, ...(accountName === undefined ? {} : { USERNAME: accountName }) },
    };
    return isAdministered
      ? client.send(new AdminRespondToAuthChallengeCommand({ ...response, UserPoolId: outputOf(system, 'UserPoolId') }))
      : client.send(new RespondToAuthChallengeCommand(response));
  };

  return {
    async begin(USERNAME, PASSWORD) {
      const AuthParameters = { USERNAME, PASSWORD };
      try {
        const flow = { ClientId, AuthFlow: 'USER_PASSWORD_AUTH' as const, AuthParameters };
        return answerOf(await client.send(new InitiateAuthCommand(flow)));
      } catch (error) {
        if (!isFlowClosed(error)) throw problemOf(error);
      }
      isAdministered = true;
      const flow = { ClientId, UserPoolId: outputOf(system, 'UserPoolId'), AuthParameters };
      return answerOf(
        await told(() => client.send(new AdminInitiateAuthCommand({ ...flow, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH' }))),
      );
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
  error instanceof Error && error.name === 'InvalidParameterException' && /USER_PASSWORD_AUTH/.test(error.message);

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
  CredentialsProviderError:
    'This user pool takes a password only from who administers it: give this shell the rights of the AWS account (aws sts get-caller-identity).',
};

function problemOf(error: unknown): unknown {
  const sentence = error instanceof Error ? SENTENCES[error.name] : undefined;
  return sentence === undefined ? error : new CommandProblem(sentence);
}
