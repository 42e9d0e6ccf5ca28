import type { RenderedMail } from './mail-frame.tsx';
import { Facts, MailFrame, mailHtml, oneLine, Paragraph, subjectLine } from './mail-frame.tsx';
import type { ThankYouInput } from './thank-you.ts';
import { thankYouWords } from './thank-you.ts';

/** The thank-you for one gift, as text and HTML. What donors typed stays inside its own line in both. */
export async function renderThankYouMail(input: ThankYouInput): Promise<RenderedMail> {
  const words = thankYouWords({
    ...input,
    donorName: input.donorName === undefined ? undefined : oneLine(input.donorName),
    campaignTitle: oneLine(input.campaignTitle),
    organisationName: oneLine(input.organisationName),
    unitName: input.unitName === undefined ? undefined : oneLine(input.unitName),
  });
  const html = await mailHtml(
    <MailFrame
      language={input.language}
      preview={words.paragraphs.slice(0, 2).join(' ')}
      sender={words.closing}
      heading={words.heading}
      warning={words.warning}
      footer={words.footer}
    >
      <Paragraph>{words.greeting}</Paragraph>
      {words.paragraphs.map((paragraph) => (
        <Paragraph key={paragraph}>{paragraph}</Paragraph>
      ))}
      <Facts rows={words.facts} />
      <Paragraph>{words.closing}</Paragraph>
    </MailFrame>,
  );
  const separator = input.language === 'zh-CN' ? '：' : ': ';
  const text = [
    ...(words.warning === undefined ? [] : [words.warning, '']),
    words.greeting,
    '',
    ...words.paragraphs.flatMap((paragraph) => [paragraph, '']),
    ...words.facts.map(([label, value]) => `${label}${separator}${value}`),
    '',
    words.closing,
    '',
    '--',
    ...words.footer,
    '',
  ].join('\n');
  return { subject: subjectLine(words.subject), html, text };
}
