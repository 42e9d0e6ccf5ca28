import { minor } from '../kernel/money.ts';
import { instantOf, type LocalDate } from '../kernel/time.ts';
import { closeoutWords } from './closeout-letter.ts';
import { giftChangeWords } from './gift-change.ts';
import type { LetterInput, LetterWords } from './letter.ts';
import type { Language, LetterKind } from './letter-kind.ts';
import type { TemplateText } from './letter-template.ts';
import { matchConfirmedWords } from './match-confirmed.ts';
import { progressWords } from './progress-letter.ts';
import { receiptWords } from './receipt-letter.ts';
import { thankYouWords } from './thank-you.ts';

type Sample = {
  readonly organisationName: string;
  readonly template: TemplateText | undefined;
  readonly linkHosts: readonly string[];
  readonly publicAddress: string | undefined;
};

const yuan = (amount: number) => minor(amount * 100);

/** A letter of any kind about a gift that nobody made: what a charity looks at before its donors do. */
export function sampleLetter(kind: LetterKind, language: Language, sample: Sample): LetterWords {
  const isChinese = language === 'zh-CN';
  const { publicAddress = 'https://give.example.org' } = sample;
  const input: LetterInput = {
    language,
    donorName: isChinese ? '张小明' : 'Ming Zhang',
    campaignTitle: isChinese ? '困难家庭帮扶计划' : 'Help for families in need',
    organisationName: sample.organisationName,
    amountMinor: yuan(1_200),
    unitName: isChinese ? '万源市' : 'Wanyuan',
    paidAt: instantOf('2026-09-07T10:00:00+08:00'),
    zone: 'Asia/Shanghai',
    giftNo: 'gft_0123456789abcdefghjk',
    generatedData: false,
    template: sample.template,
    linkHosts: sample.linkHosts,
    unsubscribeUrl: kind === 'progress' || kind === 'closeout' ? `${publicAddress}/unsubscribe/sample` : undefined,
  };
  const match = { matchMinor: yuan(600), refundedMinor: yuan(0) };
  const pageUrl = `${publicAddress}/public/campaigns/sample/page`;
  switch (kind) {
    case 'thank-you':
      return thankYouWords({ ...input, ...match });
    case 'regular-gift':
      return thankYouWords({ ...input, ...match, regular: { nextOn: '2026-10-07' as LocalDate } });
    case 'match-confirmed':
      return matchConfirmedWords({ ...input, ...match });
    case 'gift-changed':
      return giftChangeWords({
        ...input,
        before: { ...match, isVoid: false },
        now: { refundedMinor: yuan(200), matchMinor: yuan(500), isVoid: false },
      });
    case 'receipt-issued':
      return receiptWords({
        ...input,
        receiptNo: '0000000123',
        checkCode: '8f3a2c',
        receiptUrl: `${publicAddress}/public/receipts/sample?code=8f3a2c`,
      });
    case 'progress':
      return progressWords({
        ...input,
        pageUrl,
        update: {
          entryNo: 3,
          title: isChinese ? '第一批帮扶款已发放' : 'The first help has been paid out',
          paragraphs: [
            isChinese
              ? '截至九月底，已有 120 户家庭收到帮扶款，共计 36 万元。'
              : 'By the end of September 120 families had received 360,000 yuan in all.',
          ],
        },
      });
    default:
      return closeoutWords({
        ...input,
        pageUrl,
        outcome: { gifts: 30_000, givenMinor: yuan(1_500_000), matchedMinor: yuan(500_000) },
      });
  }
}
