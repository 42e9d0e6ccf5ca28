import { type LetterInput, type LetterWords, letterOf } from './letter.ts';

/** A published update, as far as a letter tells of it. */
export type Update = {
  readonly title: string;
  /** Its text, in paragraphs. */
  readonly paragraphs: readonly string[];
  readonly entryNo: number;
};
export type ProgressInput = LetterInput & {
  readonly update: Update;
  readonly pageUrl?: string | undefined;
};

/** A letter is no page: what is longer is read where it was published. */
const MOST_PARAGRAPHS = 4;
const LONGEST_PARAGRAPH_CHARACTERS = 300;

/** Tells a donor what has become of the project since: the beginning of the update, and where all of it is. */
export function progressWords(input: ProgressInput): LetterWords {
  const { campaignTitle, update, pageUrl, language } = input;
  const isChinese = language === 'zh-CN';
  const paragraphs = [update.title, ...update.paragraphs.slice(0, MOST_PARAGRAPHS).map(shortened)];
  const values = { updateTitle: update.title };
  const link = pageUrl === undefined ? undefined : { label: isChinese ? '查看全文' : 'Read all of it', url: pageUrl };
  if (isChinese)
    return letterOf(input, {
      subject: `项目进展：${campaignTitle}`,
      heading: '项目进展',
      paragraphs,
      sums: [['公开编号', `第 ${update.entryNo} 号`]],
      footer: '您捐助过这个项目，所以收到这封邮件。本邮件由系统自动发出。',
      values,
      link,
      isOfCampaign: true,
    });
  return letterOf(input, {
    subject: `News of ${campaignTitle}`,
    heading: 'What has happened since',
    paragraphs,
    sums: [['Published as', `No. ${update.entryNo}`]],
    footer: 'You get this because you gave to this campaign. Sent automatically.',
    values,
    link,
    isOfCampaign: true,
  });
}

function shortened(paragraph: string): string {
  const characters = [...paragraph];
  return characters.length <= LONGEST_PARAGRAPH_CHARACTERS
    ? paragraph
    : `${characters.slice(0, LONGEST_PARAGRAPH_CHARACTERS - 1).join('')}…`;
}
