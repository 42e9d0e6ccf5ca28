import { fingerprint } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import type { Key } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import type { Table } from '../platform/table.ts';
import type { Mail, SendMail } from './mail.gateway.ts';
import { NotAccepted, sendOnce } from './notice.store.ts';

export type MailOnceUse = { readonly table: Table; readonly sendMail: SendMail };

/**
 * Mails one thing to each of several people, once each, whatever is repeated; an address that is refused for good keeps
 * nobody else from theirs. Throws the NotAccepted of an address that may be tried again, after the others were served.
 * `keyOf` gives the claim's key by kind and by the fingerprint of the address. Gives how many mails went out now.
 */
export async function mailOnce(
  use: MailOnceUse,
  kind: string,
  recipients: readonly string[],
  mail: Omit<Mail, 'to'>,
  now: Instant,
  keyOf: (kind: string, recipient: string) => Key,
): Promise<number> {
  let sent = 0;
  let tryAgain: NotAccepted | undefined;
  for (const to of new Set(recipients)) {
    const key = keyOf(kind, fingerprint([to]));
    try {
      const outcome = await sendOnce(
        use.table,
        key,
        kind,
        now,
        async () => ({ message: { ...mail, to } }),
        use.sendMail,
      );
      if (outcome.kind === 'sent') sent += 1;
      if (outcome.kind === 'uncertain') log.warn('a mail to staff may not have been sent', { kind });
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error;
      if (error.forGood) log.warn('an address of staff was refused', { kind });
      else tryAgain = error;
    }
  }
  if (tryAgain !== undefined) throw tryAgain;
  return sent;
}
