import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { SystemAddresses } from '../running-system.ts';

/** The people of the demo: nobody submits and approves. */
export const STAFF = { admin: 'zhao@example.org', manager: 'li@example.org', approver: 'wang@example.org' } as const;
export type StaffRole = keyof typeof STAFF;

/** A password for an emulator on loopback that forgets everything when it stops. */
const PASSWORD = 'Yiqi-demo-2026!';

/** Creates the demo's staff in the user pool, each in their group, and signs them in. Gives a token for each. */
export async function signInStaff(system: SystemAddresses): Promise<Record<StaffRole, string>> {
  const { endpoint, region, credentials, outputs } = system;
  const client = new CognitoIdentityProviderClient({ endpoint, region, credentials });
  const UserPoolId = outputs['UserPoolId'];
  const tokens: Partial<Record<StaffRole, string>> = {};
  for (const [role, Username] of Object.entries(STAFF) as [StaffRole, string][]) {
    await createUser(client, UserPoolId, Username);
    await client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: PASSWORD, Permanent: true }));
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: role }));
    const signedIn = await client.send(
      new InitiateAuthCommand({
        ClientId: outputs['UserPoolClientId'],
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: Username, PASSWORD },
      }),
    );
    const token = signedIn.AuthenticationResult?.IdToken;
    if (token === undefined) throw new Error(`${Username} could not be signed in`);
    tokens[role] = token;
  }
  client.destroy();
  return tokens as Record<StaffRole, string>;
}

async function createUser(
  client: CognitoIdentityProviderClient,
  UserPoolId: string | undefined,
  Username: string,
): Promise<void> {
  try {
    await client.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: Username },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
  }
}
