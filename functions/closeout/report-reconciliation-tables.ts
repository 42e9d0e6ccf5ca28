import { add, ZERO } from '../kernel/money.ts';
import type { CloseoutReport } from './closeout-report.ts';
import { classText, deciderText, decisionText, itemWords, stateText } from './report-reconciliation-words.ts';
import { preparedAtText, providerText, wordsOf } from './report-words.ts';
import {
  type Cell,
  COUNT_WIDTH,
  column,
  count,
  countSum,
  MONEY_WIDTH,
  money,
  moneySum,
  type Table,
  text,
} from './workbook-table.ts';

/** How the items stand, with every item under it; nothing where there never was one. The columns stand under the bills' ones. */
export function itemTables(report: CloseoutReport): Table[] {
  const { reconciliation, language } = report;
  const { items, standing } = reconciliation;
  if (items.length === 0) return [];
  const [words, all] = [itemWords(language), wordsOf(language)];
  const { fields, none } = all;
  const sumMinor = items.reduce((sum, { atStakeMinor }) => add(sum, atStakeMinor), ZERO);
  const resolvedAs = standing.resolvedAs.map((one) => ({
    label: `${words.states.resolved} · ${words.resolvedAs[one.kind]}`,
    one,
    member: 'resolvedAs[]',
  }));
  const counted = [
    { label: words.openSigned, one: standing.open, member: 'open' },
    { label: words.states.carried, one: standing.carried, member: 'carried' },
    ...resolvedAs,
  ];
  const amount = (one: typeof sumMinor | undefined, side: 'our' | 'their'): Cell =>
    one === undefined ? text(none) : money(one, `reconciliation.items[].${side}AmountMinor`);
  return [
    {
      columns: [
        column(words.heading, 16),
        column('', 24),
        column(words.items, COUNT_WIDTH),
        column(words.atStake, MONEY_WIDTH),
      ],
      rows: counted.map(({ label, one, member }) => [
        text(label),
        text(''),
        count(one.items, `reconciliation.standing.${member}.items`),
        money(one.atStakeMinor, `reconciliation.standing.${member}.atStakeMinor`),
      ]),
      total: [text(fields.total), text(''), countSum('C', items.length), moneySum('D', sumMinor)],
    },
    {
      columns: [
        column(fields.day, 16),
        column(fields.discrepancyKind, 24),
        column(fields.provider, COUNT_WIDTH),
        column(fields.ourAmount, MONEY_WIDTH),
        column(words.state, COUNT_WIDTH),
        column(fields.theirAmount, MONEY_WIDTH),
        column(words.atStake, MONEY_WIDTH),
        column(fields.transactionId, COUNT_WIDTH),
        column(fields.orderNo, MONEY_WIDTH),
        column(words.decision, 40),
        column(words.decidedBy, 24),
      ],
      rows: items.map((item) => [
        text(item.day),
        text(classText(item, language)),
        text(providerText(all, item.provider)),
        amount(item.ourAmountMinor, 'our'),
        text(stateText(item, language)),
        amount(item.theirAmountMinor, 'their'),
        money(item.atStakeMinor, 'reconciliation.items[].atStakeMinor'),
        text(item.transactionId),
        text(item.orderNo ?? none),
        text(decisionText(item, language)),
        text(deciderText(item, report)),
      ]),
      total: [
        text(fields.total),
        ...Array.from({ length: 5 }, () => text('')),
        moneySum('G', sumMinor),
        ...Array.from({ length: 4 }, () => text('')),
      ],
    },
    ...signatureTable(report),
  ];
}

function signatureTable(report: CloseoutReport): Table[] {
  const { signedOver } = report.reconciliation.standing;
  if (signedOver === null) return [];
  const words = itemWords(report.language);
  const { fields } = wordsOf(report.language);
  return [
    {
      columns: [
        column(words.signedOver, 16),
        column(fields.why, 24),
        column(words.items, COUNT_WIDTH),
        column(words.atStake, MONEY_WIDTH),
        column('', COUNT_WIDTH),
        column(fields.time, MONEY_WIDTH),
      ],
      rows: [
        [
          text(signedOver.by.name),
          text(signedOver.reason),
          count(signedOver.items, 'reconciliation.standing.signedOver.items'),
          money(signedOver.atStakeMinor, 'reconciliation.standing.signedOver.atStakeMinor'),
          text(''),
          text(preparedAtText({ ...report, preparedAt: signedOver.at })),
        ],
      ],
    },
  ];
}
