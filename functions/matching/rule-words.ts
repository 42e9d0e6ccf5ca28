import { type Currency, formatMoney, minor } from '../kernel/money.ts';
import { type GiftRule, isGiftRule, type MatchingRule, type RoundRule } from './matching-rule.ts';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
type Words = (rule: MatchingRule, money: (amountMinor: number) => string) => string[];

/** 2,550 basis points are "25.5%", exactly. */
export const percent = (basisPoints: number): string => {
  const digits = String(basisPoints).padStart(3, '0');
  const decimals = digits.slice(-2).replace(/0+$/, '');
  return `${digits.slice(0, -2)}${decimals === '' ? '' : `.${decimals}`}%`;
};
const range = (low: number, high: number): string => (low === high ? percent(low) : `${percent(low)}–${percent(high)}`);

/**
 * A rule as sentences made from its own numbers, so that words and numbers cannot part: for the public page, the report
 * and explanations. The sponsor's name is as people typed it: whoever sets it into HTML escapes it.
 */
export function ruleSentence(rule: MatchingRule, language: Language, currency: Currency): string {
  const money = (amount: number): string => formatMoney(minor(amount), currency);
  return language === 'zh-CN'
    ? `${rule.sponsor}：${chinese(rule, money).join('，')}。`
    : `${rule.sponsor}: ${english(rule, money).join(', ')}.`;
}

const chinese: Words = (rule, money) => {
  const pool = `共 ${money(rule.poolMinor)}`;
  if (rule.kind === 'challenge')
    return [
      rule.measure === 'amount'
        ? `捐款满 ${money(rule.threshold)}`
        : rule.measure === 'donors'
          ? `捐赠人满 ${rule.threshold} 位`
          : `捐款满 ${rule.threshold} 笔`,
      `追加 ${money(rule.poolMinor)}`,
    ];
  if (!isGiftRule(rule)) return [pool, '募捐截止后一次分配', ...chineseRound(rule, money)];
  return [...chineseOffer(rule, money), ...chineseCaps(rule, money), pool, '按入账次序配完为止'];
};

const CHINESE_SCORES = { amount: '筹款额', donors: '捐赠人数', gifts: '捐款笔数' } as const;

function chineseRound(rule: RoundRule, money: (amountMinor: number) => string): string[] {
  if (rule.kind === 'performance')
    return rule.tiers.map(
      ({ sumMinor, atLeastMinor, by }) =>
        `${atLeastMinor === 0 ? '所有单位' : `筹款满 ${money(atLeastMinor)} 的单位`}${by === 'equal' ? '均分' : `按${CHINESE_SCORES[by]}分`} ${money(sumMinor)}`,
    );
  return [
    rule.variant === 'linear'
      ? '按平方配捐公式分给各单位（每位捐赠人捐款合计开方求和再平方，减去捐款合计）'
      : '按捐赠人捐款合计开方求和再平方的比例分给各单位',
    rule.scaleUp ? '全部分完' : '公式值不足时余额不分配',
    ...(rule.capShareBasisPoints === undefined ? [] : [`每个单位最多占 ${percent(rule.capShareBasisPoints)}`]),
  ];
}

function chineseOffer(rule: GiftRule, money: (amountMinor: number) => string): string[] {
  switch (rule.kind) {
    case 'ratio':
      return [
        `每捐 ${rule.denominator} 元配 ${rule.numerator} 元`,
        ...(rule.bands ?? []).map(
          ({ fromReach, lowBasisPoints }) => `动员满 ${fromReach} 人加配 ${percent(lowBasisPoints)}`,
        ),
      ];
    case 'employer':
      return [
        `员工每捐 ${rule.denominator} 元配 ${rule.numerator} 元`,
        `捐后 ${rule.requestWithinDays} 天内申请，经审核后配捐`,
      ];
    case 'loyalty':
      return [
        ...rule.tiers.map(
          ({ atLeastYears, numerator, denominator }) =>
            `捐赠满 ${atLeastYears} 年者每捐 ${denominator} 元配 ${numerator} 元`,
        ),
        ...(rule.streakBonus === undefined
          ? []
          : [`满 ${rule.streakBonus.atLeastYears} 年者另加 ${money(rule.streakBonus.amountMinor)} 一次`]),
      ];
    case 'random':
      return [
        `每笔捐款有 ${rule.winNumerator}/${rule.winDenominator} 的机会获得 ${range(rule.lowBasisPoints, rule.highBasisPoints)} 的随机配捐`,
        ...(rule.bands ?? []).map(
          ({ fromReach, lowBasisPoints, highBasisPoints }) =>
            `动员满 ${fromReach} 人加配基数的 ${range(lowBasisPoints, highBasisPoints)}`,
        ),
        ...(rule.multiplier === undefined
          ? []
          : [
              `动员满 ${rule.multiplier.fromReach} 人再加基数的 ${rule.multiplier.lowest}–${rule.multiplier.highest} 倍`,
            ]),
      ];
  }
}

function chineseCaps(
  { perGift, perDonor, perUnit, windows }: GiftRule,
  money: (amountMinor: number) => string,
): string[] {
  return [
    ...(windows === undefined
      ? []
      : [`限 ${windows.map(({ from, until }) => `${shortTime(from)}至${shortTime(until)}`).join('、')}`]),
    ...(perGift?.minMinor === undefined ? [] : [`单笔满 ${money(perGift.minMinor)} 起`]),
    ...(perGift?.capMinor === undefined ? [] : [`单笔最多配 ${money(perGift.capMinor)}`]),
    ...(perDonor?.capMinor === undefined ? [] : [`每人最多配 ${money(perDonor.capMinor)}`]),
    ...(perDonor?.perDayMinor === undefined ? [] : [`每人每天最多配 ${money(perDonor.perDayMinor)}`]),
    ...(perDonor?.perYear === undefined ? [] : [`每人每年度最多配 ${money(perDonor.perYear.capMinor)}`]),
    ...(perUnit === undefined
      ? []
      : [
          'capMinor' in perUnit
            ? `每个单位最多配 ${money(perUnit.capMinor)}`
            : `每个单位最多占 ${percent(perUnit.shareBasisPoints)}`,
        ]),
  ];
}

const english: Words = (rule, money) => {
  const pool = `${money(rule.poolMinor)} in all`;
  if (rule.kind === 'challenge')
    return [
      `adds ${money(rule.poolMinor)} when ${
        rule.measure === 'amount'
          ? `gifts reach ${money(rule.threshold)}`
          : `there are ${rule.threshold} ${rule.measure === 'donors' ? 'donors' : 'gifts'}`
      }`,
    ];
  if (!isGiftRule(rule)) return [pool, 'shared once after the close', ...englishRound(rule, money)];
  return [...englishOffer(rule, money), ...englishCaps(rule, money), pool, 'in order of booking until it is used up'];
};

const ENGLISH_SCORES = { amount: 'what they raised', donors: 'their donors', gifts: 'their gifts' } as const;

function englishRound(rule: RoundRule, money: (amountMinor: number) => string): string[] {
  if (rule.kind === 'performance')
    return rule.tiers.map(
      ({ sumMinor, atLeastMinor, by }) =>
        `${money(sumMinor)} ${by === 'equal' ? 'in equal parts' : `by ${ENGLISH_SCORES[by]}`} among ${atLeastMinor === 0 ? 'all units' : `units that raised ${money(atLeastMinor)}`}`,
    );
  return [
    rule.variant === 'linear'
      ? "by the quadratic formula (the square of the sum of the roots of the donors' totals, less those totals)"
      : "in proportion to the square of the sum of the roots of the donors' totals",
    rule.scaleUp ? 'all of it' : 'and what the formula does not reach stays unspent',
    ...(rule.capShareBasisPoints === undefined ? [] : [`at most ${percent(rule.capShareBasisPoints)} of it a unit`]),
  ];
}

function englishOffer(rule: GiftRule, money: (amountMinor: number) => string): string[] {
  switch (rule.kind) {
    case 'ratio':
      return [
        `gives ${rule.numerator} for every ${rule.denominator} given`,
        ...(rule.bands ?? []).map(
          ({ fromReach, lowBasisPoints }) => `${percent(lowBasisPoints)} more for donors who moved ${fromReach} people`,
        ),
      ];
    case 'employer':
      return [
        `gives ${rule.numerator} for every ${rule.denominator} given by its people`,
        `asked for within ${rule.requestWithinDays} days and approved`,
      ];
    case 'loyalty':
      return [
        ...rule.tiers.map(
          ({ atLeastYears, numerator, denominator }) =>
            `gives ${numerator} for every ${denominator} given by donors of ${atLeastYears} years`,
        ),
        ...(rule.streakBonus === undefined
          ? []
          : [`${money(rule.streakBonus.amountMinor)} once for donors of ${rule.streakBonus.atLeastYears} years`]),
      ];
    case 'random':
      return [
        `draws ${range(rule.lowBasisPoints, rule.highBasisPoints)} for ${rule.winNumerator} in ${rule.winDenominator} gifts by lot`,
        ...(rule.bands ?? []).map(
          ({ fromReach, lowBasisPoints, highBasisPoints }) =>
            `${range(lowBasisPoints, highBasisPoints)} of that more for donors who moved ${fromReach} people`,
        ),
        ...(rule.multiplier === undefined
          ? []
          : [
              `${rule.multiplier.lowest} to ${rule.multiplier.highest} times that more for donors who moved ${rule.multiplier.fromReach} people`,
            ]),
      ];
  }
}

function englishCaps(
  { perGift, perDonor, perUnit, windows }: GiftRule,
  money: (amountMinor: number) => string,
): string[] {
  return [
    ...(windows === undefined
      ? []
      : [`only ${windows.map(({ from, until }) => `${shortTime(from)} to ${shortTime(until)}`).join(' and ')}`]),
    ...(perGift?.minMinor === undefined ? [] : [`from ${money(perGift.minMinor)} a gift`]),
    ...(perGift?.capMinor === undefined ? [] : [`at most ${money(perGift.capMinor)} a gift`]),
    ...(perDonor?.capMinor === undefined ? [] : [`at most ${money(perDonor.capMinor)} a donor`]),
    ...(perDonor?.perDayMinor === undefined ? [] : [`at most ${money(perDonor.perDayMinor)} a donor and day`]),
    ...(perDonor?.perYear === undefined ? [] : [`at most ${money(perDonor.perYear.capMinor)} a donor and year`]),
    ...(perUnit === undefined
      ? []
      : [
          'capMinor' in perUnit
            ? `at most ${money(perUnit.capMinor)} a unit`
            : `at most ${percent(perUnit.shareBasisPoints)} of it a unit`,
        ]),
  ];
}

/** `2026-09-07T10:00` as `09-07 10:00`. */
const shortTime = (moment: string): string => moment.slice(5).replace('T', ' ');
