import { add, type Minor, subtract } from '../kernel/money.ts';
import type { GiftView } from './gift-story.ts';
import { type LetterBody, type LetterInput, type LetterWords, letterOf, money } from './letter.ts';
import { matchValues } from './match-values.ts';

/** What a notice of a changed gift is written from: what its donor was told, and how it stands now. */
export type GiftChangeInput = LetterInput & { readonly before: GiftView; readonly now: GiftView };

/**
 * Corrects what a donor was told: what of the gift went back, and what its match is now. Says only what has happened:
 * when money arrives is the provider's matter, and why a match was looked at is not for a mail.
 */
export const giftChangeWords = (input: GiftChangeInput): LetterWords =>
  letterOf(input, input.language === 'zh-CN' ? chinese(input) : english(input));

/** The amounts that the sentences are about. */
function amountsOf({ amountMinor, before, now }: GiftChangeInput) {
  const keptMinor = subtract(amountMinor, now.refundedMinor);
  return {
    keptMinor,
    newlyRefundedMinor: subtract(now.refundedMinor, before.refundedMinor),
    togetherMinor: add(keptMinor, now.matchMinor),
    // Of a match that the donor was never told of there is nothing to correct.
    wasMatched: before.matchMinor > 0 || now.matchMinor > 0,
    // What a person took away did not go back because of a refund, also where both are told at once.
    byCheck: now.refundedMinor === before.refundedMinor || (now.isVoid && !before.isVoid),
  };
}

function chinese(input: GiftChangeInput): LetterBody {
  const { campaignTitle, amountMinor, before, now } = input;
  const { keptMinor, newlyRefundedMinor, togetherMinor, byCheck, wasMatched } = amountsOf(input);
  const isRefund = newlyRefundedMinor > 0;
  return {
    subject: `${isRefund ? '您的捐款已退款' : '您的捐款的配捐有变动'}：${campaignTitle}`,
    heading: isRefund ? '退款通知' : '配捐变动通知',
    paragraphs: [
      ...(isRefund ? [chineseRefund(input, newlyRefundedMinor, keptMinor)] : []),
      ...chineseMatch(before.matchMinor, now.matchMinor, byCheck),
      ...(keptMinor === 0
        ? []
        : [`您的${now.refundedMinor === 0 ? '' : '其余'}捐款 ${money(keptMinor)} 仍用于该项目。`]),
    ],
    sums: [
      ['捐款金额', money(amountMinor)],
      ...(now.refundedMinor === 0 ? [] : [['已退还', money(now.refundedMinor)] as const]),
      ...(wasMatched ? [['现有配捐', money(now.matchMinor)] as const] : []),
      ['现合计', money(togetherMinor)],
    ],
    footer: '本邮件更正此前就这笔捐款发出的通知，由系统自动发出，不是捐赠票据。',
    values: matchValues({ amountMinor, ...now }),
  };
}

function chineseRefund(
  { campaignTitle, amountMinor }: GiftChangeInput,
  refundedMinor: Minor,
  keptMinor: Minor,
): string {
  const gift = `您为“${campaignTitle}”捐出的 ${money(amountMinor)}`;
  return refundedMinor === amountMinor
    ? `${gift} 已按原支付方式全部退款。`
    : `${gift} 中，${money(refundedMinor)} 已按原支付方式退款${keptMinor === 0 ? '，至此已全部退还' : ''}。`;
}

function chineseMatch(before: Minor, now: Minor, byCheck: boolean): string[] {
  if (now === before) return [];
  if (now > before) return [`经核实，这笔捐款的配捐为 ${money(now)}。`];
  const told = `此前通知您的 ${money(before)} 配捐`;
  if (byCheck) return [`经核查，${told}${now === 0 ? '不再计入' : `现为 ${money(now)}`}。`];
  return [now === 0 ? `${told}随之退回配捐方，不再计入。` : `${told}随之减为 ${money(now)}。`];
}

function english(input: GiftChangeInput): LetterBody {
  const { campaignTitle, amountMinor, before, now } = input;
  const { keptMinor, newlyRefundedMinor, togetherMinor, byCheck, wasMatched } = amountsOf(input);
  const isRefund = newlyRefundedMinor > 0;
  return {
    subject: `${isRefund ? 'Your gift was refunded' : 'The match of your gift has changed'}: ${campaignTitle}`,
    heading: isRefund ? 'Refund of your gift' : 'The match of your gift has changed',
    paragraphs: [
      ...(isRefund ? [englishRefund(input, newlyRefundedMinor, keptMinor)] : []),
      ...englishMatch(before.matchMinor, now.matchMinor, byCheck),
      ...(keptMinor === 0
        ? []
        : [
            now.refundedMinor === 0
              ? `Your gift of ${money(keptMinor)} is not touched by this and will be used for this campaign.`
              : `The other ${money(keptMinor)} of your gift will be used for this campaign.`,
          ]),
    ],
    sums: [
      ['Your gift', money(amountMinor)],
      ...(now.refundedMinor === 0 ? [] : [['Refunded', money(now.refundedMinor)] as const]),
      ...(wasMatched ? [['Match now', money(now.matchMinor)] as const] : []),
      ['Together now', money(togetherMinor)],
    ],
    footer:
      'This message corrects what we wrote about this gift before. It was sent automatically and is not a donation receipt.',
    values: matchValues({ amountMinor, ...now }),
  };
}

function englishRefund(
  { campaignTitle, amountMinor }: GiftChangeInput,
  refundedMinor: Minor,
  keptMinor: Minor,
): string {
  const [refunded, gift] = [money(refundedMinor), money(amountMinor)];
  if (refundedMinor === amountMinor)
    return `The ${gift} that you gave to “${campaignTitle}” has been refunded in full, the way you paid it.`;
  const all = keptMinor === 0 ? '; with it, all of your gift has been refunded' : '';
  return `Of the ${gift} that you gave to “${campaignTitle}”, ${refunded} has been refunded, the way you paid it${all}.`;
}

function englishMatch(before: Minor, now: Minor, byCheck: boolean): string[] {
  if (now === before) return [];
  if (now > before) return [`The match of your gift has been checked: it is ${money(now)}.`];
  const told = `The match of ${money(before)} that we wrote of`;
  if (byCheck) return [`${told} was checked and ${now === 0 ? 'does not count any more' : `is now ${money(now)}`}.`];
  return [now === 0 ? `${told} has gone back to the sponsor with it.` : `${told} has become ${money(now)} with it.`];
}
