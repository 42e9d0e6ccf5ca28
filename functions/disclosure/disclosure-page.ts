import type { Campaign } from '../campaigns/campaign.ts';
import type { CsvCell } from '../kernel/csv.ts';
import { formatMoney } from '../kernel/money.ts';
import { accountNotes, accountRows, asOfNotes } from './account-csv.ts';
import { correctionsOf } from './correction.ts';
import type { DisclosureEntry, FieldCorrection } from './disclosure-entry.ts';
import type { DisclosureFigures } from './disclosure-figures.ts';
import { KIND_WORDS } from './entry-words.ts';
import { escaped, named } from './page-html.ts';
import { PAGE_STYLE } from './public-page.ts';
import type { PageLanguage } from './public-page-words.ts';

const WORDS = {
  'zh-CN': {
    generated: '演示数据：本页的捐赠由程序生成，并非真实捐赠。',
    heading: '信息公开',
    account: '收支情况',
    entries: '公开记录',
    none: '尚未发布。',
    nothing: '首个募捐日结束后的次日起公布。',
    number: (number: number): string => `第 ${number} 号`,
    published: (day: string, responsible: string): string => `${day} 发布 · 负责：${responsible}`,
    period: (from: string, until: string): string => `期间：${from} 至 ${until}`,
    corrected: '本记录已被更正，见：',
    corrects: (number: number): string => `更正第 ${number} 号中的：`,
    fields: { text: '正文', 'period.from': '期间起', 'period.until': '期间止' } as Readonly<Record<string, string>>,
    was: '原为：',
    is: '更正为：',
    figures: '当时公布的数字',
    hash: '本记录的哈希（SHA-256）',
    files: '数据文件',
    gifts: '捐赠名单（CSV）',
    accountFile: '收支情况（CSV）',
    proof: '核验一笔捐赠',
    page: '返回募捐页面',
    rule: '已发布的记录不作改动；如有错误，另发更正说明，两者均保留。',
  },
  en: {
    generated: 'Demonstration data: the gifts on this page were generated and nobody gave them.',
    heading: 'Disclosure',
    account: 'Account',
    entries: 'What was published',
    none: 'Nothing yet.',
    nothing: 'It is shown from the day after the first day on.',
    number: (number: number): string => `No. ${number}`,
    published: (day: string, responsible: string): string => `Published ${day} · answerable: ${responsible}`,
    period: (from: string, until: string): string => `Of ${from} to ${until}`,
    corrected: 'This entry has been corrected, see:',
    corrects: (number: number): string => `Corrects in No. ${number}:`,
    fields: { text: 'Text', 'period.from': 'From', 'period.until': 'Until' } as Readonly<Record<string, string>>,
    was: 'It said: ',
    is: 'Right is: ',
    figures: 'Figures as they were published',
    hash: 'Hash of this entry (SHA-256)',
    files: 'Files',
    gifts: 'List of gifts (CSV)',
    accountFile: 'Account (CSV)',
    proof: 'Check a gift',
    page: 'To the page of the campaign',
    rule: 'What was published is never changed: what was wrong in it is said by a further note, and both stay.',
  },
} as const;

type Shown = {
  readonly campaign: Campaign;
  readonly entries: readonly DisclosureEntry[];
  readonly figures: DisclosureFigures | undefined;
  readonly language: PageLanguage;
};

/** Everything that was published about a campaign, newest first, with its account: plain HTML, without script. */
export function disclosurePage({ campaign, entries, figures, language }: Shown): string {
  const words = WORDS[language];
  const { title, generatedData } = campaign.proposal;
  const notes = correctionsOf(entries);
  const lang = `?lang=${language}`;
  const link = (address: string, text: string): string => `<a href="${address}${lang}">${text}</a>`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.heading} · ${escaped(title)}</title>
<style>${PAGE_STYLE}${STYLE}</style>
</head>
<body>
<main>
${generatedData ? `<p class="notice">${words.generated}</p>` : ''}
<p class="kicker" dir="auto">${escaped(title)}</p>
<h1>${words.heading}</h1>
<p class="links">${[link('../page', words.page), link('../proof', words.proof), link('../account.csv', words.accountFile), link('../gifts.csv', words.gifts)].join(' ')}</p>
${figures === undefined ? `<p class="muted">${words.nothing}</p>` : `<h2>${words.account}</h2>\n${accountList(figures, language)}`}
<h2>${words.entries}</h2>
<p class="muted">${words.rule}</p>
${entries.length === 0 ? `<p>${words.none}</p>` : ''}
${[...entries]
  .reverse()
  .map((entry) => article(entry, notes.get(entry.number) ?? [], language))
  .join('\n')}
</main>
</body>
</html>
`;
}

/** As rows of a description list: on a narrow screen an amount goes below what it is of, and nothing has to be scrolled. */
function accountList(figures: DisclosureFigures, language: PageLanguage): string {
  const rows = accountRows(figures, language)
    .filter(({ mayBeLeftOut, cell }) => !mayBeLeftOut || typeof cell !== 'object' || cell.amountMinor !== 0)
    .map(({ what, cell }) => `<div><dt dir="auto">${escaped(what)}</dt><dd>${escaped(cellText(cell))}</dd></div>`)
    .join('');
  const notes = accountNotes(figures, language);
  const days = asOfNotes(figures, language).map((note) => `<p class="muted">${escaped(note)}</p>`);
  return `${days.join('')}<dl class="account">${rows}</dl>${notes.map((note) => `<p class="muted" dir="auto">${escaped(note)}</p>`).join('')}`;
}

const cellText = (cell: CsvCell): string =>
  typeof cell === 'object' ? formatMoney(cell.amountMinor, cell.currency) : String(cell);

/** What kind of entry it is, where its title does not say it in the reader's language. */
const kindOf = ({ kind, title }: DisclosureEntry, language: PageLanguage): string =>
  title.startsWith(KIND_WORDS[language][kind]) ? '' : `${KIND_WORDS[language][kind]} · `;

function article(entry: DisclosureEntry, notes: readonly number[], language: PageLanguage): string {
  const words = WORDS[language];
  const { number, title, text, publishedOn, responsible, figures, corrects, hash, period } = entry;
  const marks = notes.map((note) => `<a href="#entry-${note}">${words.number(note)}</a>`).join(' ');
  return `<article id="entry-${number}"${notes.length > 0 ? ' class="corrected"' : ''}>
<h3><span class="no">${words.number(number)}</span> ${named(title)}</h3>
<p class="muted">${kindOf(entry, language)}${words.published(publishedOn, named(responsible))} · ${words.period(period.from, period.until)}</p>
${marks === '' ? '' : `<p class="mark">${words.corrected} ${marks}</p>`}
<p dir="auto">${escaped(text).replaceAll('\n', '<br>')}</p>
${corrects === undefined ? '' : `<p><a href="#entry-${corrects.number}">${words.corrects(corrects.number)}</a></p>${corrections(corrects.changes, language)}`}
${figures === null ? '' : `<details><summary>${words.figures}</summary>${accountList(figures, language)}</details>`}
<p class="muted hash">${words.hash}<br><code>${hash}</code></p>
</article>`;
}

function corrections(changes: readonly FieldCorrection[], language: PageLanguage): string {
  const words = WORDS[language];
  const shown = (value: FieldCorrection['is']): string => escaped(String(value)).replaceAll('\n', '<br>');
  const items = changes.map(
    ({ field, was, is }) =>
      `<li><b>${escaped(words.fields[field] ?? field)}</b><br>${words.was}<del dir="auto">${shown(was)}</del><br>${words.is}<ins dir="auto">${shown(is)}</ins></li>`,
  );
  return `<ul class="changes">${items.join('')}</ul>`;
}

const STYLE = `

.links{display:flex;flex-wrap:wrap;gap:.4rem 1.25rem}
.account{margin:.5rem 0;font-variant-numeric:tabular-nums}.account>div{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.35rem 0;border-bottom:1px solid var(--line)}.account dd{margin-left:auto;font-weight:600}
article{background:var(--box);border-radius:.4rem;padding:.75rem 1rem;margin:1rem 0;border-left:4px solid var(--line);overflow-wrap:anywhere}article h3{margin:.2rem 0;font-size:1.05rem}article.corrected{border-left-color:var(--accent)}
.no{color:var(--accent)}.mark{border:1px solid var(--accent);border-radius:.3rem;padding:.35rem .6rem;font-weight:600}.hash code{font-size:.8em}
details summary{cursor:pointer;color:var(--accent)}del{color:var(--muted)}ins{font-weight:700;text-decoration:none}.changes{padding-left:1.1rem}`;
