import { SESv2Client, type SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Mail, openMail } from '../../functions/notices/mail.gateway.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';

const MAIL: Mail = {
  to: 'donor@example.org',
  subject: '感谢您的捐款：困难党员帮扶计划',
  html: '<p>谢谢 <b>您</b></p>',
  text: '谢谢您',
};

let sent: SendEmailCommand['input'][];
let answer: () => Promise<{ MessageId?: string }>;
beforeEach(() => {
  vi.stubEnv('MAIL_FROM', '益起 <no-reply@example.org>');
  sent = [];
  answer = async () => ({ MessageId: 'ses-1' });
  // The one door to the provider; what goes through it is what would go over the wire.
  vi.spyOn(SESv2Client.prototype, 'send').mockImplementation(async (command) => {
    sent.push((command as SendEmailCommand).input);
    return answer() as never;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** A mail as it would travel: its headers, unfolded, and its body. */
async function travelling(changes: Partial<Mail> = {}): Promise<{ headers: string[]; body: string }> {
  await openMail()({ ...MAIL, ...changes });
  const raw = Buffer.from(sent.at(-1)?.Content?.Raw?.Data ?? []).toString('latin1');
  const end = raw.indexOf('\r\n\r\n');
  return {
    headers: raw
      .slice(0, end)
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n'),
    body: raw.slice(end + 4),
  };
}
const headerOf = (headers: readonly string[], name: string): string =>
  headers
    .find((line) => line.toLowerCase().startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim() ?? '';

const unquoted = (text: string): string =>
  text.replace(/=([0-9A-F]{2})/gi, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The words of a header as RFC 2047 encodes them. */
function decoded(header: string): string {
  const word = /=\?UTF-8\?([BQ])\?([^?]*)\?=\s*/gi;
  const bytes: Buffer[] = [];
  for (const [, encoding, content = ''] of header.matchAll(word)) {
    const text = unquoted(content.replaceAll('_', ' '));
    bytes.push(encoding?.toUpperCase() === 'B' ? Buffer.from(content, 'base64') : Buffer.from(text, 'latin1'));
  }
  return bytes.length === 0 ? header : Buffer.concat(bytes).toString('utf8');
}

/** Type and text of one part of a mail, in whichever of the two encodings it travels. */
function textOfPart(part: string): [type: string, text: string] {
  const [head = '', content = ''] = part.split('\r\n\r\n');
  const bytes = /base64/.test(head)
    ? Buffer.from(content, 'base64')
    : Buffer.from(unquoted(content.replaceAll('=\r\n', '')), 'latin1');
  return [/text\/\w+/.exec(head)?.[0] ?? '', bytes.toString('utf8').trim()];
}

describe('a mail on its way', () => {
  it('goes to one address, from ours, and gives the provider’s number back', async () => {
    expect(await openMail()(MAIL)).toEqual({ messageId: 'ses-1' });
    expect(sent).toMatchObject([
      { FromEmailAddress: '益起 <no-reply@example.org>', Destination: { ToAddresses: ['donor@example.org'] } },
    ]);
  });

  it('carries a Chinese subject in ASCII that every mailbox reads', async () => {
    const { headers } = await travelling();
    const subject = headerOf(headers, 'subject');
    expect(subject).toMatch(/^[\x20-\x7e]+$/);
    expect(decoded(subject)).toBe(MAIL.subject);
  });

  it('is text and HTML, the reader’s choice', async () => {
    const { headers, body } = await travelling();
    expect(headerOf(headers, 'content-type')).toContain('multipart/alternative');
    const boundary = /boundary="([^"]+)"/.exec(headerOf(headers, 'content-type'))?.[1] ?? '';
    const texts = Object.fromEntries(body.split(`--${boundary}`).slice(1, -1).map(textOfPart));
    expect(texts).toEqual({ 'text/plain': MAIL.text, 'text/html': MAIL.html });
  });

  it('isolates a name that is read from right to left in its text too', async () => {
    const { headers, body } = await travelling({ text: '感谢 محمد علي 12' });
    const boundary = /boundary="([^"]+)"/.exec(headerOf(headers, 'content-type'))?.[1] ?? '';
    const [text = ''] = body.split(`--${boundary}`).slice(1);
    expect(textOfPart(text)).toEqual(['text/plain', '感谢 \u2068محمد علي\u2069 12']);
  });

  it('carries attachments byte for byte, under their own names', async () => {
    const content = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 256));
    const attachment = { filename: '结项报告.pdf', contentType: 'application/pdf', content };
    const { headers, body } = await travelling({ attachments: [attachment] });
    expect(headerOf(headers, 'content-type')).toContain('multipart/mixed');
    expect(body).toContain('Content-Type: application/pdf');
    expect(decodeURIComponent(/filename\*0\*=utf-8''([^;\r\n]+)/.exec(body)?.[1] ?? '')).toBe('结项报告.pdf');
    const encoded = /Content-Disposition: attachment[\s\S]*?\r\n\r\n([\w+/=\r\n]+)/.exec(body)?.[1] ?? '';
    expect(Buffer.from(encoded, 'base64').equals(content)).toBe(true);
  });

  const INJECTIONS = [
    '\r\nBcc: thief@example.org',
    '\nBcc: thief@example.org',
    '\rBcc: thief@example.org',
    '\r\n\r\n<script>',
  ];
  it.each(INJECTIONS)('lets no line end in a subject begin another header (%j)', async (injection) => {
    const { headers, body } = await travelling({ subject: `Thank you${injection}` });
    expect(headers.filter((line) => /^(bcc|cc|<script)/i.test(line))).toEqual([]);
    expect(headers.filter((line) => /^subject:/i.test(line))).toHaveLength(1);
    expect(body).not.toContain('<script>');
  });

  it.each(INJECTIONS)('lets no line end in an address begin another header (%j)', async (injection) => {
    const { headers } = await travelling({ to: `donor@example.org${injection}` });
    expect(headers.filter((line) => /^(bcc|cc|<script)/i.test(line))).toEqual([]);
  });

  it.each([...INJECTIONS, '" <thief@example.org>', '>, <thief@example.org'])(
    'lets no organisation’s name change who writes (%j)',
    async (injection) => {
      vi.stubEnv('MAIL_FROM', 'no-reply@example.org');
      const { headers } = await travelling({ fromName: `达州市红十字会${injection}` });
      const from = headers.filter((line) => /^from:/i.test(line));
      expect(from).toHaveLength(1);
      expect(from[0]?.match(/<[^<>]*>/g)).toEqual(['<no-reply@example.org>']);
      expect(headers.filter((line) => /^(bcc|cc|<script)/i.test(line))).toEqual([]);
    },
  );

  it.each(INJECTIONS)('lets no line end in an address to answer to begin another header (%j)', async (injection) => {
    const { headers } = await travelling({ replyTo: `office@example.org${injection}` });
    expect(headers.filter((line) => /^(bcc|cc|<script)/i.test(line))).toEqual([]);
  });

  it('shows a name that looks like encoded text as it was typed', async () => {
    vi.stubEnv('MAIL_FROM', 'no-reply@example.org');
    const trick = `=?UTF-8?B?${Buffer.from('PayPal').toString('base64')}?=`;
    const { headers } = await travelling({ fromName: trick, subject: trick });
    for (const name of ['from', 'subject']) {
      expect(headerOf(headers, name)).not.toContain('=?UTF-8?B?UGF5UGFs?=');
      expect(decoded(headerOf(headers, name))).not.toContain('PayPal');
    }
  });

  it('offers one click to leave, as RFC 8058 has it, where there is something to leave', async () => {
    const unsubscribeUrl = `https://give.example.org/unsubscribe/${'a'.repeat(120)}.dazhou.news.x`;
    const { headers } = await travelling({ unsubscribeUrl });
    expect(headerOf(headers, 'list-unsubscribe').replaceAll(' ', '')).toBe(`<${unsubscribeUrl}>`);
    expect(headerOf(headers, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect((await travelling()).headers.filter((line) => /^list-/i.test(line))).toEqual([]);
  });

  it('goes through the configuration set by which the provider reports what comes back', async () => {
    vi.stubEnv('MAIL_CONFIGURATION_SET', 'Yiqi-mail');
    await openMail()(MAIL);
    expect(sent.at(-1)).toMatchObject({ ConfigurationSetName: 'Yiqi-mail' });
  });

  it.each(INJECTIONS)('lets no line end in a file name begin another header (%j)', async (injection) => {
    const attachment = {
      filename: `report${injection}.pdf`,
      contentType: 'application/pdf',
      content: Buffer.from('x'),
    };
    const { body } = await travelling({ attachments: [attachment] });
    expect(body).not.toMatch(/^(bcc|cc|<script)/im);
  });
});

describe('a mail that the provider refuses', () => {
  const sesError = (name: string, status: number) =>
    Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });

  it.each([
    ['TooManyRequestsException', 429, false],
    ['LimitExceededException', 400, false],
    ['SendingPausedException', 400, false],
    ['MailFromDomainNotVerifiedException', 400, false],
    ['AccountSuspendedException', 400, false],
    ['ExpiredTokenException', 403, false],
    ['MessageRejected', 400, true],
    ['BadRequestException', 400, true],
    ['NotFoundException', 404, true],
  ])('with %s was certainly not sent (for good: %s %s)', async (name, status, forGood) => {
    answer = () => Promise.reject(sesError(name, status));
    const sending = openMail()(MAIL);
    await expect(sending).rejects.toBeInstanceOf(NotAccepted);
    await expect(sending).rejects.toMatchObject({ name: 'ThrottledError', forGood });
  });

  it('before a connection was made was certainly not sent', async () => {
    answer = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    await expect(openMail()(MAIL)).rejects.toBeInstanceOf(NotAccepted);
  });

  it.each([
    sesError('InternalServiceErrorException', 500),
    sesError('ServiceUnavailable', 503),
    Object.assign(new Error('timed out'), { name: 'TimeoutError' }),
    Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
    new Error('whatever'),
  ])('in a way that leaves it open (%s) may have been sent', async (failure) => {
    answer = () => Promise.reject(failure);
    const sending = openMail()(MAIL);
    await expect(sending).rejects.toBe(failure);
    await expect(sending).rejects.not.toBeInstanceOf(NotAccepted);
  });
});
