import { styleText } from 'node:util';
import { formatMoney, minor } from '../../functions/kernel/money.ts';
import { instantOf, localTimeText } from '../../functions/kernel/time.ts';
import type { Language } from '../../functions/matching/rule-words.ts';
import type { DraftFigures, RuleFigures, WhatIfResult } from '../../functions/matching/what-if/figures.ts';
import { WHAT_IF_NOTES } from '../../functions/matching/what-if/notes.ts';
import { framelessTable } from '../frameless-table.ts';
import type { Replayed } from './replay.ts';
import { WHAT_IF_WORDS, type WhatIfWords } from './words.ts';

const yuan = (amountMinor: number): string => formatMoney(minor(amountMinor), 'CNY');
const number = (count: number): string => count.toLocaleString('en-US');
const yuanOrDash = (amountMinor: number): string => (amountMinor === 0 ? '–' : yuan(amountMinor));
/** 7,696 basis points are `76.96%`. */
const percent = (basisPoints: number): string =>
  `${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, '0')}%`;

type Words = WhatIfWords;
type View = {
  readonly words: Words;
  readonly names: readonly string[];
  readonly zone: string;
  readonly result: WhatIfResult;
};

/** Everything that a person reads of a replay, as text for a terminal. */
export function whatIfText(replayed: Replayed, language: Language): string {
  const { draftNames, window, notes, result } = replayed;
  const words = WHAT_IF_WORDS[language];
  const view: View = { words, names: draftNames, zone: window.zone, result };
  return [
    sourceLine(replayed, words),
    section(words.summary, summaryTable(view)),
    section(words.rules, rulesTable(view)),
    hoursSection(view),
    ...cappedSections(view),
    section(words.units, unitsTable(view)),
    notes.map((note) => `* ${WHAT_IF_NOTES[note][language]}`).join('\n'),
    '',
  ].join('\n\n');
}

function sourceLine({ result: { gifts }, window, movedDays, seed }: Replayed, words: Words): string {
  const source = seed === undefined ? words.replayed(movedDays ?? 0) : words.generated(seed);
  const outside = gifts.outside.gifts === 0 ? [] : [words.outside(number(gifts.outside.gifts))];
  return [
    '',
    [`${number(gifts.count)} ${source}`, yuan(gifts.amountMinor), words.from(number(gifts.donors)), ...outside].join(
      ' · ',
    ),
    `${window.firstDay} – ${window.lastDay} (${window.zone})`,
  ].join('\n');
}

const section = (title: string, table: string): string => `${styleText('bold', title)}\n${table}`;

/** A column for each draft, named after its file. */
const drafted = (view: View, label: string, value: (draft: DraftFigures) => string): string[] => [
  label,
  ...view.result.drafts.map(value),
];

function summaryTable(view: View): string {
  const { words, names, result } = view;
  const some = (amount: (draft: DraftFigures) => number): boolean => result.drafts.some((draft) => amount(draft) > 0);
  const rows = [
    drafted(view, words.pool, ({ poolMinor }) => yuan(poolMinor)),
    drafted(view, words.matched, ({ matchMinor }) => yuan(matchMinor)),
    ...(some(({ lumpMinor }) => lumpMinor) ? [drafted(view, words.lumps, ({ lumpMinor }) => yuan(lumpMinor))] : []),
    ...(some(({ roundMinor }) => roundMinor)
      ? [drafted(view, words.rounds, ({ roundMinor }) => yuan(roundMinor))]
      : []),
    drafted(view, words.left, ({ remainingMinor }) => yuan(remainingMinor)),
    drafted(
      view,
      words.giftsMatched,
      ({ matchedGifts, matchedBasisPoints }) => `${number(matchedGifts)} (${percent(matchedBasisPoints)})`,
    ),
    drafted(view, words.giftsCapped, ({ capped }) => number(capped.gifts)),
    drafted(view, words.donorsCapped, ({ capped }) => number(capped.donors)),
    ...(some(({ held }) => held.gifts)
      ? [drafted(view, words.held, ({ held }) => `${number(held.gifts)} (${yuan(held.matchMinor)})`)]
      : []),
  ];
  return framelessTable(['', ...names], rows, ['left', ...names.map(() => 'right' as const)]);
}

function rulesTable({ words, names, zone, result }: View): string {
  const time = (instant: string): string => localTimeText(instantOf(instant), zone);
  const endOf = ({ kind, challenge, runsOutAt }: RuleFigures): string => {
    if (kind === 'quadratic' || kind === 'performance') return words.atTheEnd;
    if (challenge === null) return runsOutAt === null ? words.never : time(runsOutAt);
    if (challenge.reachedAt !== null) return words.reached(time(challenge.reachedAt));
    const shown = challenge.measure === 'amount' ? yuan : number;
    return words.notReached(shown(challenge.progress), shown(challenge.threshold));
  };
  const rows = result.drafts.flatMap((draft, n) =>
    draft.rules.flatMap((rule) => [
      [
        names[n] ?? '',
        rule.ruleId,
        yuan(rule.poolMinor),
        yuan(rule.usedMinor),
        yuan(rule.remainingMinor),
        endOf(rule),
        rule.matchedGifts === 0 ? '' : number(rule.matchedGifts),
      ],
      ...rule.subPools.map(({ id, poolMinor, usedMinor, runsOutAt }) => [
        '',
        `  ${id}`,
        yuan(poolMinor),
        yuan(usedMinor),
        yuan(poolMinor - usedMinor),
        runsOutAt === null ? words.never : time(runsOutAt),
        '',
      ]),
    ]),
  );
  const head = [words.draft, words.rule, words.pool, words.used, words.left, words.runsOut, words.giftsMatched];
  return framelessTable(head, rows, ['left', 'left', 'right', 'right', 'right', 'left', 'right']);
}

/** More hours than fit on some screens are shown as days. */
const MOST_HOURS = 100;
/** More rules than this make rows too wide to read: then each draft has one column. */
const MOST_RULE_COLUMNS = 4;
const BAR_COLUMNS = 16;

type Column = { readonly head: string; readonly used: readonly number[] };

function hoursSection(view: View): string {
  const { words, result, names } = view;
  const byDay = result.hours.length > MOST_HOURS;
  const groups = groupsOf(result, byDay);
  const columns = columnsOf(view);
  const totals = result.drafts.map((draft) => sumByHour(draft));
  const largest = Math.max(1, ...totals.flatMap((total) => groups.map(({ places }) => sumOf(total, places))));
  const rows = groups.map(({ name, places }, position) => [
    withoutRepetition(name, groups[position - 1]?.name),
    number(places.reduce((sum, place) => sum + (result.hours[place]?.gifts ?? 0), 0)),
    yuan(places.reduce((sum, place) => sum + (result.hours[place]?.amountMinor ?? 0), 0)),
    ...columns.map(({ used }) => yuanOrDash(sumOf(used, places))),
    ...totals.map((total) => bar(sumOf(total, places), largest)),
  ]);
  const bars = totals.map((_, n) => (names.length === 1 ? '' : (names[n] ?? '')));
  const head = [byDay ? words.day : words.hour, words.gifts, words.given, ...columns.map(({ head }) => head), ...bars];
  const aligned = ['left', 'right', 'right', ...columns.map(() => 'right'), ...bars.map(() => 'left')] as const;
  return section(byDay ? words.days : words.hours, framelessTable(head, rows, [...aligned] as ('left' | 'right')[]));
}

/** The hour alone below the first one of its day. */
function withoutRepetition(name: string, before: string | undefined): string {
  const [day = '', hour] = name.split(' ');
  return hour !== undefined && before?.startsWith(day) === true ? `${' '.repeat(day.length)} ${hour}` : name;
}

function columnsOf({ words, result, names }: View): Column[] {
  const spent = result.drafts.map(({ rules }) =>
    rules.filter(({ kind }) => kind !== 'quadratic' && kind !== 'performance'),
  );
  const isWide = spent.flat().length > MOST_RULE_COLUMNS;
  return result.drafts.flatMap((draft, n): Column[] => {
    const name = names[n] ?? '';
    if (isWide) return [{ head: `${name} ${words.all}`, used: sumByHour(draft) }];
    return (spent[n] ?? []).map(({ ruleId, usedByHourMinor }) => ({
      head: names.length === 1 ? ruleId : `${name} ${ruleId}`,
      used: usedByHourMinor,
    }));
  });
}

const sumByHour = ({ rules }: DraftFigures): number[] =>
  (rules[0]?.usedByHourMinor ?? []).map((_, place) =>
    rules.reduce((sum, rule) => sum + (rule.usedByHourMinor[place] ?? 0), 0),
  );
const sumOf = (values: readonly number[], places: readonly number[]): number =>
  places.reduce((sum, place) => sum + (values[place] ?? 0), 0);

function groupsOf({ hours }: WhatIfResult, byDay: boolean): { readonly name: string; readonly places: number[] }[] {
  const groups = new Map<string, number[]>();
  for (const [place, { hour }] of hours.entries()) {
    const name = byDay ? hour.slice(0, 10) : hour.replace('T', ' ');
    groups.set(name, [...(groups.get(name) ?? []), place]);
  }
  return [...groups].map(([name, places]) => ({ name, places }));
}

/** Eighths of a character, so that small hours show too. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
function bar(amount: number, largest: number): string {
  const eighths = amount === 0 ? 0 : Math.max(1, Math.round((amount / largest) * BAR_COLUMNS * 8));
  return `${'█'.repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8] ?? ''}`;
}

function cappedSections(view: View): string[] {
  const { words, result, names } = view;
  const caps = [...new Set(result.drafts.flatMap(({ capped }) => capped.byCap.map(({ cap }) => cap)))];
  if (caps.length === 0) return [];
  const rows = caps.map((cap) => [
    words.capNames[cap],
    ...result.drafts.flatMap(({ capped }) => {
      const found = capped.byCap.find((one) => one.cap === cap);
      return found === undefined ? ['', ''] : [number(found.gifts), number(found.donors)];
    }),
  ]);
  const head = [
    words.cap,
    ...names.flatMap((name) => [`${prefix(names, name)}${words.gifts}`, `${prefix(names, name)}${words.donors}`]),
  ];
  const top = result.drafts.flatMap(({ capped }, n) =>
    capped.top.map(({ donorId, gifts, withheldMinor }) => [
      names[n] ?? '',
      donorId,
      number(gifts),
      yuan(withheldMinor),
    ]),
  );
  return [
    section(words.caps, framelessTable(head, rows, ['left', ...head.slice(1).map(() => 'right' as const)])),
    section(
      words.top,
      framelessTable([words.draft, words.donor, words.gifts, words.withheld], top, ['left', 'left', 'right', 'right']),
    ),
  ];
}

/** With one draft its name would say nothing. */
const prefix = (names: readonly string[], name: string): string => (names.length === 1 ? '' : `${name} `);

function unitsTable({ words, result, names }: View): string {
  const hasRounds = result.drafts.map(({ roundMinor }) => roundMinor > 0);
  const unitIds = [...new Set(result.drafts.flatMap(({ units }) => units.map(({ unitId }) => unitId)))];
  const rows = unitIds.map((unitId) => {
    const found = result.drafts.map(({ units }) => units.find((unit) => unit.unitId === unitId));
    const [first] = found.filter((unit) => unit !== undefined);
    return [
      unitId === '-' ? words.none : unitId,
      number(first?.gifts ?? 0),
      yuan(first?.amountMinor ?? 0),
      ...found.flatMap((unit, n) => [
        yuan(unit?.matchMinor ?? 0),
        ...(hasRounds[n] === true ? [yuan(unit?.roundMinor ?? 0)] : []),
      ]),
    ];
  });
  const columns = names.flatMap((name, n) => [
    `${prefix(names, name)}${words.match}`,
    ...(hasRounds[n] === true ? [`${prefix(names, name)}${words.round}`] : []),
  ]);
  return framelessTable([words.unit, words.gifts, words.given, ...columns], rows, [
    'left',
    'right',
    'right',
    ...columns.map(() => 'right' as const),
  ]);
}
