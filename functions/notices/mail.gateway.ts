import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { reasonOf } from '../kernel/errors.ts';
import { isolated } from '../kernel/reading-direction.ts';
import { largeRequestSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';
import { headerText } from './header-text.ts';
import { NotAccepted } from './notice.store.ts';

/** One mail. What could break a header in an address or a subject is neutralised by the composer. */
export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Who writes, as a mailbox shows it beside our address. */
  readonly fromName?: string | undefined;
  readonly replyTo?: string | undefined;
  /** Where one click unsubscribes (RFC 8058); an https address of ours. */
  readonly unsubscribeUrl?: string | undefined;
  readonly attachments?: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly content: Uint8Array;
  }[];
};
/** Hands a mail to the provider. Throws NotAccepted when it was certainly not taken. */
export type SendMail = (mail: Mail) => Promise<{ readonly messageId: string }>;

// No repeats inside the SDK: after a time-out the mail may be on its way, and a second one must never be.
const openSes = once(() => new SESv2Client({ ...largeRequestSettings, maxAttempts: 1 }));

/** What SES answers when it has not taken a mail (SES v2 API reference, SendEmail, errors), beside every 4XX. */
const NOT_TAKEN = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'SendingPausedException',
  'MailFromDomainNotVerifiedException',
  'ECONNREFUSED',
]);

/** The mail itself is refused, not the moment. */
const REFUSED_FOR_GOOD = new Set(['MessageRejected', 'BadRequestException', 'NotFoundException']);

export const openMail = once(
  (): SendMail => async (mail) => {
    const content = await compose(mail);
    try {
      const answer = await openSes().send(
        new SendEmailCommand({
          FromEmailAddress: environment('MAIL_FROM'),
          // Through it the provider reports what came back (infra/mail-events.ts); a local inbox reports nothing.
          ...configurationSet(),
          Destination: { ToAddresses: [mail.to] },
          Content: { Raw: { Data: content } },
        }),
      );
      return { messageId: answer.MessageId ?? 'unknown' };
    } catch (error) {
      if (wasNotTaken(error)) {
        const forGood = error instanceof Error && REFUSED_FOR_GOOD.has(error.name);
        throw new NotAccepted(reasonOf(error), { cause: error, forGood });
      }
      throw error;
    }
  },
);

function wasNotTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return NOT_TAKEN.has(error.name) || NOT_TAKEN.has(code) || (status >= 400 && status < 500);
}

function configurationSet(): { ConfigurationSetName?: string } {
  const name = environment('MAIL_CONFIGURATION_SET');
  return name === '' ? {} : { ConfigurationSetName: name };
}

/** A mail as it travels. Exported for tests. Whatever is typed by people is one line here, so that it begins no other header. */
export function compose(mail: Mail): Promise<Buffer> {
  const from = environment('MAIL_FROM');
  const { fromName, replyTo, unsubscribeUrl } = mail;
  const composer = new MailComposer({
    from: fromName === undefined || from.includes('<') ? from : { name: headerText(fromName), address: from },
    to: mail.to,
    ...(replyTo === undefined ? {} : { replyTo }),
    subject: headerText(mail.subject),
    ...(unsubscribeUrl === undefined
      ? {}
      : {
          headers: {
            'List-Unsubscribe': { prepared: true, value: `<${new URL(unsubscribeUrl).href}>` },
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
        }),
    html: mail.html,
    text: isolated(mail.text),
    attachments: (mail.attachments ?? []).map(({ filename, contentType, content }) => ({
      filename,
      contentType,
      content: Buffer.from(content),
    })),
  });
  return new Promise((resolve, reject) => {
    composer.compile().build((error, message) => (error === null ? resolve(message) : reject(error)));
  });
}
