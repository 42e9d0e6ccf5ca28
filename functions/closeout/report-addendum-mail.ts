import type { RenderedMail } from '../notices/mail-frame.tsx';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import type { ReportAddendum } from './report-addendum.ts';
import { addendumWords, figureRows, itemRows, writtenText } from './report-addendum-words.ts';

/** The mail that carries an addendum to those who had the report. */
export function renderAddendumMail(addendum: ReportAddendum, attachmentName: string): Promise<RenderedMail> {
  const { title, number, organisationName, language, generatedData, reason } = addendum;
  const words = addendumWords(language);
  return renderStaffMail({
    language,
    organisationName,
    generatedData,
    subject: words.subject(title, number),
    heading: words.kicker(number),
    paragraphs: [words.intro(title), `${words.reason}${language === 'zh-CN' ? '：' : ': '}${reason}`],
    facts: [
      ...figureRows(addendum).map(([label, was, is]) => [label, `${was} → ${is}`] as const),
      ...addendum.corrections.map(({ what, was, is }) => [what, `${was} → ${is}`] as const),
      ...itemRows(addendum).map(([what, was, is]) => [what, `${was} → ${is}`] as const),
      [words.by, writtenText(addendum)],
      [words.signatures, addendum.signatures.map(({ name }) => name).join(language === 'zh-CN' ? '、' : ', ')],
      [words.attached, attachmentName],
    ],
    footer: [`${words.of} ${addendum.reportSha256}`],
  });
}
