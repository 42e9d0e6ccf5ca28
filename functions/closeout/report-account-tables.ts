import { minor } from '../kernel/money.ts';
import type { Signature } from './closeout.ts';
import { type CloseoutReport, netOf } from './closeout-report.ts';
import { accountWords, growthText, opinionText, ruleText, signedAtText, signerText } from './report-account-words.ts';
import { budgetKindText, percentText, providerText, type ReportWords, wordsOf } from './report-words.ts';
import { type FigureCells, questionsOf } from './workbook-figures.ts';
import {
  type Cell,
  COUNT_WIDTH,
  column,
  count,
  countSum,
  MONEY_WIDTH,
  money,
  moneyFormula,
  moneySum,
  type Table,
  text,
} from './workbook-table.ts';

const empty = text('');

/** Way by way, adding up to what was raised; match, interest and fees beside it. */
export function channelTables(report: CloseoutReport): Table[] {
  const { channels, summary, match, language, interestMinor, fees, feesMinor } = report;
  const [words, { fields, none }] = [accountWords(language), wordsOf(language)];
  const beside: Table = {
    columns: [column(fields.figure, 40), column(fields.value, MONEY_WIDTH)],
    rows: [
      [text(words.matchChannel), money(match.matchedMinor, 'match.matchedMinor')],
      [text(words.interest), interestMinor === null ? text(none) : money(interestMinor, 'interestMinor')],
    ],
  };
  const feeTable: Table = {
    columns: [column(words.fees, 40), column(fields.value, MONEY_WIDTH)],
    rows: fees.map(({ provider, merchantId, feesMinor: fee }) => [
      text(`${providerText(wordsOf(language), provider)} ${merchantId}`),
      money(fee, 'fees[].feesMinor'),
    ]),
    total: [text(fields.total), moneySum('B', feesMinor)],
  };
  return [
    {
      columns: [
        column(words.channel, 40),
        column(fields.gifts, COUNT_WIDTH),
        column(fields.raised, MONEY_WIDTH),
        column(fields.refunded, MONEY_WIDTH),
        column(fields.net, MONEY_WIDTH),
      ],
      rows: channels.map((one) => [
        text(words.channels[one.channel]),
        count(one.gifts, 'channels[].gifts'),
        money(one.raisedMinor, 'channels[].raisedMinor'),
        money(one.refundedMinor, 'channels[].refundedMinor'),
        moneyFormula('C{row}-D{row}', netOf(one)),
      ]),
      ...(channels.length === 0
        ? {}
        : {
            total: [
              text(fields.total),
              countSum('B', summary.gifts),
              moneySum('C', summary.raisedMinor),
              moneySum('D', summary.refundedMinor),
              moneySum('E', summary.netMinor),
            ],
          }),
    },
    beside,
    ...(fees.length === 0 ? [] : [feeTable]),
  ];
}

/** Budget against actual, with what may be spent and the variance as formulas. */
export function budgetTable({ budget, language }: CloseoutReport, { fields, ...words }: ReportWords): Table {
  const account = accountWords(language);
  const total = (of: (line: (typeof budget.lines)[number]) => number) =>
    minor(budget.lines.reduce((all, line) => all + of(line), 0));
  return {
    columns: [
      column(fields.item, 36),
      column(fields.kind, 14),
      column(fields.planned, MONEY_WIDTH),
      column(account.transferred, MONEY_WIDTH),
      column(account.current, MONEY_WIDTH),
      column(account.spent, MONEY_WIDTH),
      column(account.variance, MONEY_WIDTH),
      column(fields.share, 10),
      column(account.varianceReason, 48),
    ],
    rows: budget.lines.map((line) => [
      text(line.item),
      text(budgetKindText({ fields, ...words }, line.kind)),
      money(line.plannedMinor, 'budget.lines[].plannedMinor'),
      money(line.transferredMinor, 'budget.lines[].transferredMinor'),
      moneyFormula('C{row}+D{row}', line.currentMinor),
      money(line.spentMinor, 'budget.lines[].spentMinor'),
      moneyFormula('F{row}-E{row}', line.varianceMinor),
      text(percentText(line.shareBasisPoints)),
      text(line.varianceReason ?? ''),
    ]),
    total: [
      text(fields.total),
      empty,
      moneySum('C', budget.plannedMinor),
      moneySum(
        'D',
        total((line) => line.transferredMinor),
      ),
      moneySum(
        'E',
        total((line) => line.currentMinor),
      ),
      moneySum('F', budget.spentMinor),
      moneySum(
        'G',
        total((line) => line.varianceMinor),
      ),
      text(percentText(budget.lines.reduce((all, line) => all + line.shareBasisPoints, 0))),
      empty,
    ],
  };
}

/** Goods, which are in no sum of money. */
export function goodsTables({ budget, language }: CloseoutReport): Table[] {
  if (budget.goods.length === 0) return [];
  const { goodsColumns, unitOf } = accountWords(language);
  return [
    {
      columns: [
        column(goodsColumns.item, 36),
        column(unitOf, 14),
        column(goodsColumns.received, COUNT_WIDTH),
        column(goodsColumns.issued, COUNT_WIDTH),
        column(goodsColumns.onHand, COUNT_WIDTH),
        column(goodsColumns.receivedValue, MONEY_WIDTH),
      ],
      rows: budget.goods.map((one) => [
        text(one.item),
        text(one.unit),
        count(one.received, 'budget.goods[].received'),
        count(one.issued, 'budget.goods[].issued'),
        count(one.onHand, 'budget.goods[].onHand'),
        money(one.receivedMinor, 'budget.goods[].receivedMinor'),
      ]),
      total: [
        text(wordsOf(language).fields.total),
        empty,
        empty,
        empty,
        empty,
        moneySum('F', budget.goodsReceivedMinor),
      ],
    },
  ];
}

/** What people say of the campaign, and its attachments. */
export function outcomeTables({ outcome, language }: CloseoutReport): Table[] {
  const words = accountWords(language);
  const { fields, none } = wordsOf(language);
  const { narrative, beneficiariesReached, beneficiariesNote, outputs = [], auditOpinion } = outcome ?? {};
  const said: Cell[][] = [
    [text(words.narrative), text(narrative ?? words.notStated)],
    [
      text(words.reached),
      beneficiariesReached === undefined
        ? text(words.notStated)
        : count(beneficiariesReached, 'outcome.beneficiariesReached'),
    ],
    [text(words.reached), text(beneficiariesNote ?? none)],
    [text(words.audit), text(auditOpinion === undefined ? words.notStated : opinionText(auditOpinion, language))],
    ...(outcome?.disclosureLinks ?? []).map(({ label, url }) => [text(label), text(url)]),
  ];
  return [
    { columns: [column(fields.figure, 32), column(fields.value, 64)], rows: said },
    {
      columns: [
        column(words.output, 32),
        column(words.unitOf, 14),
        column(words.planned, COUNT_WIDTH),
        column(words.achieved, COUNT_WIDTH),
      ],
      rows: outputs.map(({ what, unit, planned, achieved }) => [
        text(what),
        text(unit),
        planned === undefined ? text(none) : count(planned, 'outcome.outputs[].planned'),
        count(achieved, 'outcome.outputs[].achieved'),
      ]),
    },
    {
      columns: [
        column(words.file, 32),
        column(words.kind, 14),
        column(words.size, COUNT_WIDTH),
        column(words.hash, 66),
      ],
      rows: (outcome?.evidence ?? []).map(({ name, kind, bytes, sha256 }) => [
        text(name),
        text(words.fileKinds[kind]),
        count(bytes, 'outcome.evidence[].bytes'),
        text(sha256),
      ]),
    },
  ];
}

/** Earlier campaigns beside this one, and whom the organisation commends. */
export function yearTables({ yearOnYear, commendation, language }: CloseoutReport): Table[] {
  const words = accountWords(language);
  const { fields, none } = wordsOf(language);
  return [
    {
      columns: [
        column(words.campaign, 40),
        column(words.year, 8),
        column(fields.gifts, COUNT_WIDTH),
        column(fields.donors, COUNT_WIDTH),
        column(fields.net, MONEY_WIDTH),
        column(fields.matched, MONEY_WIDTH),
        column(fields.total, MONEY_WIDTH),
        column(words.source, 40),
      ],
      rows: yearOnYear.map(({ title, year, gifts, donors, netMinor, matchedMinor, from }) => [
        text(title),
        text(String(year)),
        count(gifts, 'yearOnYear[].gifts'),
        donors === null ? text(none) : count(donors, 'yearOnYear[].donors'),
        money(netMinor, 'yearOnYear[].netMinor'),
        money(matchedMinor, 'yearOnYear[].matchedMinor'),
        moneyFormula('E{row}+F{row}', minor(netMinor + matchedMinor)),
        text(
          from.kind === 'by-hand'
            ? words.byHand(from.takenFrom)
            : from.kind === 'report'
              ? words.fromReport(from.sha256)
              : words.here,
        ),
      ]),
    },
    ...(commendation === null
      ? []
      : [
          {
            columns: [
              column(`${words.headings.commendation} · ${ruleText(commendation.rule, language)}`, 40),
              column(fields.rank, 8),
              column(fields.net, MONEY_WIDTH),
              column(words.growth, COUNT_WIDTH),
            ],
            rows: commendation.units.map(({ name, netMinor, growthBasisPoints }, position) => [
              text(name),
              count(position + 1, 'commendation.units[]'),
              money(netMinor, 'commendation.units[].netMinor'),
              text(growthBasisPoints === undefined ? none : growthText(growthBasisPoints).slice(1)),
            ]),
          },
        ]),
  ];
}

/** How each figure was computed, who signed, and in which cells of this workbook each figure stands (`shown`). */
export function sourceTables(
  report: CloseoutReport,
  signatures: readonly Signature[],
  shown: readonly FigureCells[],
): Table[] {
  const { sources, language, preparation } = report;
  const words = accountWords(language);
  return [
    {
      columns: [
        column(words.figuresOf, 60),
        column(words.computedBy, 28),
        column(words.from, 44),
        column(words.itemCount, COUNT_WIDTH),
      ],
      rows: sources.map(({ figures, query, partitions, partitionCount, items }) => [
        text(figures.join(', ')),
        text(query),
        text(partitionCount === 1 ? partitions : `${partitions} × ${partitionCount}`),
        count(items, 'sources[].items'),
      ]),
    },
    {
      columns: [column(words.signsAs, 60), column(words.signer, 28), column(words.signedAt, 44)],
      rows: [
        ...preparation.preparedBy.map(({ name }) => [text(words.preparedBy), text(name), empty]),
        ...signatures.map((one) => [text(one.step), text(signerText(one, language)), text(signedAtText(one, report))]),
      ],
    },
    {
      columns: [column(words.figuresOf, 60), column(words.computedBy, 28), column(words.cells, 44)],
      rows: shown.map(({ sheet, cells, figure }) => [
        text(figure),
        text(questionsOf(sources, figure)),
        text(`${sheet} ${cells}`),
      ]),
    },
  ];
}
