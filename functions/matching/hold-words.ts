import { type Currency, formatMoney } from '../kernel/money.ts';
import type { JournalLine } from './match-entry.ts';
import type { Language } from './rule-words.ts';

/** Why a match is held, in words for the person who decides; made from what the screen counted. */
export function holdSentence(
  { held, heldGifts = 0, amountMinor, day }: Pick<JournalLine, 'held' | 'heldGifts' | 'amountMinor' | 'day'>,
  language: Language,
  currency: Currency,
): string {
  const amount = formatMoney(amountMinor, currency);
  const isChinese = language === 'zh-CN';
  switch (held) {
    case 'velocity':
      return isChinese
        ? `该捐赠人在一分钟之内至少捐了 ${heldGifts} 笔。`
        : `At least ${heldGifts} gifts of this donor inside one minute.`;
    case 'gifts-per-day':
      return isChinese
        ? `这是该捐赠人在 ${day} 的第 ${heldGifts} 笔捐款。`
        : `Gift number ${heldGifts} of this donor on ${day}.`;
    case 'identical-amounts':
      return isChinese
        ? `该捐赠人连续捐了 ${heldGifts} 笔 ${amount}。`
        : `Gift number ${heldGifts} in a row of ${amount} from this donor.`;
    case undefined:
      return '';
  }
}
