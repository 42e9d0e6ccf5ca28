import { type CognitoIdentityProviderClient, UsernameExistsException } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import { staffDirectory } from '../../functions/access/staff-directory.gateway.ts';
import { PermanentError, ThrottledError, TransientError } from '../../functions/kernel/errors.ts';

type Sent = { readonly command: string; readonly input: Record<string, unknown> };

/** A user pool that answers as told, and what it was asked. */
function pool(answer: (sent: Sent) => unknown) {
  const sent: Sent[] = [];
  const client = {
    send: async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
      const asked = { command: command.constructor.name.replace('Command', ''), input: command.input };
      sent.push(asked);
      const result = answer(asked);
      if (result instanceof Error) throw result;
      return result ?? {};
    },
  } as unknown as CognitoIdentityProviderClient;
  return { sent, directory: staffDirectory(client, 'pool-1') };
}
const commandsOf = (sent: readonly Sent[]): string[] => sent.map(({ command }) => command);
const taken = new UsernameExistsException({ message: 'taken', $metadata: {} });
const sub = [{ Name: 'sub', Value: 'person-1' }];
const person = { email: 'li@example.org', name: '李华', resend: false };

describe('the account of somebody who is invited', () => {
  it('is made with a verified address, and its id is the pool’s own', async () => {
    const { sent, directory } = pool(() => ({ User: { Attributes: sub } }));
    expect(await directory.invite(person)).toBe('person-1');
    expect(sent).toMatchObject([
      {
        command: 'AdminCreateUser',
        input: {
          UserPoolId: 'pool-1',
          Username: 'li@example.org',
          UserAttributes: expect.arrayContaining([{ Name: 'email_verified', Value: 'true' }]),
        },
      },
    ]);
  });

  it.each([
    [false, 'FORCE_CHANGE_PASSWORD', ['AdminCreateUser', 'AdminGetUser']],
    [true, 'CONFIRMED', ['AdminCreateUser', 'AdminGetUser']],
    [true, 'FORCE_CHANGE_PASSWORD', ['AdminCreateUser', 'AdminGetUser', 'AdminCreateUser']],
  ])('is found where there is one; mailed again (asked: %s) in state %s', async (resend, UserStatus, commands) => {
    const { sent, directory } = pool(({ command, input }) => {
      if (command === 'AdminCreateUser') return input['MessageAction'] === 'RESEND' ? {} : taken;
      return { UserAttributes: sub, UserStatus };
    });
    expect(await directory.invite({ ...person, resend })).toBe('person-1');
    expect(commandsOf(sent)).toEqual(commands);
  });
});

describe('the groups of an account', () => {
  const standing =
    (...names: string[]) =>
    () => ({ Groups: names.map((GroupName) => ({ GroupName })) });

  it('become those of its roles; where one is taken away, every session ends', async () => {
    const { sent, directory } = pool(standing('manager', 'finance', 'a-group-of-others'));
    await directory.keepInStep('person-1', new Set(['finance', 'auditor'] as const));
    expect(sent.map(({ command, input }) => [command, input['GroupName']])).toEqual([
      ['AdminListGroupsForUser', undefined],
      ['AdminRemoveUserFromGroup', 'manager'],
      ['AdminAddUserToGroup', 'auditor'],
      ['AdminEnableUser', undefined],
      ['AdminUserGlobalSignOut', undefined],
    ]);
  });

  it('are none for whoever has no role left, and the account is closed', async () => {
    const { sent, directory } = pool(standing('manager'));
    await directory.keepInStep('person-1', new Set());
    expect(commandsOf(sent)).toEqual([
      'AdminListGroupsForUser',
      'AdminRemoveUserFromGroup',
      'AdminDisableUser',
      'AdminUserGlobalSignOut',
    ]);
  });
});

describe('what the pool answers instead', () => {
  it.each([
    ['TooManyRequestsException', ThrottledError],
    ['UserNotFoundException', PermanentError],
    ['InternalErrorException', TransientError],
    ['TimeoutError', TransientError],
  ])('has one of our names: %s', async (name, expected) => {
    const { directory } = pool(() => Object.assign(new Error('no'), { name }));
    await expect(directory.invite(person)).rejects.toThrow(expected);
    await expect(directory.keepInStep('person-1', new Set())).rejects.toThrow(expected);
  });
});
