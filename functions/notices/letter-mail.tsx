import { type GiftChangeInput, giftChangeWords } from './gift-change.ts';
import type { LetterInput, LetterWords } from './letter.ts';
import type { RenderedMail } from './mail-frame.tsx';
import { Facts, MailFrame, mailHtml, oneLine, Paragraph, subjectLine } from './mail-frame.tsx';
import { type ThankYouInput, thankYouWords } from './thank-you.ts';

/** The thank-you for one gift, as text and HTML. What donors typed stays inside its own line in both. */
export const renderThankYouMail = (input: ThankYouInput): Promise<RenderedMail> =>
  rendered(thankYouWords({ ...input, ...onOneLine(input) }), input.language);

/** The notice of what changed about one gift since its donor was told, as text and HTML. */
export const renderGiftChangeMail = (input: GiftChangeInput): Promise<RenderedMail> =>
  rendered(giftChangeWords({ ...input, ...onOneLine(input) }), input.language);

const onOneLine = ({ donorName, campaignTitle, organisationName, unitName }: LetterInput) => ({
  donorName: donorName === undefined ? undefined : oneLine(donorName),
  campaignTitle: oneLine(campaignTitle),
  organisationName: oneLine(organisationName),
  unitName: unitName === undefined ? undefined : oneLine(unitName),
});

async function rendered(words: LetterWords, language: LetterInput['language']): Promise<RenderedMail> {
  const html = await mailHtml(
    <MailFrame
      language={language}
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
  const separator = language === 'zh-CN' ? '：' : ': ';
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
