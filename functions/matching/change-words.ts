import { longDate } from '../kernel/day-text.ts';
import { type Currency, formatMoney, minor } from '../kernel/money.ts';
import { type Instant, localDateOf, plusSeconds } from '../kernel/time.ts';
import type { Adjustment, AdjustmentKind } from './adjustment.ts';
import type { MatchStage } from './matching-pool.ts';
import type { QuadraticOutcome } from './rounds/quadratic-round.ts';
import type { Language } from './rule-words.ts';

/** What to call the money of each rule, by rule id: as a rule its sponsor's name. */
export type SponsorOf = (ruleId: string) => string;

const KINDS: Readonly<Record<Language, Readonly<Record<AdjustmentKind, string>>>> = {
  'zh-CN': {
    refund: '退款',
    release: '核准暂缓的配捐',
    void: '取消配捐',
    claim: '雇主配捐获批',
    challenge: '挑战',
    pool: '资金调整',
    round: '按单位分配',
  },
  en: {
    refund: 'Refund',
    release: 'Held match released',
    void: 'Match taken away',
    claim: 'Employer match approved',
    challenge: 'Challenge',
    pool: 'Pool changed',
    round: 'Sum shared out',
  },
};

export const adjustmentKindText = (kind: AdjustmentKind, language: Language): string => KINDS[language][kind];

const SHARE_OUTCOMES: Readonly<Record<Language, Readonly<Record<QuadraticOutcome, string>>>> = {
  'zh-CN': {
    'as-computed': '按公式计算',
    capped: '达到单位上限',
    'with-overflow': '另得其他单位超出上限的部分',
    'no-donors': '没有捐赠人',
    'single-donor': '只有一位捐赠人，不成对',
    'too-small': '不足一分',
  },
  en: {
    'as-computed': 'as the formula gives',
    capped: 'held back by the cap',
    'with-overflow': 'with a part of what capped units left',
    'no-donors': 'nobody gave',
    'single-donor': 'one donor makes no pair',
    'too-small': 'less than one fen',
  },
};

/** Why a unit got its share of a round; empty where the round gives no reason beside its numbers. */
export const shareOutcomeText = (outcome: QuadraticOutcome | undefined, language: Language): string =>
  outcome === undefined ? '' : SHARE_OUTCOMES[language][outcome];

type Described = Pick<Adjustment, 'kind' | 'challenges' | 'resizes' | 'ruleId' | 'shares' | 'confirmed'> & {
  readonly refundMinor?: number | undefined;
  /** The whole gift, where it is about one. */
  readonly giftMinor?: number | undefined;
};

/** What an adjustment did, in plain words without who and why: for the report, the page and explanations. */
export function adjustmentText(
  adjustment: Described,
  sponsorOf: SponsorOf,
  language: Language,
  currency: Currency,
): string {
  const money = (amount: number): string => formatMoney(minor(amount), currency);
  const words = language === 'zh-CN' ? chinese : english;
  return [
    ...words.first(adjustment, money),
    ...(adjustment.challenges ?? []).map(({ ruleId, kind, lumpMinor }) =>
      words.turn(sponsorOf(ruleId), kind === 'unlocked', money(lumpMinor)),
    ),
    ...(adjustment.resizes ?? []).map(({ ruleId, subPoolId, fromMinor, toMinor }) =>
      words.resize(
        subPoolId === undefined ? sponsorOf(ruleId) : `${sponsorOf(ruleId)} (${subPoolId})`,
        fromMinor,
        toMinor,
        money,
      ),
    ),
    ...(adjustment.shares === undefined
      ? []
      : [words.round(sponsorOf(adjustment.ruleId ?? ''), adjustment.shares, money)]),
    ...(adjustment.confirmed === true ? [words.confirmed] : []),
  ].join(language === 'zh-CN' ? '；' : '; ');
}

type Money = (amount: number) => string;
type Shares = NonNullable<Adjustment['shares']>;
type Words = {
  readonly first: (adjustment: Described, money: Money) => string[];
  readonly turn: (sponsor: string, unlocked: boolean, lump: string) => string;
  readonly resize: (sponsor: string, fromMinor: number, toMinor: number, money: Money) => string;
  readonly round: (sponsor: string, shares: Shares, money: Money) => string;
  readonly confirmed: string;
};

const totalOf = (shares: Shares): number => shares.reduce((total, { shareMinor }) => total + shareMinor, 0);
const paidUnits = (shares: Shares): number => shares.filter(({ shareMinor }) => shareMinor > 0).length;

const chinese: Words = {
  first: ({ kind, refundMinor, giftMinor }, money) => {
    if (kind === 'refund') {
      if (refundMinor === giftMinor) return [`捐款 ${money(refundMinor ?? 0)} 已全部退还`];
      return [`退还 ${money(refundMinor ?? 0)}${giftMinor === undefined ? '' : `（原捐 ${money(giftMinor)}）`}`];
    }
    if (kind === 'release') return ['暂缓的配捐经核实予以保留'];
    if (kind === 'void') return ['配捐经核实予以取消'];
    if (kind === 'claim') return ['雇主配捐申请获批'];
    return [];
  },
  turn: (sponsor, unlocked, lump) =>
    unlocked ? `“${sponsor}”挑战达成，追加 ${lump}` : `“${sponsor}”挑战不再达成，收回 ${lump}`,
  resize: (sponsor, fromMinor, toMinor, money) =>
    `“${sponsor}”配捐资金由 ${money(fromMinor)} ${toMinor > fromMinor ? '增至' : '减至'} ${money(toMinor)}`,
  round: (sponsor, shares, money) => `“${sponsor}”的 ${money(totalOf(shares))} 分给 ${paidUnits(shares)} 个单位`,
  confirmed: '核定后的更正',
};

const english: Words = {
  first: ({ kind, refundMinor, giftMinor }, money) => {
    if (kind === 'refund') {
      if (refundMinor === giftMinor) return [`the whole gift of ${money(refundMinor ?? 0)} went back`];
      return [`${money(refundMinor ?? 0)}${giftMinor === undefined ? '' : ` of ${money(giftMinor)}`} went back`];
    }
    if (kind === 'release') return ['the held match was looked at and stays'];
    if (kind === 'void') return ['the match was looked at and taken away'];
    if (kind === 'claim') return ['the employer’s match was approved'];
    return [];
  },
  turn: (sponsor, unlocked, lump) =>
    unlocked
      ? `the challenge of ${sponsor} is met and adds ${lump}`
      : `the challenge of ${sponsor} is met no longer and takes back ${lump}`,
  resize: (sponsor, fromMinor, toMinor, money) =>
    `the pool of ${sponsor} ${toMinor > fromMinor ? 'grew' : 'shrank'} from ${money(fromMinor)} to ${money(toMinor)}`,
  round: (sponsor, shares, money) =>
    `${money(totalOf(shares))} of ${sponsor} went to ${paidUnits(shares)} ${paidUnits(shares) === 1 ? 'unit' : 'units'}`,
  confirmed: 'a correction after confirmation',
};

/** The last whole day of the public notice, which ends at its 24:00. */
export const lastNoticeDay = (noticeUntil: Instant, zone: string) => localDateOf(plusSeconds(noticeUntil, -1), zone);

/** How far the matches have come, as a sentence. Promises nothing that the stage does not hold. */
export function stageSentence(
  stage: MatchStage,
  notice: { readonly until: Instant | undefined; readonly zone: string },
  language: Language,
): string {
  const { until, zone } = notice;
  const lastDay = until === undefined ? undefined : longDate(lastNoticeDay(until, zone), language);
  const isChinese = language === 'zh-CN';
  switch (stage) {
    case 'provisional':
      return isChinese
        ? '配捐为暂定数：退款或核查之后会有变动。'
        : 'Matches are provisional: refunds and checks may still change them.';
    case 'publicised': {
      if (lastDay === undefined) return isChinese ? '配捐结果公示中。' : 'Matches are publicised.';
      return isChinese
        ? `配捐结果公示至${lastDay}，其间可以提出异议；之后核定。`
        : `Matches are publicised until ${lastDay} and open to objections; then they are confirmed.`;
    }
    case 'confirmed':
      return isChinese ? '配捐已核定，等待配捐方付款。' : 'Matches are confirmed; the sponsors are to pay them.';
    case 'paid':
      return isChinese ? '配捐已核定，配捐方已付款。' : 'Matches are confirmed, and the sponsors have paid them.';
  }
}
