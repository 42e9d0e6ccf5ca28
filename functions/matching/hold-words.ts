import type { Language } from './rule-words.ts';
import type { HoldReason } from './rules/screen.ts';

/** Why a match is held, in words for whoever decides or asks; `gifts` is what the screen counted. A clause without a full stop. */
export function holdClause(reason: HoldReason, gifts: number, language: Language): string {
  const isChinese = language === 'zh-CN';
  switch (reason) {
    case 'velocity':
      return isChinese
        ? `同一捐赠人一分钟内捐了 ${gifts} 笔或更多`
        : `the donor made ${gifts} gifts or more within one minute`;
    case 'gifts-per-day':
      return isChinese ? `这是该捐赠人当天的第 ${gifts} 笔捐款` : `it is gift number ${gifts} of the donor on one day`;
    case 'identical-amounts':
      return isChinese
        ? `该捐赠人连续捐了 ${gifts} 笔相同的金额`
        : `it is gift number ${gifts} in a row of one and the same amount from the donor`;
  }
}
