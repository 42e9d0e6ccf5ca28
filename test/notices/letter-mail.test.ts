import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import type { GiftChangeInput } from '../../functions/notices/gift-change.ts';
import { LANGUAGES, type Language, LETTER_KINDS, type LetterKind } from '../../functions/notices/letter-kind.ts';
import { renderGiftChangeMail, renderLetter, renderThankYouMail } from '../../functions/notices/letter-mail.tsx';
import { sampleLetter } from '../../functions/notices/sample-letter.ts';
import type { ThankYouInput } from '../../functions/notices/thank-you.ts';

const gift = (change: Partial<ThankYouInput> = {}): ThankYouInput => ({
  language: 'zh-CN',
  donorName: '张三',
  campaignTitle: '困难党员帮扶计划',
  organisationName: '达州市红十字会',
  amountMinor: minor(1_770),
  matchMinor: minor(1_770),
  refundedMinor: minor(0),
  unitName: '通川区红十字会',
  paidAt: instantOf('2026-09-07T20:03:04+08:00'),
  zone: 'Asia/Shanghai',
  giftNo: 'gft_7k2m9q4x1v8n3t6w5z0a',
  generatedData: false,
  ...change,
});

const english: Partial<ThankYouInput> = {
  language: 'en',
  donorName: 'Li Lei',
  campaignTitle: 'Hardship Support Plan',
  organisationName: 'Dazhou Red Cross Society',
  unitName: 'Tongchuan District Red Cross',
};

describe('the thank-you', () => {
  it('tells a donor what was given, what the match added and both together', async () => {
    const { subject, html, text } = await renderThankYouMail(gift({ matchMinor: minor(1_000) }));
    expect(subject).toBe('感谢您的捐款：困难党员帮扶计划');
    for (const face of [html, text])
      for (const fact of [
        '尊敬的张三：',
        '¥17.70',
        '¥10.00',
        '¥27.70',
        '通川区红十字会',
        '2026-09-07 20:03:04（北京时间）',
        'gft_7k2m9q4x1v8n3t6w5z0a',
      ])
        expect(face).toContain(fact);
  });

  it('says the same in English, without a Chinese word', async () => {
    const { subject, text } = await renderThankYouMail(gift(english));
    expect(subject).toBe('Thank you for your gift to Hardship Support Plan');
    expect(text).toContain('Dear Li Lei,');
    expect(text).toContain('Your gift also brought a match of ¥17.70: ¥35.40 together');
    expect(text).not.toMatch(/\p{Script=Han}/u);
  });

  it.each(['zh-CN', 'en'] as const)('promises no match where there was none (%s)', async (language) => {
    const { html, text } = await renderThankYouMail(
      gift({ ...(language === 'en' ? english : {}), matchMinor: minor(0) }),
    );
    for (const face of [html.replace(/<head>[\s\S]*?<\/head>/, ''), text]) {
      expect(face).not.toMatch(/配捐|match/i);
      expect(face).not.toContain('¥0.00');
      expect(face).toContain('¥17.70');
    }
  });

  it.each([
    ['no name', undefined],
    ['a blank name', ' \u3000\n'],
    ['a link for a name', '点击 http://example.org 领奖'],
    ['a bare address for a name', 'prize.example.com'],
    ['a message for a name', '恭喜'.repeat(30)],
  ])('greets a donor with %s as a friend', async (_, donorName) => {
    const chinese = await renderThankYouMail(gift({ donorName }));
    expect(chinese.text).toContain('尊敬的爱心人士：');
    const { text, html } = await renderThankYouMail(gift({ ...english, donorName }));
    expect(text).toContain('Dear Friend,');
    expect(html).not.toContain('example');
  });

  it.each(['欧阳娜娜', 'Anne-Marie O’Neill', 'J. R. Smith', '𠮷田'])('greets %s by name', async (donorName) => {
    expect((await renderThankYouMail(gift({ donorName }))).text).toContain(`尊敬的${donorName}：`);
  });

  it('labels a generated gift in subject, text and HTML', async () => {
    for (const face of Object.values(await renderThankYouMail(gift({ generatedData: true }))))
      expect(face).toContain('演示数据');
    for (const face of Object.values(await renderThankYouMail(gift()))) expect(face).not.toContain('演示');
  });

  it('keeps a name of the other reading direction from reordering the amount behind it, and an address whole', async () => {
    const { html } = await renderThankYouMail(gift({ campaignTitle: 'إغاثة 2026', donorName: 'נועה כהן' }));
    expect(html).toContain('尊敬的\u2068נועה כהן\u2069：');
    expect(html).toContain('“\u2068إغاثة\u2069 2026”');
    expect((await renderThankYouMail(gift())).html).not.toContain('\u2068');
  });

  it('leaves out the unit of a gift that has none', async () => {
    expect((await renderThankYouMail(gift({ unitName: undefined }))).text).not.toContain('动员单位');
  });

  it('says what was refunded before it could be sent, and counts only the rest', async () => {
    const partly = { refundedMinor: minor(770), matchMinor: minor(500) };
    const chinese = await renderThankYouMail(gift(partly));
    expect(chinese.text).toContain('其中 ¥7.70 此后已退还给您。');
    expect(chinese.text).toContain('合计 ¥15.00');
    const { text } = await renderThankYouMail(gift({ ...english, ...partly }));
    expect(text).toContain('¥7.70 of it has since been refunded to you.');
    expect(text).toContain('Together: ¥15.00');
  });

  it.each(['zh-CN', 'en'] as const)('promises nothing of a gift that went back whole (%s)', async (language) => {
    const { text } = await renderThankYouMail(
      gift({ ...(language === 'en' ? english : {}), refundedMinor: minor(1_770), matchMinor: minor(0) }),
    );
    expect(text).toMatch(/已全部退还给您|All of it has since been refunded/);
    expect(text).not.toMatch(/将用于该项目|will be used|配捐|match/i);
  });

  it('keeps what a donor typed in its place', async () => {
    const { subject, html, text } = await renderThankYouMail(
      gift({
        donorName: '<b onmouseover=x>王\r\n捐款金额：¥1</b>',
        campaignTitle: 'A\r\nBcc: x@example.org\u2028<script>',
      }),
    );
    expect(subject).toBe('感谢您的捐款：A Bcc: x@example.org <script>');
    expect(html).not.toMatch(/<b onmouseover|<script>/);
    expect(text.split('\n').filter((line) => line.startsWith('捐款金额'))).toEqual(['捐款金额：¥17.70']);
  });

  it('keeps a subject to one line of 150 characters', async () => {
    const { subject } = await renderThankYouMail(gift({ campaignTitle: '很长'.repeat(200) }));
    expect([...subject]).toHaveLength(150);
  });

  it('is narrow, adapts to telephones and dark rooms, and loads nothing', async () => {
    const { html } = await renderThankYouMail(gift());
    expect(html).toContain('<meta name="color-scheme" content="light dark"');
    expect(html).toContain('@media (prefers-color-scheme: dark)');
    expect(html).toContain('max-width:600px');
    expect(html).not.toMatch(/<img|<script|<link|url\(|@import/);
  });

  it('is no receipt, and says so', async () => {
    expect((await renderThankYouMail(gift())).text).toContain('不是捐赠票据');
    expect((await renderThankYouMail(gift(english))).text).toContain('not a donation receipt');
  });
});

const view = (refundedMinor: number, matchMinor: number, isVoid = false) => ({
  refundedMinor: minor(refundedMinor),
  matchMinor: minor(matchMinor),
  isVoid,
});
const changed = (before: GiftChangeInput['before'], now: GiftChangeInput['now']): GiftChangeInput => {
  const { refundedMinor: _, matchMinor: __, ...letter } = gift();
  return { ...letter, before, now };
};
const inEnglish = (input: GiftChangeInput): GiftChangeInput => ({ ...input, ...english });

describe('the notice that corrects a thank-you', () => {
  it.each([
    [
      'all of the gift went back',
      changed(view(0, 1_000), view(1_770, 0)),
      [
        '您的捐款已退款',
        '已按原支付方式全部退款',
        '此前通知您的 ¥10.00 配捐随之退回配捐方，不再计入。',
        '现合计：¥0.00',
      ],
      [
        'Your gift was refunded',
        'refunded in full, the way you paid it',
        '¥10.00 that we wrote of has gone back',
        'Together now: ¥0.00',
      ],
    ],
    [
      'part of the gift went back',
      changed(view(0, 1_000), view(770, 564)),
      ['¥7.70 已按原支付方式退款', '随之减为 ¥5.64', '其余捐款 ¥10.00 仍用于该项目', '现合计：¥15.64'],
      ['¥7.70 has been refunded', 'has become ¥5.64 with it', 'The other ¥10.00 of your gift', 'Together now: ¥15.64'],
    ],
    [
      'the rest of the gift went back',
      changed(view(770, 0), view(1_770, 0)),
      ['¥10.00 已按原支付方式退款，至此已全部退还'],
      ['¥10.00 has been refunded, the way you paid it; with it, all of your gift has been refunded.'],
    ],
    [
      'the match was taken away',
      changed(view(0, 1_000), view(0, 0, true)),
      ['您的捐款的配捐有变动', '经核查，此前通知您的 ¥10.00 配捐不再计入。', '您的捐款 ¥17.70 仍用于该项目。'],
      [
        'The match of your gift has changed',
        'was checked and does not count any more',
        'Your gift of ¥17.70 is not touched',
      ],
    ],
    [
      'a match that was held was released',
      changed(view(0, 0), view(0, 1_000)),
      ['经核实，这笔捐款的配捐为 ¥10.00。'],
      ['The match of your gift has been checked: it is ¥10.00.'],
    ],
    [
      'the match was taken away and the gift went back',
      changed(view(0, 1_000), view(1_770, 0, true)),
      ['全部退款', '经核查，此前通知您的 ¥10.00 配捐不再计入。'],
      ['refunded in full', 'was checked and does not count any more'],
    ],
  ])('tells that %s, in both languages', async (_, input, inChinese, inEnglishWords) => {
    const chinese = await renderGiftChangeMail(input);
    for (const words of inChinese) expect(`${chinese.subject}\n${chinese.text}`).toContain(words);
    const other = await renderGiftChangeMail(inEnglish(input));
    for (const words of inEnglishWords) expect(`${other.subject}\n${other.text}`).toContain(words);
    expect(other.text).not.toMatch(/\p{Script=Han}/u);
  });

  it('says nothing of a match that the donor was never told of', async () => {
    const input = changed(view(0, 0), view(1_770, 0));
    expect((await renderGiftChangeMail(input)).text).not.toContain('配捐');
    expect((await renderGiftChangeMail(inEnglish(input))).text).not.toMatch(/match/i);
  });

  it('keeps what a donor typed in its place, and is no receipt', async () => {
    const { html, text } = await renderGiftChangeMail({
      ...changed(view(0, 0), view(1_770, 0)),
      donorName: '<script>x</script>\n捐款金额：¥1',
    });
    expect(html).not.toContain('<script>');
    expect(text.split('\n').filter((line) => line.startsWith('捐款金额'))).toEqual(['捐款金额：¥17.70']);
    expect(text).toContain('不是捐赠票据');
  });
});

describe('a letter on a telephone', () => {
  const letters = LETTER_KINDS.flatMap((kind) => LANGUAGES.map((language) => [kind, language] as const));
  const htmlOf = async (kind: LetterKind, language: Language): Promise<string> => {
    const sample = { organisationName: 'Red Cross', template: undefined, linkHosts: [], publicAddress: undefined };
    return (await renderLetter(sampleLetter(kind, language, sample), language)).html;
  };

  it.each(letters)('is as wide as the screen, whatever the screen is (%s, %s)', async (kind, language) => {
    const html = await htmlOf(kind, language);
    expect(html).toContain('max-width:600px');
    expect(html).toContain('@media (max-width: 480px)');
    // Nothing but the card has a width in pixels that a screen of 320 px would not show.
    for (const [, width] of html.matchAll(/(?<!max-|min-)width:(\d+)px/g))
      expect(Number(width)).toBeLessThanOrEqual(280);
    expect(html).not.toMatch(/<table[^>]* width="\d{3,}"/);
  });

  it.each(letters)(
    'says that it is made for light and dark, and has colours for both (%s, %s)',
    async (kind, language) => {
      const html = await htmlOf(kind, language);
      expect(html).toContain('<meta name="color-scheme" content="light dark"');
      expect(html).toContain('@media (prefers-color-scheme: dark)');
      // Every text has a colour of day, and a class by which it gets one of night.
      for (const [tag] of html.matchAll(/<(?:p|h1|td|a)\b[^>]*style="[^"]*[;"]color:[^"]*"[^>]*>/g))
        expect(tag).toMatch(/class="[^"]*\b(?:ink|soft|accent|way)\b/);
    },
  );

  it('can be read in both: every pair of colours has a contrast of 4.5 and more (WCAG 2.2, 1.4.3)', () => {
    const pairs = [
      ['#1f2328', '#ffffff'],
      ['#59636e', '#ffffff'],
      ['#b3261e', '#ffffff'],
      ['#e6edf3', '#161b22'],
      ['#9198a1', '#161b22'],
      ['#ff8a80', '#161b22'],
      ['#161b22', '#ff8a80'],
    ] as const;
    for (const [ink, paper] of pairs) expect(contrast(ink, paper), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5);
  });
});

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
