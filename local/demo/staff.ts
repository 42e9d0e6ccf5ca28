import {
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { SystemAddresses } from '../running-system.ts';
import { Api } from './api.ts';

/** The people of the demo: nobody submits and approves. Each has one role; the leader is an approver like the other. */
export const STAFF = {
  admin: { email: 'zhao@example.org', name: '赵敏' },
  manager: { email: 'li@example.org', name: '李华' },
  finance: { email: 'chen@example.org', name: '陈静' },
  approver: { email: 'wang@example.org', name: '王强' },
  leader: { email: 'luo@example.org', name: '罗成' },
} as const;
export type StaffRole = keyof typeof STAFF;

/** The top of the demo's tree, which comes into being together with its first admin. */
export const DEMO_ROOT = { organisationId: 'dazhou', name: '达州市红十字会' } as const;

/** A password for an emulator on loopback that forgets everything when it stops. */
const PASSWORD = 'Yiqi-demo-2026!';

/**
 * Brings the demo's staff into the system as an operator would, and signs them in: the first admin is appointed, and invites
 * the others. Gives a token for each. Done again, it finds who is there.
 */
export async function signInStaff(system: SystemAddresses): Promise<Record<StaffRole, string>> {
  const { endpoint, region, credentials } = system;
  const client = new CognitoIdentityProviderClient({ endpoint, region, credentials });
  await appointFirstAdmin(system);
  const admin = await signIn(client, system, 'admin');
  const api = new Api(system);
  const tokens: Partial<Record<StaffRole, string>> = { admin };
  for (const role of ['manager', 'finance', 'approver', 'leader'] as const) {
    const invitation = { ...STAFF[role], roles: [role === 'leader' ? 'approver' : role], reach: 'and-below' };
    await api.call('POST', `/organisations/${DEMO_ROOT.organisationId}/members`, { body: invitation, token: admin });
    tokens[role] = await signIn(client, system, role);
  }
  client.destroy();
  return tokens as Record<StaffRole, string>;
}

async function appointFirstAdmin({ endpoint, region, credentials, outputs }: SystemAddresses): Promise<void> {
  const client = new LambdaClient({ endpoint, region, credentials });
  const { organisationId, name: organisationName } = DEMO_ROOT;
  const appointment = { organisationId, organisationName, ...STAFF.admin };
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName: outputs['FirstAdminFunction'], Payload: JSON.stringify(appointment) }),
  );
  client.destroy();
  const answer = Payload?.transformToString() ?? '';
  if (FunctionError !== undefined || !answer.includes('appointed'))
    throw new Error(`The first admin was not appointed: ${answer.slice(0, 500)}`);
}

/** With a password that the demo knows; people set one of their own at their first sign-in. */
async function signIn(
  client: CognitoIdentityProviderClient,
  { outputs }: SystemAddresses,
  role: StaffRole,
): Promise<string> {
  const Username = STAFF[role].email;
  const UserPoolId = outputs['UserPoolId'];
  await client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: PASSWORD, Permanent: true }));
  const signedIn = await client.send(
    new InitiateAuthCommand({
      ClientId: outputs['UserPoolClientId'],
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: Username, PASSWORD },
    }),
  );
  const token = signedIn.AuthenticationResult?.IdToken;
  if (token === undefined) throw new Error(`${Username} could not be signed in`);
  return token;
}
