import { type CsvCell, csvOf } from '../kernel/csv.ts';
import { minor } from '../kernel/money.ts';
import type { DisclosureFigures } from './disclosure-figures.ts';
import { CHANNEL_WORDS } from './entry-words.ts';
import type { PageLanguage } from './public-page-words.ts';

/** The words of an account: the same on the page and in the file. */
export const ACCOUNT_WORDS = {
  'zh-CN': {
    item: '项目',
    amount: '金额',
    asOf: (day: string): string => `捐赠、退款与配捐：截至 ${day}`,
    spendingAsOf: (day: string): string => `支出、物资发放、剩余财产、手续费与已拨付配捐：${day} 账面`,
    gifts: '捐赠笔数',
    money: '捐款',
    byChannel: (name: string): string => `捐款渠道：${name}`,
    back: '退款',
    net: '捐款净额',
    goods: '捐赠物资评估价值（另列，不与捐款合计）',
    goodsBack: '退回物资评估价值',
    goodsIssued: '已发放物资评估价值',
    match: '配捐（另列，不计入捐款）',
    lump: '一次性配捐',
    matchPaid: '配捐方已拨付',
    fees: '支付手续费',
    feesUnknown: '尚未核对',
    spent: '支出',
    line: (no: number, item: string): string => `支出：${no}. ${item}`,
    variance: (no: number, reason: string): string => `第 ${no} 项支出与预算不同的原因：${reason}`,
    aid: (people: number, payments: number): string => `其中救助 ${people} 人、${payments} 笔`,
    surplus: (destination: string, on: string): string => `剩余财产用于：${destination}（${on} 决定）`,
    surplusIn: '其他项目转入的剩余财产',
    surplusFrom: (from: string, on: string): string => `其中：${from}，${on} 决定转入`,
    surplusOut: '已转出的剩余财产',
    balance: '结余（净额、已拨付配捐与转入，减手续费、支出与转出）',
    ofSubPlan: (title: string): string => `子计划：${title}`,
    together: '项目合计',
  },
  en: {
    item: 'Item',
    amount: 'Amount',
    asOf: (day: string): string => `Gifts, refunds and matches up to ${day}`,
    spendingAsOf: (day: string): string =>
      `Spending, goods handed on, surplus, fees and matches paid by the books of ${day}`,
    gifts: 'Number of gifts',
    money: 'Money given',
    byChannel: (name: string): string => `By which way it came: ${name}`,
    back: 'Refunded',
    net: 'Money given, net',
    goods: 'Goods given, assessed value (apart; in no sum with money)',
    goodsBack: 'Goods that went back, assessed value',
    goodsIssued: 'Goods handed on, assessed value',
    match: 'Match (apart; not in the money given)',
    lump: 'Lump sums of sponsors',
    matchPaid: 'Paid by the sponsors',
    fees: 'Fees of providers',
    feesUnknown: 'not reconciled yet',
    spent: 'Spent',
    line: (no: number, item: string): string => `Spent: ${no}. ${item}`,
    variance: (no: number, reason: string): string => `Why line ${no} came out otherwise than planned: ${reason}`,
    aid: (people: number, payments: number): string => `Of it aid to ${people} people in ${payments} payments`,
    surplus: (destination: string, on: string): string => `What is left goes to: ${destination} (decided on ${on})`,
    surplusIn: 'Surplus of another campaign that came here',
    surplusFrom: (from: string, on: string): string => `Of that from ${from}, decided on ${on}`,
    surplusOut: 'Surplus that was handed on',
    balance: 'Balance (net gifts, match paid and surplus that came, less fees, spending and surplus handed on)',
    ofSubPlan: (title: string): string => `Sub-plan: ${title}`,
    together: 'The project together',
  },
} as const;

/** One line of an account: what, and how much. `mayBeLeftOut`: where there is none of it, a page need not say so. */
export type AccountRow = { readonly what: string; readonly cell: CsvCell; readonly mayBeLeftOut: boolean };

/** The account of a campaign as rows, the same for a page and for a file. */
export function accountRows(figures: DisclosureFigures, language: PageLanguage): AccountRow[] {
  const words = ACCOUNT_WORDS[language];
  const rare: ReadonlySet<string> = new Set([words.lump, words.goods, words.goodsBack, words.goodsIssued]);
  return rowsOf(figures, language).map(([what, cell]) => ({ what, cell, mayBeLeftOut: rare.has(what) }));
}

function rowsOf(figures: DisclosureFigures, language: PageLanguage): [what: string, cell: CsvCell][] {
  const words = ACCOUNT_WORDS[language];
  const { raised, goods, match, spending, feesMinor, project, currency } = figures;
  const money = (amount: number): CsvCell => ({ amountMinor: minor(amount), currency });
  return [
    [words.gifts, raised.gifts],
    ...raised.channels.map(({ channel, moneyMinor }): [string, CsvCell] => [
      words.byChannel(CHANNEL_WORDS[language][channel]),
      money(moneyMinor),
    ]),
    [words.money, money(raised.moneyMinor)],
    [words.back, money(raised.moneyBackMinor)],
    [words.net, money(raised.netMinor)],
    [words.match, money(match.matchMinor)],
    [words.lump, money(match.lumpMinor)],
    [words.matchPaid, money(match.paidMinor)],
    [words.fees, feesMinor === null ? words.feesUnknown : money(feesMinor)],
    ...(spending?.lines ?? []).map(({ lineNo, item, spentMinor }): [string, CsvCell] => [
      words.line(lineNo, item),
      money(spentMinor),
    ]),
    [words.spent, money(spending?.spentMinor ?? 0)],
    ...(spending?.aid == null || spending.aid.payments === 0
      ? []
      : [
          [words.aid(spending.aid.beneficiaries, spending.aid.payments), money(spending.aid.amountMinor)] as [
            string,
            CsvCell,
          ],
        ]),
    ...(spending === null || spending.surplusInMinor === 0
      ? []
      : [[words.surplusIn, money(spending.surplusInMinor)] as [string, CsvCell]]),
    ...(spending?.surplusIn ?? []).map(({ from, amountMinor, decidedOn }): [string, CsvCell] => [
      words.surplusFrom(from, decidedOn),
      money(amountMinor),
    ]),
    ...(spending?.surplus == null
      ? []
      : [[words.surplusOut, money(spending.surplus.amountMinor)] as [string, CsvCell]]),
    [words.balance, money(figures.balanceMinor)],
    [words.goods, money(goods.receivedMinor)],
    [words.goodsBack, money(goods.backMinor)],
    ...(goods.issuedMinor === null ? [] : [[words.goodsIssued, money(goods.issuedMinor)] as [string, CsvCell]]),
    ...(project?.subPlans ?? []).map(({ title, raised: { netMinor } }): [string, CsvCell] => [
      words.ofSubPlan(title),
      money(netMinor),
    ]),
    ...(project === null ? [] : [[words.together, money(project.together.netMinor)] as [string, CsvCell]]),
  ];
}

/** What the account says in words: why lines came out otherwise than planned, and what is done with what is left. */
export function accountNotes({ spending }: DisclosureFigures, language: PageLanguage): string[] {
  const words = ACCOUNT_WORDS[language];
  if (spending === null) return [];
  const { lines, surplus } = spending;
  return [
    ...lines.flatMap(({ lineNo, varianceReason }) =>
      varianceReason === null ? [] : [words.variance(lineNo, varianceReason)],
    ),
    ...(surplus === null ? [] : [words.surplus(surplus.destination, surplus.decidedOn)]),
  ];
}

/** Of which days the figures are: of gifts, and of what was done with the money. */
export function asOfNotes({ asOf }: DisclosureFigures, language: PageLanguage): string[] {
  const words = ACCOUNT_WORDS[language];
  return [words.asOf(asOf.day), ...(asOf.spendingDay === undefined ? [] : [words.spendingAsOf(asOf.spendingDay)])];
}

/** The account as a file. */
export function accountCsv(figures: DisclosureFigures, language: PageLanguage): string {
  const words = ACCOUNT_WORDS[language];
  const head: CsvCell[][] = [
    ...asOfNotes(figures, language).map((note) => [note]),
    [words.item, `${words.amount} (${figures.currency})`],
  ];
  const notes = accountNotes(figures, language).map((note): CsvCell[] => [note]);
  return csvOf([...head, ...rowsOf(figures, language), ...notes], { bom: true });
}
