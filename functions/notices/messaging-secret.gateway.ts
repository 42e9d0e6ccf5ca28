import { environment } from '../platform/environment.ts';
import { readSecret } from '../platform/secrets.ts';
import { type MessagingAccounts, messagingAccountsOf } from './messaging-secret.ts';

/** The accounts of the channels beside mail, out of their secret. */
export async function readMessagingAccounts(): Promise<MessagingAccounts> {
  return messagingAccountsOf(await readSecret(environment('MESSAGING_SECRET_ID')));
}
