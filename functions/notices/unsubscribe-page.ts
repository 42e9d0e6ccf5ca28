import { named } from '../disclosure/page-html.ts';

/** What a browser may do on the page: show it, and send its one form back to us. */
export const UNSUBSCRIBE_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;margin:0;padding:24px 16px;background:#f6f8fa;color:#1f2328}
main{max-width:32rem;margin:0 auto;padding:24px;background:#fff;border:1px solid #d8dee4;border-radius:8px}h1{font-size:1.25rem;margin:0 0 .75rem}p{margin:0 0 .75rem;overflow-wrap:anywhere}
button{font:inherit;font-weight:700;padding:12px 20px;border:0;border-radius:6px;background:#b3261e;color:#fff;cursor:pointer}
@media (prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}main{background:#161b22;border-color:#30363d}button{background:#ff8a80;color:#161b22}}`;

/**
 * The page behind the link of a letter, in both languages: whoever opens it may be anybody who was sent the letter. Opening it changes
 * nothing, because programs that look for viruses open every link; its button does.
 */
export function unsubscribePage(organisationName: string, isDone: boolean): string {
  const name = named(organisationName);
  const body = isDone
    ? `<h1>已退订<br><span lang="en">You are unsubscribed</span></h1>
<p>您不会再收到${name}的项目动态邮件。与您的捐款有关的感谢、退款和票据通知不受影响。</p>
<p lang="en">You will get no more news from ${name}. Letters about your own gifts (thanks, refunds, receipts) still come.</p>`
    : `<h1>退订项目动态<br><span lang="en">Unsubscribe from news</span></h1>
<p>点击按钮后，您不会再收到${name}的项目动态邮件。与您的捐款有关的感谢、退款和票据通知不受影响。</p>
<p lang="en">The button stops news from ${name}. Letters about your own gifts (thanks, refunds, receipts) still come.</p>
<form method="post"><button type="submit">退订 · Unsubscribe</button></form>`;
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>退订 · Unsubscribe</title><style>${STYLE}</style></head>
<body><main>${body}</main></body></html>`;
}
