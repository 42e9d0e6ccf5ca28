import type { Fact } from './letter.ts';
import type { RenderedMail } from './mail-frame.tsx';
import { Facts, MailFrame, mailHtml, oneLine, Paragraph, subjectLine } from './mail-frame.tsx';

/** A mail to the staff of an organisation: what has happened or is due, and what they should do. */
export type StaffMail = {
  readonly language: 'zh-CN' | 'en';
  readonly subject: string;
  readonly organisationName: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly Fact[];
  readonly footer: readonly string[];
  readonly generatedData: boolean;
};

/** The mail as text and HTML. What people typed stays inside its own line in both. */
export async function renderStaffMail(mail: StaffMail): Promise<RenderedMail> {
  const { language, footer, generatedData } = mail;
  const isChinese = language === 'zh-CN';
  const [heading, organisation] = [oneLine(mail.heading), oneLine(mail.organisationName)];
  const paragraphs = mail.paragraphs.map(oneLine);
  const facts = mail.facts.map(([label, value]): Fact => [label, oneLine(value)]);
  const warning = generatedData
    ? isChinese
      ? '演示数据：并非真实活动。'
      : 'Demonstration data: this campaign is made up.'
    : undefined;
  const html = await mailHtml(
    <MailFrame
      language={language}
      preview={paragraphs[0] ?? heading}
      sender={organisation}
      heading={heading}
      warning={warning}
      footer={footer}
    >
      {paragraphs.map((paragraph) => (
        <Paragraph key={paragraph}>{paragraph}</Paragraph>
      ))}
      <Facts rows={facts} />
    </MailFrame>,
  );
  const separator = isChinese ? '：' : ': ';
  const text = [
    ...(warning === undefined ? [] : [warning, '']),
    heading,
    organisation,
    '',
    ...paragraphs.flatMap((paragraph) => [paragraph, '']),
    ...facts.map(([label, value]) => `${label}${separator}${value}`),
    '',
    '--',
    ...footer,
    '',
  ].join('\n');
  const prefix = generatedData ? (isChinese ? '【演示数据】' : '[Demonstration data] ') : '';
  return { subject: subjectLine(`${prefix}${mail.subject}`), html, text };
}
