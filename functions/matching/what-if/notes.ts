import type { MatchingPlan } from '../matching-plan.ts';
import { isGiftRule } from '../matching-rule.ts';
import type { Language } from '../rule-words.ts';

/** What a replay cannot know, so that nobody takes its figures for more than they are. */
export const WHAT_IF_NOTES = {
  'lots-are-made-up': {
    en: 'Random rules drew with a made-up seed. The real seed is secret, and real draws will differ.',
    'zh-CN': '随机配捐用的是虚构的种子；真实种子保密，实际抽签结果会不同。',
  },
  'donors-are-made-up': {
    en: 'Gifts and donors are generated: reach, years of giving and how often somebody gives again are made up.',
    'zh-CN': '捐款和捐赠人由程序生成：动员人数、捐赠年数和重复捐赠的次数都是虚构的。',
  },
  'claims-are-not-made': {
    en: "Employers' matches are not in the figures: they are drawn by claims, and nobody claims in a replay.",
    'zh-CN': '单位配捐不在数字之内：它须由捐赠人申请，而推演中没有人申请。',
  },
  'years-begin-empty': {
    en: 'Caps a year begin at nothing: what donors drew in other campaigns of the programme is not counted.',
    'zh-CN': '年度上限从零算起：捐赠人在该项目其他募捐中已得的配捐未计入。',
  },
  'refunds-are-not-replayed': {
    en: 'Gifts are replayed as they were paid, those that were refunded later included.',
    'zh-CN': '捐款按支付时的金额推演，其中包括后来退款的。',
  },
} as const satisfies Record<string, Record<Language, string>>;
export type WhatIfNote = keyof typeof WHAT_IF_NOTES;

/** Which of them apply. `replayed`: gifts that somebody gave; `generated`: gifts that nobody did. */
export function whatIfNotes(plans: readonly MatchingPlan[], gifts: 'replayed' | 'generated'): WhatIfNote[] {
  const rules = plans.flatMap((plan) => plan.rules);
  const applies: Record<WhatIfNote, boolean> = {
    'lots-are-made-up': rules.some(({ kind }) => kind === 'random'),
    'donors-are-made-up': gifts === 'generated',
    'claims-are-not-made': rules.some(({ kind }) => kind === 'employer'),
    'years-begin-empty': rules.some((rule) => isGiftRule(rule) && rule.perDonor?.perYear !== undefined),
    'refunds-are-not-replayed': gifts === 'replayed',
  };
  return (Object.keys(applies) as WhatIfNote[]).filter((note) => applies[note]);
}
