import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUserGlobalSignOutCommand,
  type AttributeType,
  CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';
import { ROLES, type Role } from './role.ts';

/** The user pool in which people have their accounts. Throws TransientError, ThrottledError or PermanentError. */
export type StaffDirectory = {
  /**
   * Makes an account for an address, once, and sends the invitation; gives the person's id. `resend` sends it again to who
   * never signed in.
   */
  invite(person: { readonly email: string; readonly name: string; readonly resend: boolean }): Promise<string>;
  /**
   * Gives the account just the groups of these roles. Without any the account is closed; where something was taken away,
   * every session ends.
   */
  keepInStep(personId: string, roles: ReadonlySet<Role>): Promise<void>;
};

export const openStaffDirectory: () => StaffDirectory = once(() =>
  staffDirectory(new CognitoIdentityProviderClient(clientSettings), environment('USER_POOL_ID')),
);

/** The client is given, so that importing this file opens nothing. */
export function staffDirectory(client: CognitoIdentityProviderClient, UserPoolId: string): StaffDirectory {
  return {
    invite: (person) => orNamedError(() => invite(client, UserPoolId, person)),
    keepInStep: (personId, roles) => orNamedError(() => keepInStep(client, UserPoolId, personId, roles)),
  };
}

async function invite(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  { email, name, resend }: Parameters<StaffDirectory['invite']>[0],
): Promise<string> {
  const account = {
    UserPoolId,
    Username: email,
    DesiredDeliveryMediums: ['EMAIL' as const],
  };
  const UserAttributes = [
    { Name: 'email', Value: email },
    { Name: 'email_verified', Value: 'true' },
    { Name: 'name', Value: name },
  ];
  try {
    const { User } = await client.send(new AdminCreateUserCommand({ ...account, UserAttributes }));
    return subOf(User?.Attributes);
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
  }
  const { UserAttributes: attributes, UserStatus } = await client.send(
    new AdminGetUserCommand({ UserPoolId, Username: email }),
  );
  // Who has signed in has a password of their own, and needs no invitation.
  if (resend && UserStatus === 'FORCE_CHANGE_PASSWORD')
    await client.send(new AdminCreateUserCommand({ ...account, MessageAction: 'RESEND' }));
  return subOf(attributes);
}

async function keepInStep(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  Username: string,
  roles: ReadonlySet<Role>,
): Promise<void> {
  const person = { UserPoolId, Username };
  const { Groups = [] } = await client.send(new AdminListGroupsForUserCommand(person));
  const standing = Groups.flatMap(({ GroupName }) => ROLES.filter((role) => role === GroupName));
  const gone = standing.filter((role) => !roles.has(role));
  for (const GroupName of gone) await client.send(new AdminRemoveUserFromGroupCommand({ ...person, GroupName }));
  for (const GroupName of [...roles].filter((role) => !standing.includes(role)))
    await client.send(new AdminAddUserToGroupCommand({ ...person, GroupName }));
  await client.send(roles.size === 0 ? new AdminDisableUserCommand(person) : new AdminEnableUserCommand(person));
  // Tokens that are out are good for up to an hour; what they say of groups alone lets nobody in (standing.store.ts).
  if (gone.length > 0) await client.send(new AdminUserGlobalSignOutCommand(person));
}

function subOf(attributes: readonly AttributeType[] | undefined): string {
  const sub = attributes?.find(({ Name }) => Name === 'sub')?.Value;
  if (sub === undefined) throw new PermanentError('the user pool made an account without an id');
  return sub;
}

const THROTTLES = new Set(['TooManyRequestsException', 'LimitExceededException']);
const WRONG = new Set(['InvalidParameterException', 'UserNotFoundException', 'ResourceNotFoundException']);

async function orNamedError<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    const name = error instanceof Error ? error.name : '';
    if (THROTTLES.has(name)) throw new ThrottledError(reasonOf(error), { cause: error });
    if (WRONG.has(name)) throw new PermanentError(reasonOf(error), { cause: error });
    throw new TransientError(reasonOf(error), { cause: error });
  }
}
