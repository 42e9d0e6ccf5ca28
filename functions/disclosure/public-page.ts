import { formatMoney, minor } from '../kernel/money.ts';
import { bar, escaped, named, table } from './page-html.ts';
import type { PublicFigures } from './public-figures.ts';
import type { PublicGift } from './public-gift.ts';
import { amountCell, matchSection, shortTime } from './public-page-match.ts';
import { type PublicPlan, planSection } from './public-page-plan.ts';
import { type PageLanguage, type PageWords, pageWords } from './public-page-words.ts';

/** Browsers run nothing and load nothing on this page: what a donor wrote can only ever be text. */
export const PAGE_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors *";
/** While gifts come in, a page that is left open asks again this often; the answer comes from a cache. */
const REFRESH_SECONDS = 30;

/** A campaign's public page: plain HTML without script, readable without style, light enough for any phone. */
export function publicPage(
  figures: PublicFigures,
  gifts: readonly PublicGift[],
  language: PageLanguage,
  plan: PublicPlan,
): string {
  const words = pageWords(language);
  const money = (amount: number): string => formatMoney(minor(amount), figures.currency);
  const { raised, match, window } = figures;
  const hasRefunds = raised.refundedMinor > 0;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${figures.status === 'open' ? `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">` : ''}
<title>${escaped(figures.title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${figures.generatedData ? `<p class="notice">${words.generated}</p>` : ''}
<p class="kicker" dir="auto">${escaped(figures.organisationName)}</p>
<h1 dir="auto">${escaped(figures.title)}</h1>
<p class="muted">${window.firstDay} – ${window.lastDay} (${escaped(window.zone)}) · ${words.status[figures.status]}</p>
<p dir="auto">${escaped(figures.purpose)}</p>
<dl class="figures">
${figure(hasRefunds ? words.net : words.gifts, money(raised.giftsMinor - raised.refundedMinor), giftsNote(raised, words, money))}
${figure(words.match, money(raised.matchMinor), match.rules.length === 0 ? '' : `${words.poolLeft} ${money(match.remainingMinor)}`)}
${raised.lumpMinor === 0 ? '' : figure(words.lump, money(raised.lumpMinor), words.lumpNote)}
${figure(words.total, money(raised.totalMinor), `${words.target} ${money(figures.targetMinor)}`)}
</dl>
${goodsLine(raised, words, money)}${progress(raised.totalMinor, figures.targetMinor, words)}
${matchSection(figures, language)}
${table(
  words.units,
  [words.rank, words.unit, words.count, hasRefunds ? words.net : words.amount, words.match],
  figures.units.map((unit) => [
    String(unit.rank),
    named(unit.name),
    String(unit.gifts),
    money(unit.giftsMinor - unit.refundedMinor),
    money(unit.matchMinor),
  ]),
  3,
)}
${table(
  words.recent,
  [words.number, words.time, words.donor, words.amount, words.match],
  gifts.map((gift) => [
    String(gift.no),
    shortTime(gift.at, window.zone),
    gift.name === null ? `<i>${words.anonymous}</i>` : named(gift.name),
    amountCell(gift, words, money),
    money(gift.matchMinor),
  ]),
)}
<p><a href="disclosures/page?lang=${language}">${words.disclosures}</a> · <a href="proof?lang=${language}">${words.proof}</a></p>
${planSection(plan, language)}
<h2>${words.whatCounts}</h2>
<ul class="muted">${Object.values(figures.whatCounts[language])
    .map((line) => `<li>${line}</li>`)
    .join('')}</ul>
</main>
</body>
</html>
`;
}

/** How many gave, and where anything went back to donors, what the net sum is made of. */
function giftsNote(
  { gifts, donors, giftsMinor, refundedMinor }: PublicFigures['raised'],
  words: PageWords,
  money: (amount: number) => string,
): string {
  const counted = `${gifts} ${words.giftCount} · ${donors} ${words.donors}`;
  return refundedMinor === 0 ? counted : `${words.netOf(money(giftsMinor), money(refundedMinor))} · ${counted}`;
}

/** Goods stand in a line of their own, beneath the money that adds up. */
function goodsLine(
  { goodsMinor, goodsBackMinor }: PublicFigures['raised'],
  words: PageWords,
  money: (amount: number) => string,
): string {
  if (goodsMinor === 0) return '';
  const back = goodsBackMinor === 0 ? '' : ` · ${words.goodsBack} ${money(goodsBackMinor)}`;
  return `<p class="muted">${words.goods} <b>${money(goodsMinor)}</b>${back} · ${words.goodsNote}</p>\n`;
}

const figure = (label: string, value: string, note: string): string =>
  `<div><dt>${label}</dt><dd>${value}</dd><dd class="muted">${note}</dd></div>`;

function progress(totalMinor: number, targetMinor: number, words: PageWords): string {
  const percent = Math.floor((totalMinor * 100) / targetMinor);
  return `${bar(totalMinor, targetMinor, `${words.target} ${percent}%`)}<p class="muted">${percent}%</p>`;
}

/** What the pages of a campaign look like: light and dark, from a narrow telephone up. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--accent:#b3261e;--line:#d9dce1;--muted:#5b6470;--box:#f6f7f9}
@media(prefers-color-scheme:dark){:root{--accent:#ff8a80;--line:#3a3f47;--muted:#a3acb8;--box:#1f2328}}
body{margin:0;font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{margin:.2rem 0;font-size:1.8rem;line-height:1.25}h2{margin:2rem 0 .5rem;font-size:1.15rem}
a{color:var(--accent)}.kicker{color:var(--accent);font-weight:700;margin:0}.muted{color:var(--muted);font-size:.9rem}
.notice{border:1px solid var(--accent);color:var(--accent);border-radius:.3rem;padding:.5rem .75rem;font-weight:700}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;margin:1.25rem 0}
.figures>div{background:var(--box);border-radius:.4rem;padding:.75rem 1rem}dt{color:var(--muted)}dd{margin:0}.figures dt+dd{font-size:1.5rem;font-weight:700}.plan dd{margin:0 0 .75rem}
progress{width:100%;height:.8rem;accent-color:var(--accent)}progress+p{margin-top:.2rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}th{color:var(--muted);font-weight:600}
.n{text-align:right}.rule{border-left:3px solid var(--line);padding-left:.75rem;margin:.75rem 0}.rule p{margin:.2rem 0}small{color:var(--muted)}code{overflow-wrap:anywhere;font-size:.85em}
@media(max-width:32rem){th,td{padding:.35rem .25rem;font-size:.82rem}}`;
