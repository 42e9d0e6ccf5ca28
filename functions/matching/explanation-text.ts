import { formatMoney, minor } from '../kernel/money.ts';
import { instantOf, localTimeText } from '../kernel/time.ts';
import type { DrawnExplained, ExplainedEvent, ExplainedRule, MatchExplanation } from './explanation.ts';
import { CHINESE } from './explanation-chinese.ts';
import { ENGLISH } from './explanation-english.ts';
import type { ExplanationWords, Written } from './explanation-words.ts';
import { type Language, ruleSentence } from './rule-words.ts';

/** A heading and the sentences below it; a line that begins with `$ ` is a command to be copied whole. */
export type Section = { readonly heading: string; readonly lines: readonly string[] };

const WORDS: Record<Language, ExplanationWords> = { 'zh-CN': CHINESE, en: ENGLISH };

/** An explanation in plain words: what a donor who calls is told, from the gift to what stands now. */
export function explanationText(explanation: MatchExplanation, language: Language): Section[] {
  const words = WORDS[language];
  const written: Written = {
    money: (amountMinor) => formatMoney(minor(amountMinor), explanation.currency),
    time: (instant) => localTimeText(instantOf(instant), explanation.zone),
  };
  return [
    words.gift(explanation, written),
    ...explanation.rules.map((rule, position) =>
      ruleSection(rule, position, explanation, { words, written, language }),
    ),
    ...togetherSection(explanation, words, written),
    ...sinceSection(explanation, words, written),
    { heading: words.now, lines: words.result(explanation, written) },
  ];
}

/** The sections as one text, headings over their lines. */
export const plainText = (sections: readonly Section[]): string =>
  sections.map(({ heading, lines }) => [heading, ...lines.map((line) => `  ${line}`)].join('\n')).join('\n\n');

type Voice = { readonly words: ExplanationWords; readonly written: Written; readonly language: Language };

function ruleSection(
  explained: ExplainedRule,
  position: number,
  { currency }: MatchExplanation,
  { words, written, language }: Voice,
): Section {
  const { rule } = explained;
  return {
    heading: words.rule(position + 1, rule.sponsor, rule.id),
    lines: [
      words.terms(ruleSentence(rule, language, currency)),
      ...(explained.role === 'follows-gifts'
        ? drawnLines(explained, words, written)
        : [explained.role === 'challenge' ? words.challenge(explained.counts) : words.round]),
    ],
  };
}

function drawnLines(drawn: DrawnExplained, words: ExplanationWords, written: Written): string[] {
  const { money } = written;
  const nothing = words.nothing(drawn, written);
  return [
    words.inForce(drawn, written),
    ...(drawn.lot === null ? [] : words.lot(drawn.lot, drawn)),
    ...(nothing === undefined ? [] : [nothing]),
    ...(drawn.steps.length === 0
      ? []
      : [
          words.offer(
            drawn.steps.map((step) => words.step(step, written)),
            money(drawn.offerMinor),
          ),
        ]),
    ...drawn.capsHit.map(({ cap, limitMinor, leftMinor }) =>
      words.cap(cap, money(limitMinor), leftMinor === 0 ? undefined : money(limitMinor - leftMinor), money(leftMinor)),
    ),
    ...(drawn.leftBeforeMinor === null
      ? []
      : [words.pool(drawn.outcome, money(drawn.leftBeforeMinor), money(drawn.matchMinor))]),
    words.drew(money(drawn.matchMinor)),
  ];
}

function togetherSection(
  { most, hold, result }: MatchExplanation,
  words: ExplanationWords,
  written: Written,
): Section[] {
  const lines = [...(most === null ? [] : [words.most(most, written)]), ...(hold === null ? [] : [words.hold(hold)])];
  if (lines.length === 0) return [];
  return [{ heading: `${words.together}: ${written.money(result.matchMinor)}`, lines }];
}

function sinceSection(explanation: MatchExplanation, words: ExplanationWords, written: Written): Section[] {
  const { events, refundsWaiting } = explanation;
  const lines = [
    ...events.flatMap((event) => [
      words.event(event, explanation, written),
      ...eventLines(event, words, written).map((line) => `  ${line}`),
    ]),
    ...refundsWaiting.map(({ amountMinor, occurredAt }) =>
      words.refundWaiting(written.money(amountMinor), written.time(occurredAt)),
    ),
  ];
  return lines.length === 0 ? [] : [{ heading: words.since, lines }];
}

function eventLines(
  { draw, changes, challenges }: ExplainedEvent,
  words: ExplanationWords,
  written: Written,
): string[] {
  return [
    // How an approved claim came to its sum says what was drawn; the bare change would say it twice.
    ...(draw === null
      ? changes.map(({ ruleId, matchMinor }) => words.change(ruleId, matchMinor, written))
      : drawnLines(draw, words, written)),
    ...challenges.map(({ ruleId, kind, lumpMinor }) => words.turned(kind, ruleId, written.money(lumpMinor))),
  ];
}
