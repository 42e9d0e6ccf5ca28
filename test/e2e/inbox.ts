import * as z from 'zod';

const mailSchema = z.object({
  messageId: z.string(),
  subject: z.string(),
  destination: z.object({ to: z.array(z.string()) }),
  body: z.object({ html: z.string().optional(), text: z.string().optional() }),
  attachments: z.array(
    z.object({ filename: z.string().optional(), contentType: z.string().optional(), size: z.number().optional() }),
  ),
});
export type ReceivedMail = z.infer<typeof mailSchema>;

/** Every mail that the local inbox has taken. */
export async function receivedMails(inboxUrl: string): Promise<ReceivedMail[]> {
  const answer = await fetch(`${inboxUrl}/store`);
  return z.object({ emails: z.array(mailSchema) }).parse(await answer.json()).emails;
}
