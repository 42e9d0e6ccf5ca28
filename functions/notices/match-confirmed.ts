import type { Minor } from '../kernel/money.ts';
import { type LetterInput, type LetterWords, letterOf, money } from './letter.ts';
import { matchSums, matchValues } from './match-values.ts';

export type MatchConfirmedInput = LetterInput & { readonly matchMinor: Minor; readonly refundedMinor: Minor };

/** Tells a donor that the match of their gift is no longer provisional: the public notice is over and the sponsors owe it. */
export function matchConfirmedWords(input: MatchConfirmedInput): LetterWords {
  const { campaignTitle, matchMinor, language } = input;
  const match = money(matchMinor);
  const values = matchValues(input);
  if (language === 'zh-CN')
    return letterOf(input, {
      subject: `您的捐款的配捐已确认：${campaignTitle}`,
      heading: '配捐已确认',
      paragraphs: [
        `“${campaignTitle}”的配捐公示已经结束，您这笔捐款的配捐 ${match} 已经确认，由配捐方支付。`,
        '感谢您的善意，也感谢配捐方的支持。',
      ],
      sums: matchSums(input, true),
      footer: '本邮件由系统在配捐公示结束后自动发出，不是捐赠票据。',
      values,
    });
  return letterOf(input, {
    subject: `The match of your gift is confirmed: ${campaignTitle}`,
    heading: 'Your match is confirmed',
    paragraphs: [
      `The public notice of “${campaignTitle}” is over: the match of ${match} for your gift is confirmed, and its sponsors pay it.`,
      'Thank you for your kindness, and thanks to those who match it.',
    ],
    sums: matchSums(input, false),
    footer: 'Sent automatically after the public notice of matches. This message is not a donation receipt.',
    values,
  });
}
