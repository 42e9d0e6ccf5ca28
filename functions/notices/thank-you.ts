import type { Minor } from '../kernel/money.ts';
import { add, subtract } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import { type LetterBody, type LetterInput, type LetterWords, letterOf, money } from './letter.ts';
import { matchValues } from './match-values.ts';

/** What a thank-you is written from. */
export type ThankYouInput = LetterInput & {
  /** What the pool adds to this gift now; zero is a normal answer, and what is said while a match is held. */
  readonly matchMinor: Minor;
  /** What of the gift went back to the donor before this could be sent. */
  readonly refundedMinor: Minor;
  /** That it is one of a mandate's gifts, and when the next one is expected, where one is. */
  readonly regular?: { readonly nextOn?: LocalDate | undefined } | undefined;
};

/**
 * Says what was given and what the match added. Without a match it says that the gift arrived and is silent about
 * matching: nothing is promised that the rule did not give. What was refunded meanwhile it says too.
 */
export const thankYouWords = (input: ThankYouInput): LetterWords =>
  letterOf(input, input.language === 'zh-CN' ? chinese(input) : english(input));

function chinese(input: ThankYouInput): LetterBody {
  const { campaignTitle, amountMinor, refundedMinor, matchMinor, regular } = input;
  const keptMinor = subtract(amountMinor, refundedMinor);
  const together = money(add(keptMinor, matchMinor));
  const refunded =
    keptMinor === 0 ? ['这笔捐款此后已全部退还给您。'] : [`其中 ${money(refundedMinor)} 此后已退还给您。`];
  return {
    subject: `${regular === undefined ? '感谢您的捐款' : '感谢您的定期捐款'}：${campaignTitle}`,
    heading: '谢谢您的善意',
    paragraphs: [
      regular === undefined
        ? `您为“${campaignTitle}”捐出的 ${money(amountMinor)} 我们已经收到。`
        : `您为“${campaignTitle}”的定期捐款，本次 ${money(amountMinor)} 我们已经收到。`,
      ...(refundedMinor === 0 ? [] : refunded),
      ...(matchMinor > 0
        ? [`这笔捐款还带来了 ${money(matchMinor)} 的配捐，合计 ${together}，将一并用于该项目。`]
        : keptMinor === 0
          ? []
          : [`${refundedMinor === 0 ? '这笔善款' : '其余善款'}将用于该项目。`]),
      ...(regular?.nextOn === undefined ? [] : [`下一次捐款预计在 ${regular.nextOn}；您随时可以取消定期捐款。`]),
      '感谢您与我们一起，为需要帮助的人送去温暖。',
    ],
    sums: [
      ['捐款金额', money(amountMinor)],
      ...(refundedMinor === 0 ? [] : [['已退还', money(refundedMinor)] as const]),
      ...(matchMinor === 0
        ? []
        : ([
            ['配捐金额', money(matchMinor)],
            ['合计', together],
          ] as const)),
    ],
    footer: '本邮件由系统在捐款入账后自动发出，不是捐赠票据。',
    values: matchValues(input),
  };
}

function english(input: ThankYouInput): LetterBody {
  const { campaignTitle, amountMinor, refundedMinor, matchMinor, regular } = input;
  const keptMinor = subtract(amountMinor, refundedMinor);
  const together = money(add(keptMinor, matchMinor));
  const refunded =
    keptMinor === 0
      ? ['All of it has since been refunded to you.']
      : [`${money(refundedMinor)} of it has since been refunded to you.`];
  return {
    subject: `Thank you for your ${regular === undefined ? '' : 'regular '}gift to ${campaignTitle}`,
    heading: 'Thank you for your kindness',
    paragraphs: [
      regular === undefined
        ? `We have received the ${money(amountMinor)} that you gave to “${campaignTitle}”.`
        : `We have received this time’s ${money(amountMinor)} of your regular gift to “${campaignTitle}”.`,
      ...(refundedMinor === 0 ? [] : refunded),
      ...(matchMinor > 0
        ? [
            `Your gift also brought a match of ${money(matchMinor)}: ${together} together, to be used for this campaign.`,
          ]
        : keptMinor === 0
          ? []
          : [`${refundedMinor === 0 ? 'It' : 'The rest'} will be used for this campaign.`]),
      ...(regular?.nextOn === undefined
        ? []
        : [`The next one is expected on ${regular.nextOn}; you can end your regular gift at any time.`]),
      'Thank you for standing with us and with those who need help.',
    ],
    sums: [
      ['Your gift', money(amountMinor)],
      ...(refundedMinor === 0 ? [] : [['Refunded', money(refundedMinor)] as const]),
      ...(matchMinor === 0
        ? []
        : ([
            ['Match', money(matchMinor)],
            ['Together', together],
          ] as const)),
    ],
    footer: 'Sent automatically when your gift was booked. This message is not a donation receipt.',
    values: matchValues(input),
  };
}
