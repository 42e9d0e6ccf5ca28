import { escaped } from '../disclosure/page-html.ts';
import { longDate } from '../kernel/day-text.ts';
import { formatMoney, minor } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { Verification } from './verification.ts';
import { type VerificationLanguage, verificationWords } from './verification-words.ts';

/** Browsers run nothing and load nothing on this page, and send its form nowhere but here. The address holds a check code: it is told to nobody. */
export const VERIFICATION_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
} as const;

/** `formPath`: where the form leads, with the stage that this deployment has. */
type Place = {
  readonly language: VerificationLanguage;
  readonly formPath: string;
  /** Where its donor downloads it: for who came by the address in their letter. */
  readonly documentPath?: string | undefined;
};

/** What was found, in plain HTML without script: a verdict in words, then what to compare with the paper. */
export function verifiedPage(found: Verification, { language, formPath, documentPath }: Place): string {
  const words = verificationWords(language);
  const rows: [string, string][] = [
    [words.code, found.code],
    [words.number, found.number],
    [words.amount, formatMoney(minor(found.amountMinor), found.currency)],
    [words.issuedOn, longDate(found.issuedOn as LocalDate, language)],
    [words.payer, found.payer],
    [words.organisation, found.organisationName],
    ...(found.campaignTitle === null ? [] : [[words.campaign, found.campaignTitle] as [string, string]]),
    [words.kind, found.inKind ? words.goods : words.money],
    ...(found.other === null
      ? []
      : [[words.otherReceipt, `${found.other.code}-${found.other.number}`] as [string, string]]),
    ...(found.copies === 0 ? [] : [[words.copies, String(found.copies)] as [string, string]]),
  ];
  const tone = found.state === 'valid' ? 'good' : 'bad';
  return page(
    language,
    `${found.generatedData ? `<p class="notice">${words.generated}</p>` : ''}
<section class="verdict ${tone}" role="status"><p class="mark" aria-hidden="true">${found.state === 'valid' ? '✓' : '!'}</p>
<div><h2>${words.state[found.state]}</h2><p>${words.stateHelp[found.state]}</p></div></section>
<dl>${rows.map(([label, value]) => `<div><dt>${label}</dt><dd dir="auto">${escaped(value)}</dd></div>`).join('')}</dl>
${documentPath === undefined ? `<p class="muted">${words.masked}</p>` : `<p><a class="button" href="${documentPath}">${words.download}</a></p>`}
<p><a href="${formPath}?lang=${language}">${words.again}</a></p>`,
  );
}

/** The form for who has a paper in hand. `isUnknown`: nothing was found, whatever the reason. */
export function verificationForm(isUnknown: boolean, { language, formPath }: Place): string {
  const words = verificationWords(language);
  const input = (name: string, label: string, length: number): string =>
    `<label for="${name}">${label}</label><input id="${name}" name="${name}" inputmode="numeric" autocomplete="off" required maxlength="${length}">`;
  const unknown = `<section class="verdict bad" role="alert"><p class="mark" aria-hidden="true">!</p><div><h2>${words.unknown}</h2><p>${words.unknownHelp}</p></div></section>`;
  return page(
    language,
    `${isUnknown ? unknown : ''}
<p>${words.how}</p>
<form method="get" action="${formPath}">
<input type="hidden" name="lang" value="${language}">
${input('receiptCode', words.code, 8)}
${input('number', words.number, 10)}
${input('code', words.checkCode, 40)}
<button type="submit">${words.check}</button>
</form>`,
  );
}

function page(language: VerificationLanguage, main: string): string {
  const words = verificationWords(language);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.heading}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${words.heading}</h1>
${main}
</main>
</body>
</html>`;
}

const STYLE = `:root{color-scheme:light dark;--ink:#1f2328;--soft:#57606a;--line:#d0d7de;--good:#116329;--goodwash:#dafbe1;--bad:#a40e26;--badwash:#ffebe9;--paper:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b1;--line:#3d444d;--good:#56d364;--goodwash:#12261e;--bad:#ff7b72;--badwash:#2d1214;--paper:#0d1117}}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:36rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.35rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:0}
.verdict{display:flex;gap:.9rem;align-items:center;padding:.9rem 1rem;border-radius:.5rem;margin:0 0 1.2rem}
.verdict p{margin:.2rem 0 0}.mark{font-size:1.6rem;font-weight:700;line-height:1;width:2.4rem;text-align:center;flex:none}
.good{background:var(--goodwash);color:var(--good)}.bad{background:var(--badwash);color:var(--bad)}
dl{margin:0;border-top:1px solid var(--line)}dl div{display:flex;gap:1rem;justify-content:space-between;padding:.55rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--soft);flex:none;max-width:50%}dd{margin:0;text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.muted{color:var(--soft);font-size:.9rem}.notice{background:#fff8c5;color:#4d2d00;padding:.6rem .8rem;border-radius:.4rem}
label{display:block;margin:.9rem 0 .25rem}input{width:100%;box-sizing:border-box;font:inherit;padding:.6rem .7rem;border:1px solid var(--soft);border-radius:.4rem;background:transparent;color:inherit}
button,.button{display:inline-block;text-decoration:none;margin-top:1.2rem;font:inherit;font-weight:600;padding:.65rem 1.4rem;border:0;border-radius:.4rem;background:#0a58a6;color:#fff}
a{color:inherit}input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #218bff;outline-offset:2px}`;
