import { longDate } from '../kernel/day-text.ts';
import { add, floorRatio, minor } from '../kernel/money.ts';
import type { Signature } from './closeout.ts';
import { type CloseoutReport, netOf } from './closeout-report.ts';
import {
  accountWords,
  growthText,
  opinionText,
  ruleText,
  signedAtText,
  signerText,
  sizeText,
} from './report-account-words.ts';
import type { Block, Column, Section } from './report-pages.ts';
import { budgetChart, yearChart } from './report-pictures.ts';
import { budgetKindText, countText, moneyText, percentText, providerText, wordsOf } from './report-words.ts';

const left = (label: string, width: Column['width'] = 'fit'): Column => ({ label, align: 'left', width });
const right = (label: string): Column => ({ label, align: 'right', width: 'fit' });
const WHOLE_PERMILLE = 1000;

export const chartBlock = (chart: ReturnType<typeof budgetChart>): Block[] =>
  chart === undefined ? [] : [{ kind: 'chart', ...chart }];

/** Below zero with a minus as wide as a digit. */
const signedText = (amount: number): string =>
  amount === 0 ? moneyText(minor(0)) : `${amount > 0 ? '+' : '−'}${moneyText(minor(Math.abs(amount)))}`;

const paragraphs = (text: string): Block[] => text.split('\n').map((line) => ({ kind: 'text', text: line }));

/** By which way money came: every way that the platform asks for, those without a gift too. */
export function channelBlocks(report: CloseoutReport): Block[] {
  const { channels, summary, language, interestMinor, fees, feesMinor } = report;
  const [words, common] = [accountWords(language), wordsOf(language)];
  const best = Math.max(1, ...channels.map((one) => one.raisedMinor), add(summary.matchedMinor, summary.lumpMinor));
  const bar = (amount: number) => ({ barPermille: floorRatio(minor(amount), WHOLE_PERMILLE, minor(best)) });
  const rows = (['public', 'enterprise', 'offline', 'goods'] as const).map((channel) => {
    const found = channels.find((one) => one.channel === channel);
    const { gifts, raisedMinor, refundedMinor } = found ?? { gifts: 0, raisedMinor: minor(0), refundedMinor: minor(0) };
    return [
      words.channels[channel],
      countText(gifts),
      moneyText(raisedMinor),
      moneyText(refundedMinor),
      moneyText(netOf({ raisedMinor, refundedMinor })),
      bar(raisedMinor),
    ];
  });
  return [
    {
      kind: 'table',
      columns: [
        left(words.channel, 'wide'),
        right(common.fields.gifts),
        right(common.fields.raised),
        right(common.fields.refunded),
        right(common.fields.net),
        left(''),
      ],
      rows,
      total: [
        common.fields.total,
        countText(summary.gifts),
        moneyText(summary.raisedMinor),
        moneyText(summary.refundedMinor),
        moneyText(summary.netMinor),
        '',
      ],
    },
    {
      kind: 'pairs',
      rows: [
        [words.matchChannel, moneyText(add(summary.matchedMinor, summary.lumpMinor))],
        [words.interest, interestMinor === null ? words.notStated : moneyText(interestMinor)],
        [words.fees, fees.length === 0 ? words.notStated : moneyText(feesMinor)],
        ...fees.map(
          ({ provider, merchantId, feesMinor: fee }) =>
            [`${providerText(common, provider)} ${merchantId}`, moneyText(fee)] as const,
        ),
      ],
    },
    { kind: 'note', tone: 'plain', text: words.channelNote },
    { kind: 'note', tone: 'plain', text: words.feesNote },
  ];
}

/** What was done, on the word of those who prepared the report. */
export function outcomeBlocks({ outcome, language }: CloseoutReport): Block[] {
  const words = accountWords(language);
  if (outcome === null) return [{ kind: 'note', tone: 'warning', text: words.notStated }];
  const { beneficiariesReached, beneficiariesNote, outputs = [], narrative } = outcome;
  const reached = beneficiariesReached === undefined ? words.notStated : countText(beneficiariesReached);
  return [
    ...(narrative === undefined ? [] : paragraphs(narrative)),
    {
      kind: 'facts',
      rows: [[words.reached, beneficiariesNote === undefined ? reached : `${reached} · ${beneficiariesNote}`]],
    },
    ...(outputs.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            columns: [left(words.output, 'wide'), right(words.planned), right(words.achieved), left(words.unitOf)],
            rows: outputs.map(({ what, planned, achieved, unit }) => [
              what,
              planned === undefined ? '—' : countText(planned),
              countText(achieved),
              unit,
            ]),
          },
        ]),
  ];
}

/** Budget against actual, line by line, with why; aid, goods and what became of money that is left. */
export function spendingBlocks(report: CloseoutReport): Block[] {
  const { budget, language } = report;
  const [words, common] = [accountWords(language), wordsOf(language)];
  const hasTransfers = budget.lines.some(({ transferredMinor }) => transferredMinor !== 0);
  const sumOf = (of: (line: (typeof budget.lines)[number]) => number) =>
    minor(budget.lines.reduce((all, line) => all + of(line), 0));
  const reasons = budget.lines.filter(({ varianceReason }) => varianceReason !== undefined);
  return [
    {
      kind: 'table',
      columns: [
        left(common.fields.item, 'wide'),
        left(common.fields.kind),
        right(common.fields.planned),
        ...(hasTransfers ? [right(words.transferred), right(words.current)] : []),
        right(words.spent),
        right(words.variance),
      ],
      rows: budget.lines.map((line) => [
        line.item,
        budgetKindText(common, line.kind),
        moneyText(line.plannedMinor),
        ...(hasTransfers ? [signedText(line.transferredMinor), moneyText(line.currentMinor)] : []),
        moneyText(line.spentMinor),
        signedText(line.varianceMinor),
      ]),
      total: [
        common.fields.total,
        '',
        moneyText(budget.plannedMinor),
        ...(hasTransfers
          ? [signedText(sumOf((line) => line.transferredMinor)), moneyText(sumOf((line) => line.currentMinor))]
          : []),
        moneyText(budget.spentMinor),
        signedText(sumOf((line) => line.varianceMinor)),
      ],
    },
    ...chartBlock(budgetChart(report)),
    {
      kind: 'pairs',
      rows: [
        [common.fields.target, moneyText(report.campaign.targetMinor)],
        [common.fields.raisedAndMatched, moneyText(report.summary.totalMinor)],
        [common.fields.fundingRate, percentText(report.summary.fundingRateBasisPoints)],
        ...(budget.surplusIn ?? []).map(
          ({ from, amountMinor }) => [words.surplusFrom(from), moneyText(amountMinor)] as const,
        ),
        [words.unspent, signedText(budget.unspentMinor).replace('+', '')],
      ],
    },
    ...(reasons.length === 0
      ? []
      : [
          { kind: 'subheading' as const, text: words.headings.variances },
          {
            kind: 'facts' as const,
            rows: reasons.map(({ item, varianceReason = '' }) => [item, varianceReason] as const),
          },
        ]),
    ...aidBlocks(report),
    ...goodsBlocks(report),
    {
      kind: 'facts',
      rows: [
        [
          words.surplus,
          budget.surplus === undefined
            ? words.noSurplus
            : words.surplusText(
                moneyText(budget.surplus.amountMinor),
                budget.surplus.destination,
                longDate(budget.surplus.decidedOn, language),
              ),
        ],
      ],
    },
  ];
}

function aidBlocks({ budget, language }: CloseoutReport): Block[] {
  const { beneficiaries, payments, amountMinor } = budget.aid;
  if (payments === 0) return [];
  const text = accountWords(language).aid(countText(beneficiaries), countText(payments), moneyText(amountMinor));
  return [{ kind: 'note', tone: 'plain', text }];
}

function goodsBlocks({ budget, language }: CloseoutReport): Block[] {
  if (budget.goods.length === 0) return [];
  const words = accountWords(language);
  const { item, received, issued, onHand, receivedValue } = words.goodsColumns;
  return [
    { kind: 'subheading', text: words.headings.goods },
    {
      kind: 'table',
      columns: [
        left(item, 'wide'),
        left(words.unitOf),
        right(received),
        right(issued),
        right(onHand),
        right(receivedValue),
      ],
      rows: budget.goods.map((one) => [
        one.item,
        one.unit,
        countText(one.received),
        countText(one.issued),
        countText(one.onHand),
        moneyText(one.receivedMinor),
      ]),
    },
  ];
}

/** Units that are commended, with the rule by which. */
export function commendationBlocks({ commendation, language }: CloseoutReport): Block[] {
  if (commendation === null) return [];
  const [words, common] = [accountWords(language), wordsOf(language)];
  const hasGrowth = commendation.rule.kind === 'growth';
  return [
    { kind: 'subheading', text: words.headings.commendation },
    { kind: 'note', tone: 'plain', text: ruleText(commendation.rule, language) },
    commendation.units.length === 0
      ? { kind: 'note', tone: 'plain', text: words.noCommended }
      : {
          kind: 'table',
          columns: [
            right(common.fields.rank),
            left(common.fields.unit, 'wide'),
            right(common.fields.net),
            ...(hasGrowth ? [right(words.growth)] : []),
          ],
          rows: commendation.units.map(({ name, netMinor, growthBasisPoints = 0 }, position) => [
            String(position + 1),
            name,
            moneyText(netMinor),
            ...(hasGrowth ? [growthText(growthBasisPoints)] : []),
          ]),
        },
  ];
}

/** Earlier campaigns beside this one; nothing where none was named. */
export function yearSection(report: CloseoutReport): Section[] {
  const { yearOnYear, language } = report;
  if (yearOnYear.length === 0) return [];
  const [words, common] = [accountWords(language), wordsOf(language)];
  return [
    {
      heading: words.headings.years,
      blocks: [
        {
          kind: 'table',
          columns: [
            left(words.year),
            left(words.campaign, 'wide'),
            right(common.fields.gifts),
            right(common.fields.donors),
            right(common.fields.net),
            right(common.fields.matched),
            left(words.source, 'wide'),
          ],
          rows: yearOnYear.map(({ year, title, gifts, donors, netMinor, matchedMinor, from }) => [
            String(year),
            title,
            countText(gifts),
            donors === null ? common.none : countText(donors),
            moneyText(netMinor),
            moneyText(matchedMinor),
            from.kind === 'by-hand'
              ? words.byHand(from.takenFrom)
              : from.kind === 'report'
                ? words.fromReport(from.sha256.slice(0, 8))
                : words.here,
          ]),
        },
        ...chartBlock(yearChart(report)),
        { kind: 'note', tone: 'plain', text: words.yearNote },
      ],
    },
  ];
}

export function disclosureBlocks({ outcome, language }: CloseoutReport): Block[] {
  const words = accountWords(language);
  const { auditOpinion, disclosureLinks = [] } = outcome ?? {};
  return [
    {
      kind: 'facts',
      rows: [
        [words.audit, auditOpinion === undefined ? words.notStated : opinionText(auditOpinion, language)],
        ...(disclosureLinks.length === 0 ? ([[words.links, words.noLinks]] as const) : []),
        ...disclosureLinks.map(({ label, url }) => [label, url] as const),
      ],
    },
  ];
}

/** Who prepared and who signed what; boxes to sign on paper where nobody has. */
export function signatureBlocks(
  report: CloseoutReport,
  reportSha256: string | undefined,
  signatures: readonly Signature[],
): Block[] {
  const { language, preparation } = report;
  const words = accountWords(language);
  const names = preparation.preparedBy.map(({ name }) => name).join(language === 'zh-CN' ? '、' : ', ');
  const facts: Block = {
    kind: 'facts',
    rows: [
      [words.preparedBy, names === '' ? words.notStated : names],
      ...(reportSha256 === undefined ? [] : [[words.hash, reportSha256] as const]),
    ],
  };
  if (signatures.length === 0)
    return [
      { kind: 'note', tone: 'warning', text: words.unsigned },
      facts,
      { kind: 'boxes', labels: words.signBoxes, dateLabel: words.dateLine },
    ];
  return [
    facts,
    {
      kind: 'table',
      columns: [left(words.signsAs, 'wide'), left(words.signer, 'wide'), left(words.signedAt)],
      rows: signatures.map((one) => [one.step, signerText(one, language), signedAtText(one, report)]),
    },
    { kind: 'note', tone: 'plain', text: words.signNote },
  ];
}

export function evidenceBlocks({ outcome, language }: CloseoutReport): Block[] {
  const words = accountWords(language);
  const files = outcome?.evidence ?? [];
  if (files.length === 0) return [{ kind: 'note', tone: 'plain', text: words.noFiles }];
  return [
    {
      kind: 'table',
      small: true,
      columns: [left(words.file, 'wide'), left(words.kind), right(words.size), left(words.hash, 'wide')],
      rows: files.map(({ name, kind, bytes, sha256 }) => [name, words.fileKinds[kind], sizeText(bytes), sha256]),
    },
    { kind: 'note', tone: 'plain', text: words.evidenceNote },
  ];
}

export function sourceBlocks({ sources, language }: CloseoutReport): Block[] {
  const words = accountWords(language);
  return [
    {
      kind: 'table',
      small: true,
      columns: [
        left(words.figuresOf, 'wide'),
        left(words.computedBy),
        left(words.from, 'wide'),
        right(words.itemCount),
      ],
      rows: sources.map(({ figures, query, partitions, partitionCount, items }) => [
        figures.join(', '),
        query,
        partitionCount === 1 ? partitions : `${partitions} × ${countText(partitionCount)}`,
        countText(items),
      ]),
    },
    { kind: 'note', tone: 'plain', text: words.sourcesNote },
  ];
}
