import type { ReactNode } from 'react';
import { Link, Section, Text } from 'react-email';
import { type GiftChangeInput, giftChangeWords } from './gift-change.ts';
import type { LetterInput, LetterWords } from './letter.ts';
import { partsOf } from './letter-template.ts';
import type { RenderedMail } from './mail-frame.tsx';
import { COLOURS, Facts, MailFrame, mailHtml, oneLine, Paragraph, subjectLine } from './mail-frame.tsx';
import { type ThankYouInput, thankYouWords } from './thank-you.ts';

/** The thank-you for one gift, as text and HTML. What donors typed stays inside its own line in both. */
export const renderThankYouMail = (input: ThankYouInput): Promise<RenderedMail> =>
  renderLetter(thankYouWords(onOneLine(input)), input.language);

/** The notice of what changed about one gift since its donor was told, as text and HTML. */
export const renderGiftChangeMail = (input: GiftChangeInput): Promise<RenderedMail> =>
  renderLetter(giftChangeWords(onOneLine(input)), input.language);

/** A letter's input with each name in it on a line of its own. */
export const onOneLine = <Input extends LetterInput>(input: Input): Input => ({
  ...input,
  donorName: input.donorName === undefined ? undefined : oneLine(input.donorName),
  campaignTitle: oneLine(input.campaignTitle),
  organisationName: oneLine(input.organisationName),
  unitName: input.unitName === undefined ? undefined : oneLine(input.unitName),
});

/** A letter of any kind as a mail. Every text is one line, whoever typed it; links lead where they say. */
export async function renderLetter(words: LetterWords, language: LetterInput['language']): Promise<RenderedMail> {
  const paragraphs = words.paragraphs.map(oneLine);
  const closing = oneLine(words.closing);
  const { link, unsubscribe } = words;
  const html = await mailHtml(
    <MailFrame
      language={language}
      preview={paragraphs.slice(0, 2).join(' ')}
      sender={closing}
      heading={oneLine(words.heading)}
      warning={words.warning}
      footer={words.footer.map(oneLine)}
      footerLink={unsubscribe}
    >
      <Paragraph>{words.greeting}</Paragraph>
      {paragraphs.map((paragraph) => (
        <Paragraph key={paragraph}>{linked(paragraph, words.linkHosts)}</Paragraph>
      ))}
      <Facts rows={words.facts} />
      {link === undefined ? null : <Way label={link.label} url={link.url} />}
      <Paragraph>{closing}</Paragraph>
    </MailFrame>,
  );
  const separator = language === 'zh-CN' ? '：' : ': ';
  const text = [
    ...(words.warning === undefined ? [] : [words.warning, '']),
    words.greeting,
    '',
    ...paragraphs.flatMap((paragraph) => [paragraph, '']),
    ...words.facts.map(([label, value]) => `${label}${separator}${oneLine(value)}`),
    ...(link === undefined ? [] : ['', `${link.label}${separator}${link.url}`]),
    '',
    closing,
    '',
    '--',
    ...words.footer.map(oneLine),
    ...(unsubscribe === undefined ? [] : [`${unsubscribe.label}${separator}${unsubscribe.url}`]),
    '',
  ].join('\n');
  return { subject: subjectLine(words.subject), html, text };
}

/** Text in which the addresses of allowed hosts can be followed. */
function linked(text: string, linkHosts: readonly string[]): ReactNode {
  const parts = partsOf(text, linkHosts);
  if (parts.every(({ address }) => address === undefined)) return text;
  return parts.map(({ text: part, address }, position) =>
    address === undefined ? (
      part
    ) : (
      // The parts of one text never move.
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <Link key={position} href={address} className="accent" style={{ color: COLOURS.accent, wordBreak: 'break-all' }}>
        {part}
      </Link>
    ),
  );
}

/** The one place that a letter leads to, large enough for a thumb. */
function Way({ label, url }: { readonly label: string; readonly url: string }) {
  return (
    <Section style={{ margin: '4px 0 22px' }}>
      <Text style={{ margin: 0 }}>
        <Link
          href={url}
          className="way"
          style={{
            display: 'inline-block',
            padding: '11px 20px',
            borderRadius: 6,
            backgroundColor: COLOURS.accent,
            color: '#ffffff',
            fontSize: 15,
            lineHeight: '22px',
            fontWeight: 700,
            textDecoration: 'none',
          }}
        >
          {label}
        </Link>
      </Text>
    </Section>
  );
}
