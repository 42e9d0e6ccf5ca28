import { longDate } from '../kernel/day-text.ts';
import { localDateOf } from '../kernel/time.ts';
import type { CloseoutReport, ReportLanguage } from './closeout-report.ts';
import { type ReportedItem, type ReportStanding, WORKFLOW } from './report-reconciliation.ts';
import { countText, moneyText, wordsOf } from './report-words.ts';

/** Words for discrepancies and what became of them. */
export type ItemWords = typeof chinese;

const chinese = {
  heading: '差异的处理',
  items: '项数',
  atStake: '涉及金额',
  state: '处理状态',
  decision: '处理说明',
  decidedBy: '处理人',
  ways: '处理方式',
  signedOver: '签字承担',
  openSigned: '未处理（签字承担）',
  states: { open: '未处理', resolved: '已处理', carried: '结转' } satisfies Record<ReportedItem['state'], string>,
  resolvedAs: {
    booked: '已补录入账',
    'provider-corrected': '渠道已更正账单',
    refunded: '已退还捐赠人',
    duplicate: '与另一笔重复',
    'not-ours': '非本活动款项',
    explained: '已查明，无须更正',
    'written-off': '核销（两人）',
    agreed: '复核已相符',
  } satisfies Record<NonNullable<ReportedItem['resolvedAs']>, string>,
  classes: {
    'paid-not-booked': '已付款未入账',
    'missing-here': '账单有、本账无',
    'missing-there': '本账有、账单无',
    'amount-differs': '金额不符',
    'currency-differs': '币种不符',
    'state-differs': '状态不符',
    duplicate: '同一订单重复付款',
    'booked-without-order': '入账无订单',
    'order-amount-differs': '与订单金额不符',
    'refunded-there': '账单退款多于本账',
    'refunded-here': '本账退款多于账单',
    'fee-differs': '手续费不符',
    'funds-differ': '资金变动不符',
    'settlement-differs': '到账与提现不符',
    'bill-missing': '缺少账单',
  } satisfies Record<ReportedItem['class'], string>,
  byItself: '系统复核',
  whoAndWhen: (who: string, when: string) => `${who}，${when}`,
  first: (who: string) => `${who}提议`,
  evidence: (what: string) => `依据：${what}`,
  due: (on: string) => `期限 ${on}`,
  takenOver: (campaignId: string) => `由 ${campaignId} 承接`,
  agreedReason: '两边已相符。',
  join: '；',
  stop: '。',
  counted: (items: string, amount: string) => `${items} 项，${amount}`,
  allSettled: (items: string) => `差异共 ${items} 项，均已处理或结转。`,
  signature: (who: string, when: string, items: string, amount: string, reason: string) =>
    `${when}，${who}就当时未处理的 ${items} 项差异（涉及 ${amount}）签字承担，理由：${reason}`,
  stillOpen: (items: string) => `其中 ${items} 项至本报告编制时仍未处理。`,
  note: '上表为账单核对时所见；此处为每一项的处理结果，含不影响账单合计的事项及此后发现的事项。',
};

const english: ItemWords = {
  heading: 'What became of each',
  items: 'Items',
  atStake: 'At stake',
  state: 'State',
  decision: 'Decision',
  decidedBy: 'Decided by',
  ways: 'How settled',
  signedOver: 'Signed over',
  openSigned: 'Open, signed over',
  states: { open: 'Open', resolved: 'Resolved', carried: 'Carried' },
  resolvedAs: {
    booked: 'booked since',
    'provider-corrected': 'bill put right',
    refunded: 'given back',
    duplicate: 'same as another',
    'not-ours': 'not this campaign’s',
    explained: 'right as it is',
    'written-off': 'written off by two',
    agreed: 'agrees by now',
  },
  classes: {
    'paid-not-booked': 'Paid, not booked',
    'missing-here': 'In the bill, not here',
    'missing-there': 'Here, not in the bill',
    'amount-differs': 'Amounts differ',
    'currency-differs': 'Currencies differ',
    'state-differs': 'States differ',
    duplicate: 'Order paid again',
    'booked-without-order': 'Booked without order',
    'order-amount-differs': 'Other than ordered',
    'refunded-there': 'More refunded there',
    'refunded-here': 'More refunded here',
    'fee-differs': 'Fees differ',
    'funds-differ': 'Movements differ',
    'settlement-differs': 'Payout differs',
    'bill-missing': 'No bill',
  },
  byItself: 'by comparison',
  whoAndWhen: (who, when) => `${who}, ${when}`,
  first: (who) => `proposed by ${who}`,
  evidence: (what) => `evidence: ${what}`,
  due: (on) => `due ${on}`,
  takenOver: (campaignId) => `taken over by ${campaignId}`,
  agreedReason: 'Both sides agree now.',
  join: '; ',
  stop: '. ',
  counted: (items, amount) => `${items}, ${amount}`,
  allSettled: (items) => `Items in all: ${items}. Each is resolved or carried on.`,
  signature: (who, when, items, amount, reason) =>
    `On ${when} ${who} signed the items over that were open then (${items}, ${amount} at stake): ${reason}`,
  stillOpen: (items) => `Still open when this report was prepared: ${items}.`,
  note: 'The list above is what the comparison of the bills found. This is what became of each item, those included that change no sum of a bill and those found later.',
};

export const itemWords = (language: ReportLanguage): ItemWords => (language === 'zh-CN' ? chinese : english);

/** How an item stands, and how it was resolved: "Resolved: given back". */
export function stateText({ state, resolvedAs }: ReportedItem, language: ReportLanguage): string {
  const words = itemWords(language);
  if (state === 'open') return words.signedOver;
  if (resolvedAs === undefined) return words.states[state];
  return words.resolvedAs[resolvedAs];
}

/** Why, with what shows it and until when. */
export function decisionText({ decided, resolvedAs }: ReportedItem, language: ReportLanguage): string {
  const words = itemWords(language);
  const { reason, evidence, dueOn, toCampaignId } = decided;
  return [
    resolvedAs === 'agreed' ? words.agreedReason : reason,
    ...(evidence === undefined ? [] : [words.evidence(evidence)]),
    ...(dueOn === undefined ? [] : [words.due(dueOn)]),
    ...(toCampaignId === undefined ? [] : [words.takenOver(toCampaignId)]),
  ].join(words.join);
}

/** Who decided it and on which day; who said so first, where two are needed. */
export function deciderText({ decided }: ReportedItem, { campaign, language }: CloseoutReport): string {
  const words = itemWords(language);
  const { by, at, proposedBy } = decided;
  const who = by.personId === WORKFLOW ? words.byItself : by.name;
  return [
    words.whoAndWhen(who, localDateOf(at, campaign.zone)),
    ...(proposedBy === undefined ? [] : [words.first(proposedBy.name)]),
  ].join(words.join);
}

/** What a leader has to know of the items in one or two sentences; `undefined` where there never was one. */
export function standingText({ reconciliation, campaign, language }: CloseoutReport): string | undefined {
  const words = itemWords(language);
  const { standing, items } = reconciliation;
  if (items.length === 0) return undefined;
  const { signedOver, open } = standing;
  if (open.items === 0 || signedOver === null) return words.allSettled(countText(items.length));
  const { by, at, reason } = signedOver;
  const on = longDate(localDateOf(at, campaign.zone), language);
  const signed = words.signature(by.name, on, countText(signedOver.items), moneyText(signedOver.atStakeMinor), reason);
  return `${signed}${words.stop}${words.stillOpen(countText(open.items))}`;
}

/** State by state, those with items: label, and how many with how much at stake. */
export function standingRows(standing: ReportStanding, language: ReportLanguage): [string, string][] {
  const words = itemWords(language);
  return (['open', 'carried', 'resolved'] as const).flatMap((state): [string, string][] => {
    const { items, atStakeMinor } = standing[state];
    const label = state === 'open' ? words.openSigned : words.states[state];
    return items === 0 ? [] : [[label, words.counted(countText(items), moneyText(atStakeMinor))]];
  });
}

export const classText = (item: ReportedItem, language: ReportLanguage): string =>
  itemWords(language).classes[item.class];

/** The amounts of the two sides, as far as they know the payment. */
export const sideTexts = ({ ourAmountMinor, theirAmountMinor }: ReportedItem, language: ReportLanguage) =>
  [ourAmountMinor, theirAmountMinor].map((amount) =>
    amount === undefined ? wordsOf(language).none : moneyText(amount),
  );
