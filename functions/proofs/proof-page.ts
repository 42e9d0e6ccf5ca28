import { createHash } from 'node:crypto';
import { escaped } from '../disclosure/page-html.ts';
import type { PageLanguage } from '../disclosure/public-page-words.ts';
import { PROOF_SCRIPT } from './proof-script.ts';

const WORDS = {
  'zh-CN': {
    title: '核验一笔捐赠',
    intro:
      '输入感谢信或捐赠票据上的捐赠编号（gft_ 开头）、订单号，或公示名单中的编号，本页会在您的浏览器中核验：这笔捐赠确实包含在当日公布并签名的合计之内。计算全部在您的设备上完成。',
    label: '捐赠编号、订单号或名单中的编号',
    button: '核验',
    file: '或选择已保存的证明文件',
    key: '签名公钥的指纹（SHA-256）。请与本机构在别处（如官网、公告）公布的指纹核对：',
    how: '怎样核验',
    steps: [
      '由这笔捐赠的公开内容（编号、金额、配捐；没有姓名）算出一个哈希值。',
      '沿路径逐级向上：每一级都把两边的哈希与两边的合计一起再算一次，金额同时相加。',
      '到达顶端时，哈希与合计必须和当日声明一字不差；声明必须有本机构密钥的签名。',
    ],
    code: '也可以不用本页：保存证明文件后，用命令行核验（见文档 disclosure.md）。',
    save: '保存证明文件',
    day: '归入日期为入账（计入）之日，不一定是付款之日。',
  },
  en: {
    title: 'Check one gift',
    intro:
      'Enter the number of your gift from our letter or your receipt (it begins with gft_), the number of your order, or the number in the public list. This page then checks, in your own browser, that the gift is inside the total that was published and signed for its day. Nothing is computed elsewhere.',
    label: 'Number of the gift, of the order, or in the list',
    button: 'Check',
    file: 'or choose a proof that you have saved',
    key: 'Fingerprint (SHA-256) of the public key. Compare it with the one that the organisation has published elsewhere, such as on its own site:',
    how: 'How it is checked',
    steps: [
      'A hash is made of what is public about the gift: its number, amount and match. There is no name in it.',
      'Step by step upwards, the hashes and the sums of both sides are hashed again, and the amounts are added.',
      'At the top, hash and sums must be exactly those of the day’s statement, and the statement must be signed with the organisation’s key.',
    ],
    code: 'You need not trust this page: save the proof and check it with the command (disclosure.md in the documentation).',
    save: 'Save the proof',
    day: 'A gift belongs to the day on which it was counted in the books, which may be later than the day it was paid.',
  },
} as const;

/** What the script says, by outcome; handed to it as data. */
const SCRIPT_WORDS = {
  'zh-CN': {
    checking: '正在核验……',
    good: '核验通过：这笔捐赠在当日公布的合计之内。',
    bad: '核验未通过：',
    number: '编号',
    day: '归入日期',
    money: '捐款',
    goods: '物资（评估价值）',
    match: '配捐',
    total: '当日合计（捐款）',
    toDate: '截至当日累计（捐款）',
    mine: '您输入的捐赠编号或订单号与这笔捐赠相符。',
    notMine: '按编号核验：证明这笔捐赠在合计之内，不证明是谁的捐赠。',
    back: '退款',
    matchChange: '配捐变动',
    unreachable: '无法取得证明：',
  },
  en: {
    checking: 'Checking…',
    good: 'Verified: the gift is in the total that was published for its day.',
    bad: 'Not verified: ',
    number: 'Number',
    day: 'Day',
    money: 'Gift',
    goods: 'Goods (assessed value)',
    match: 'Match',
    total: 'The day’s total of gifts',
    toDate: 'Total of gifts up to that day',
    mine: 'The number that you entered belongs to this gift.',
    notMine: 'Checked by its number: it shows that the gift is in the total, not whose it is.',
    back: 'Refunded',
    matchChange: 'Change of its match',
    unreachable: 'The proof cannot be fetched: ',
  },
} as const;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64');

/** One script, by its hash, and what it asks this same server: nothing else runs or is loaded. */
export const PROOF_PAGE_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${sha256(PROOF_SCRIPT)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  'frame-ancestors *',
].join('; ');

/** The page on which a donor checks a gift: the check runs in the browser, by the same rules as the command. */
export function proofPage(
  { title, currency }: { readonly title: string; readonly currency: string },
  language: PageLanguage,
): string {
  const words = WORDS[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.title} · ${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="kicker" dir="auto">${escaped(title)}</p>
<h1>${words.title}</h1>
<p>${words.intro}</p>
<form id="ask">
<label for="gift">${words.label}</label>
<div class="row"><input id="gift" name="gift" autocomplete="off" spellcheck="false" maxlength="64" required><button>${words.button}</button></div>
<label class="file"><span>${words.file}</span> <input id="file" type="file" accept="application/json,.json"></label>
</form>
<div id="result" role="status" aria-live="polite" data-words="${escaped(JSON.stringify(SCRIPT_WORDS[language]))}" data-currency="${escaped(currency)}"></div>
<p id="save" hidden><a id="saved" download="proof.json">${words.save}</a></p>
<p class="muted">${words.key}<br><code id="key">–</code></p>
<h2>${words.how}</h2>
<ol>${words.steps.map((step) => `<li>${step}</li>`).join('')}</ol>
<p class="muted">${words.day}</p>
<p class="muted">${words.code}</p>
</main>
<script>${PROOF_SCRIPT}</script>
</body>
</html>
`;
}

const STYLE = `
:root{color-scheme:light dark;--accent:#b3261e;--good:#1b6e3c;--line:#c9ced6;--muted:#5b6470;--box:#f6f7f9;--button:#b3261e;--on:#fff}
@media(prefers-color-scheme:dark){:root{--accent:#ff8a80;--good:#7fd8a3;--line:#4a515c;--muted:#a3acb8;--box:#1f2328;--button:#ff8a80;--on:#2b0a08}}
*{box-sizing:border-box}body{margin:0;font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1{margin:.2rem 0;font-size:1.7rem;line-height:1.25}h2{margin:2rem 0 .5rem;font-size:1.15rem}
.kicker{color:var(--accent);font-weight:700;margin:0}a{color:var(--accent)}.muted{color:var(--muted);font-size:.9rem}code{overflow-wrap:anywhere;font-size:.9em}
label{display:block;font-weight:600;margin:.5rem 0 .25rem}.row{display:flex;gap:.5rem;flex-wrap:wrap}
input:not([type=file]){flex:1 1 14rem;min-width:0;font:inherit;padding:.55rem .7rem;border:1px solid var(--line);border-radius:.4rem;background:transparent;color:inherit}
button{font:inherit;font-weight:700;padding:.55rem 1.4rem;border:0;border-radius:.4rem;background:var(--button);color:var(--on);cursor:pointer}
.file{font-weight:400;font-size:.9rem;color:var(--muted);margin-top:.75rem}.file input{max-width:100%}
#result{margin:1.25rem 0}.card{background:var(--box);border-left:4px solid var(--line);border-radius:.4rem;padding:.75rem 1rem}.card.good{border-color:var(--good)}.card.bad{border-color:var(--accent)}
.card p{margin:0 0 .5rem;font-weight:700}.good p:first-child{color:var(--good)}.bad p:first-child{color:var(--accent)}.card p.plain{font-weight:400;margin:.5rem 0 0;color:var(--muted);font-size:.9rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0;font-variant-numeric:tabular-nums}dt{color:var(--muted)}dd{margin:0;text-align:right;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}`;
