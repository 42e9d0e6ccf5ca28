import type { Minor } from '../kernel/money.ts';
import { add } from '../kernel/money.ts';
import { type LetterInput, type LetterWords, letterOf, money } from './letter.ts';

/** What a campaign came to, net of what went back. */
export type CampaignOutcome = {
  readonly gifts: number;
  readonly givenMinor: Minor;
  readonly matchedMinor: Minor;
};
export type CloseoutInput = LetterInput & { readonly outcome: CampaignOutcome; readonly pageUrl?: string | undefined };

/** Tells a donor that the campaign is closed and what it came to. */
export function closeoutWords(input: CloseoutInput): LetterWords {
  const { campaignTitle, outcome, pageUrl, language } = input;
  const { gifts, givenMinor, matchedMinor } = outcome;
  const raised = money(add(givenMinor, matchedMinor));
  // In groups of three, as the sums beside it are.
  const giftsText = String(gifts).replace(/\B(?=(\d{3})+$)/g, ',');
  const values = { gifts: giftsText, given: money(givenMinor), matched: money(matchedMinor), raised };
  if (language === 'zh-CN')
    return letterOf(input, {
      subject: `募捐已结束：${campaignTitle}`,
      heading: '我们一起做到了',
      paragraphs: [
        `“${campaignTitle}”的募捐已经结束，结项报告已经完成。共收到 ${giftsText} 笔捐款，连同配捐共筹得 ${raised}。`,
        '善款的使用情况将继续公开。感谢有您同行。',
      ],
      sums: [
        ['捐款笔数', giftsText],
        ['捐款合计', money(givenMinor)],
        ['配捐合计', money(matchedMinor)],
        ['共筹得', raised],
      ],
      footer: '您捐助过这个项目，所以收到这封邮件。本邮件由系统自动发出，不是捐赠票据。',
      values,
      link: pageUrl === undefined ? undefined : { label: '查看项目公开页', url: pageUrl },
      isOfCampaign: true,
    });
  return letterOf(input, {
    subject: `What we raised together: ${campaignTitle}`,
    heading: 'We did it together',
    paragraphs: [
      `“${campaignTitle}” is closed and its report is written. ${giftsText} gifts came in: ${raised} together with the match.`,
      'How the money is used goes on being published. Thank you for being part of it.',
    ],
    sums: [
      ['Gifts', giftsText],
      ['Given', money(givenMinor)],
      ['Matched', money(matchedMinor)],
      ['Raised together', raised],
    ],
    footer: 'You get this because you gave to this campaign. Sent automatically; not a donation receipt.',
    values,
    link: pageUrl === undefined ? undefined : { label: 'See the campaign’s public page', url: pageUrl },
    isOfCampaign: true,
  });
}
