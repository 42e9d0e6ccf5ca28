import type { CampaignStatus } from '../campaigns/campaign-state.ts';
import { formatMoney, minor } from '../kernel/money.ts';
import { type Instant, localTimeText } from '../kernel/time.ts';
import { adjustmentKindText, stageSentence } from '../matching/change-words.ts';
import type { MatchingRule } from '../matching/matching-rule.ts';
import { ruleSentence } from '../matching/rule-words.ts';
import { bar, escaped, named, table } from './page-html.ts';
import type { PublicFigures } from './public-figures.ts';
import type { PublicChange, PublicFund } from './public-match.ts';
import { type PageLanguage, type PageWords, pageWords } from './public-page-words.ts';

/** The page's part about the match: stage, rule by rule what is left, lots, and what changed since the matches were shown. */
export function matchSection(figures: PublicFigures, language: PageLanguage): string {
  const words = pageWords(language);
  const { match } = figures;
  if (match.rules.length === 0) return '';
  const funds = new Map(match.funds.map((fund) => [fund.ruleId, fund]));
  return `<h2>${words.match}</h2>
${stageLine(figures, words, language)}
${match.rules.map((rule) => ruleBlock(rule, funds.get(rule.id), figures, language)).join('\n')}
${match.commitments.map((commitment) => commitmentLine(commitment, words)).join('\n')}
${changesTable(figures, words, language)}`;
}

function stageLine(
  { match, window, organisationName }: PublicFigures,
  words: PageWords,
  language: PageLanguage,
): string {
  if (match.stage === 'not-open') return '';
  const sentence = stageSentence(match.stage, { until: match.noticeUntil ?? undefined, zone: window.zone }, language);
  const objections = match.stage === 'publicised' ? ` ${words.objections(named(organisationName))}` : '';
  return `<p><strong>${sentence}</strong>${objections}</p>`;
}

function ruleBlock(
  rule: MatchingRule,
  fund: PublicFund | undefined,
  figures: PublicFigures,
  language: PageLanguage,
): string {
  const words = pageWords(language);
  const sentence = `<p>${escaped(ruleSentence(rule, language, figures.currency))}</p>`;
  if (fund === undefined) return `<div class="rule">${sentence}</div>`;
  const money = (amount: number): string => formatMoney(minor(amount), figures.currency);
  const lines =
    rule.kind === 'challenge'
      ? challengeLines(rule, fund, words, money)
      : [
          `${bar(fund.remainingMinor, fund.poolMinor, `${words.left} ${money(fund.remainingMinor)}`)}`,
          `<p class="muted">${leftText(fund, figures, words, money)}</p>`,
          ...windowLines(fund, figures, words, money),
        ];
  return `<div class="rule">${sentence}${lines.join('')}</div>`;
}

type Money = (amount: number) => string;

/**
 * What is left of a rule's money. That it is used up is said only while not a fen is left: caps of a donor or a unit are
 * theirs alone, and what goes back with a refund can be drawn again.
 */
function leftText(fund: PublicFund, { match }: PublicFigures, words: PageWords, money: Money): string {
  const left = words.leftOf(money(fund.remainingMinor), money(fund.poolMinor));
  const usedUp = match.stage === 'provisional' && fund.remainingMinor === 0;
  return usedUp ? `${left} · ${words.usedUp}` : left;
}

/** States in which gifts are or will be matched. */
const SHOWS_WINDOWS: ReadonlySet<CampaignStatus> = new Set(['approved', 'filed', 'open', 'paused']);

/** When the rule gives: said while gifts draw, and only where it does not give the whole time. */
function windowLines(
  fund: PublicFund,
  { status, window, match }: PublicFigures,
  words: PageWords,
  money: Money,
): string[] {
  const { zone } = window;
  const rule = match.rules.find(({ id }) => id === fund.ruleId);
  const hasWindows = rule !== undefined && 'windows' in rule && rule.windows !== undefined;
  if (!hasWindows || !SHOWS_WINDOWS.has(status)) return [];
  const lines: string[] = [];
  const { currentWindow, nextWindow } = fund;
  if (currentWindow !== null) {
    const left =
      currentWindow.remainingMinor === 0 ? words.windowUsedUp : words.windowLeft(money(currentWindow.remainingMinor));
    lines.push(words.openWindow(shortTime(currentWindow.until, zone), left));
  }
  if (nextWindow !== null)
    lines.push(
      words.nextWindow(
        shortTime(nextWindow.from, zone),
        shortTime(nextWindow.until, zone),
        money(nextWindow.remainingMinor),
      ),
    );
  if (lines.length === 0) lines.push(words.noMoreWindows);
  return lines.map((line) => `<p class="muted">${line}</p>`);
}

function challengeLines(
  rule: Extract<MatchingRule, { kind: 'challenge' }>,
  { challenge }: PublicFund,
  words: PageWords,
  money: Money,
): string[] {
  if (challenge === null) return [];
  const figure = (amount: number): string => (rule.measure === 'amount' ? money(amount) : String(amount));
  const reached = words.reached(figure(Math.max(0, challenge.reached)), figure(challenge.threshold));
  const state = challenge.unlocked ? words.challengeMet(money(rule.poolMinor)) : words.challengeOpen;
  return [bar(challenge.reached, challenge.threshold, reached), `<p class="muted">${reached} · ${state}</p>`];
}

/** What a random rule is bound to, and after the end the seed that anybody can hash. */
const commitmentLine = (
  { ruleId, seedHash, seed }: PublicFigures['match']['commitments'][number],
  words: PageWords,
): string =>
  `<p class="muted">${words.seedHash(ruleId)} <code>${seedHash}</code>${
    seed === null ? ` · ${words.seedLater}` : `<br>${words.seed} <code>${seed}</code>`
  }</p>`;

function changesTable({ match, window, currency }: PublicFigures, words: PageWords, language: PageLanguage): string {
  const money = (amount: number): string => formatMoney(minor(amount), currency);
  const signed = (amount: number): string =>
    amount === 0 ? money(0) : `${amount > 0 ? '+' : '−'}${money(Math.abs(amount))}`;
  const row = (change: PublicChange): string[] => [
    String(change.giftNo),
    shortTime(change.at, window.zone),
    adjustmentKindText(change.kind, language),
    amountCell(change, words, money),
    signed(change.matchChangeMinor),
  ];
  const changes = table(
    words.changed,
    [words.number, words.time, words.what, words.amount, words.match],
    match.changes.map(row),
  );
  return match.moreChanges ? `${changes}<p class="muted">${words.moreChanges}</p>` : changes;
}

type Amounts = Pick<PublicChange, 'giftMinor' | 'refundedMinor' | 'goodsMinor' | 'goodsBackMinor'>;

/**
 * What was given, and beneath it what went back: both are shown, so that a column adds up to gifts and refunds alike. Goods say
 * so beside their value, which is in no sum with money.
 */
export function amountCell(gift: Amounts, words: PageWords, money: (amount: number) => string): string {
  const given = gift.goodsMinor > 0 ? `<small>${words.goods}</small> ${money(gift.goodsMinor)}` : money(gift.giftMinor);
  const backMinor = gift.refundedMinor + gift.goodsBackMinor;
  return backMinor === 0 ? given : `${given}<br><small>${words.refunded} ${money(backMinor)}</small>`;
}

/** Month, day and minute: the year stands above, and a phone is narrow. */
export const shortTime = (at: Instant, zone: string): string => localTimeText(at, zone).slice(5, 16);
