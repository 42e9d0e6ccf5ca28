import * as z from 'zod';
import type { DeliveryReport } from './suppression.ts';

const mailShape = { messageId: z.string().min(1) } as const;
const recipientsSchema = z.array(z.object({ emailAddress: z.string().min(1) })).min(1);

/** What SES puts on EventBridge (Amazon SES, "event data": bounce and complaint), as far as it is read here. */
export const mailEventSchema = z.discriminatedUnion('detail-type', [
  z.object({
    'detail-type': z.literal('Email Bounced'),
    detail: z.object({
      mail: z.object(mailShape),
      bounce: z.object({
        bounceType: z.enum(['Permanent', 'Transient', 'Undetermined']),
        bouncedRecipients: recipientsSchema,
        feedbackId: z.string().optional(),
      }),
    }),
  }),
  z.object({
    'detail-type': z.literal('Email Complaint Received'),
    detail: z.object({
      mail: z.object(mailShape),
      complaint: z.object({ complainedRecipients: recipientsSchema, feedbackId: z.string().optional() }),
    }),
  }),
]);
export type MailEvent = z.infer<typeof mailEventSchema>;

/** What an event says of which addresses. Addresses are as SES writes them: `Name <name@example.org>` also is one. */
export function reportsOf(event: MailEvent): readonly { readonly address: string; readonly report: DeliveryReport }[] {
  const { messageId } = event.detail.mail;
  if (event['detail-type'] === 'Email Complaint Received') {
    const { complainedRecipients, feedbackId = messageId } = event.detail.complaint;
    return complainedRecipients.map(({ emailAddress }) => ({
      address: bareAddress(emailAddress),
      report: { kind: 'complained', reportId: feedbackId },
    }));
  }
  const { bounceType, bouncedRecipients, feedbackId = messageId } = event.detail.bounce;
  // What is undetermined may pass: SES itself does not suppress for it.
  const kind = bounceType === 'Permanent' ? 'bounced' : 'bounced-for-now';
  return bouncedRecipients.map(({ emailAddress }) => ({
    address: bareAddress(emailAddress),
    report: { kind, reportId: feedbackId },
  }));
}

const bareAddress = (text: string): string => /<([^<>]+)>\s*$/.exec(text)?.[1] ?? text;
