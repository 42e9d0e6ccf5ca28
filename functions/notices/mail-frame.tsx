import type { ReactNode } from 'react';
import { Body, Container, Head, Heading, Html, Link, Preview, render, Section, Text } from 'react-email';
import { isolated } from '../kernel/reading-direction.ts';
import { headerText } from './header-text.ts';

export { oneLine } from './header-text.ts';

/** A mail before anybody is named as its recipient. */
export type RenderedMail = { readonly subject: string; readonly html: string; readonly text: string };

type FrameProps = {
  readonly language: 'zh-CN' | 'en';
  /** What a mailbox shows beside the subject. */
  readonly preview: string;
  /** Small line above the heading: who writes. */
  readonly sender: string;
  readonly heading: string;
  /** Says that the data are made up; shown first and in colour. */
  readonly warning?: string | undefined;
  readonly footer: readonly string[];
  /** The last line, where the reader may leave. */
  readonly footerLink?: { readonly label: string; readonly url: string } | undefined;
  readonly children: ReactNode;
};

// English begins with Latin fonts: a Chinese font would set its quotation marks as wide as a character.
const LATIN_FONTS = '-apple-system, "Segoe UI", Roboto, Helvetica, Arial';
const CHINESE_FONTS = '"PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC"';
const FONTS = {
  'zh-CN': `${CHINESE_FONTS}, ${LATIN_FONTS}, sans-serif`,
  en: `${LATIN_FONTS}, ${CHINESE_FONTS}, sans-serif`,
} as const;
/** 600 px is what the narrowest preview pane of desktop clients shows whole; telephones shrink it. */
const WIDEST_PX = 600;

/** Colours of day, inline because several clients drop style sheets. */
export const COLOURS = {
  page: '#f6f8fa',
  card: '#ffffff',
  ink: '#1f2328',
  soft: '#59636e',
  rule: '#d8dee4',
  accent: '#b3261e',
} as const;

// Clients that honour neither rule show the light colours, which are readable by themselves.
const STYLE_SHEET = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page, .page > table, .page > table > tbody > tr > td { background-color: #0d1117 !important; }
  .card { background-color: #161b22 !important; border-color: #30363d !important; }
  .ink { color: #e6edf3 !important; }
  .soft { color: #9198a1 !important; }
  .rule { border-color: #30363d !important; }
  .accent { color: #ff8a80 !important; border-color: #ff8a80 !important; }
  .way { color: #161b22 !important; background-color: #ff8a80 !important; }
}
@media (max-width: 480px) {
  .card { border-radius: 0 !important; border-left: 0 !important; border-right: 0 !important; }
  .card > tbody > tr > td { padding: 20px 16px !important; }
}`;

/** The one frame of all mails: narrow, without pictures, in light and dark colours. */
export function MailFrame({ language, preview, sender, heading, warning, footer, footerLink, children }: FrameProps) {
  return (
    <Html lang={language} dir="ltr">
      <Head>
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <style>{STYLE_SHEET}</style>
      </Head>
      <Preview>{preview}</Preview>
      <Body
        className="page"
        style={{ margin: 0, padding: '24px 0', backgroundColor: COLOURS.page, fontFamily: FONTS[language] }}
      >
        <Container
          className="card"
          style={{
            width: '100%',
            maxWidth: WIDEST_PX,
            margin: '0 auto',
            padding: 32,
            backgroundColor: COLOURS.card,
            border: `1px solid ${COLOURS.rule}`,
            borderRadius: 8,
          }}
        >
          {warning === undefined ? null : (
            <Text
              className="accent"
              style={{
                margin: '0 0 20px',
                padding: '8px 12px',
                border: `1px solid ${COLOURS.accent}`,
                borderRadius: 4,
                color: COLOURS.accent,
                fontSize: 13,
                lineHeight: '20px',
                fontWeight: 700,
              }}
            >
              {warning}
            </Text>
          )}
          <Text className="accent" style={{ margin: 0, color: COLOURS.accent, fontSize: 13, fontWeight: 700 }}>
            {sender}
          </Text>
          <Heading
            as="h1"
            className="ink"
            style={{ margin: '4px 0 20px', color: COLOURS.ink, fontSize: 22, lineHeight: '30px' }}
          >
            {heading}
          </Heading>
          {children}
          <Section className="rule" style={{ marginTop: 24, paddingTop: 12, borderTop: `1px solid ${COLOURS.rule}` }}>
            {footer.map((line) => (
              <Text
                key={line}
                className="soft"
                style={{
                  margin: '4px 0',
                  color: COLOURS.soft,
                  fontSize: 12,
                  lineHeight: '18px',
                  wordBreak: 'break-word',
                }}
              >
                {line}
              </Text>
            ))}
            {footerLink === undefined ? null : (
              <Text style={{ margin: '4px 0', fontSize: 12, lineHeight: '18px' }}>
                <Link
                  href={footerLink.url}
                  className="soft"
                  style={{ color: COLOURS.soft, textDecoration: 'underline' }}
                >
                  {footerLink.label}
                </Link>
              </Text>
            )}
          </Section>
        </Container>
      </Body>
    </Html>
  );
}

export function Paragraph({ children }: { readonly children: ReactNode }) {
  return (
    <Text className="ink" style={{ margin: '0 0 14px', color: COLOURS.ink, fontSize: 15, lineHeight: '25px' }}>
      {children}
    </Text>
  );
}

/** Labels and values, one line each; long values wrap inside their own column. */
export function Facts({ rows }: { readonly rows: readonly (readonly [label: string, value: string])[] }) {
  return (
    <table
      role="presentation"
      width="100%"
      cellPadding={0}
      cellSpacing={0}
      style={{ width: '100%', borderCollapse: 'collapse', margin: '6px 0 18px' }}
    >
      <tbody>
        {rows.map(([label, value]) => (
          <tr key={label}>
            <td
              className="soft rule"
              style={{
                padding: '8px 8px 8px 0',
                borderBottom: `1px solid ${COLOURS.rule}`,
                color: COLOURS.soft,
                fontSize: 14,
                lineHeight: '20px',
                verticalAlign: 'top',
                // Four Chinese characters, or `Campaign`: at 320 px the rest is as wide as a gift's number, and as a time with its zone.
                minWidth: 64,
                wordBreak: 'break-word',
              }}
            >
              {label}
            </td>
            <td
              className="ink rule"
              align="right"
              style={{
                padding: '8px 0',
                borderBottom: `1px solid ${COLOURS.rule}`,
                color: COLOURS.ink,
                fontSize: 14,
                lineHeight: '20px',
                textAlign: 'right',
                wordBreak: 'break-word',
              }}
            >
              {value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Lines of text under a small heading, each on its own. */
export function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  return (
    <Section style={{ margin: '0 0 18px' }}>
      <Text className="soft" style={{ margin: '0 0 4px', color: COLOURS.soft, fontSize: 13, fontWeight: 700 }}>
        {title}
      </Text>
      {lines.map((line, position) => (
        <Text
          // Two people may say the same: only the place tells the lines apart, and they never move.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={position}
          className="ink"
          style={{ margin: 0, color: COLOURS.ink, fontSize: 14, lineHeight: '22px', wordBreak: 'break-word' }}
        >
          {line}
        </Text>
      ))}
    </Section>
  );
}

/** A whole mail document from its frame. React escapes every text, so nobody's name becomes markup. */
export const mailHtml = async (frame: ReactNode): Promise<string> =>
  // Between tags only: an address within one stays as it is.
  (await render(frame)).replaceAll(/>[^<]+</g, isolated);

/** Most subjects a mailbox shows are cut long before this; RFC 5322 lets one line have 998 characters. */
const LONGEST_SUBJECT_CHARACTERS = 150;

/** One line of plain text: no line end or control character from a name can begin another header. */
export function subjectLine(text: string): string {
  const line = headerText(text);
  const characters = [...line];
  return characters.length <= LONGEST_SUBJECT_CHARACTERS
    ? line
    : `${characters.slice(0, LONGEST_SUBJECT_CHARACTERS - 1).join('')}…`;
}
