import type { RenderedMail } from '../notices/mail-frame.tsx';
import { Facts, Lines, MailFrame, mailHtml, oneLine, Paragraph, subjectLine } from '../notices/mail-frame.tsx';
import { type NoticeFor, noticeWords } from './approval-words.ts';

/** What one person is told about one approval, as text and HTML. What people typed stays inside its own line in both. */
export async function renderApprovalMail(input: NoticeFor): Promise<RenderedMail> {
  const { language } = input.approval;
  const words = noticeWords(onOneLine(input));
  const list = words.list.map(oneLine);
  const html = await mailHtml(
    <MailFrame
      language={language}
      preview={words.paragraphs[0] ?? ''}
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
      {list.length === 0 ? null : <Lines title={words.listTitle} lines={list} />}
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
    ...(list.length === 0 ? [] : [words.listTitle, ...list, '']),
    words.closing,
    '',
    '--',
    ...words.footer,
    '',
  ].join('\n');
  return { subject: subjectLine(words.subject), html, text };
}

function onOneLine(input: NoticeFor): NoticeFor {
  const { approval, recipientName, organisationName, onBehalfOf, names } = input;
  return {
    ...input,
    recipientName: oneLine(recipientName),
    organisationName: oneLine(organisationName),
    onBehalfOf: onBehalfOf.map(oneLine),
    names: new Map([...names].map(([id, name]) => [id, oneLine(name)])),
    approval: {
      ...approval,
      title: oneLine(approval.title),
      steps: approval.steps.map((step) => ({ ...step, name: oneLine(step.name) })),
    },
  };
}
