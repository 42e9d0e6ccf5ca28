import { describe, expect, it } from 'vitest';
import { LANGUAGES, LETTER_KINDS } from '../../functions/notices/letter-kind.ts';
import { renderLetter } from '../../functions/notices/letter-mail.tsx';
import {
  filledParagraphs,
  partsOf,
  type TemplateText,
  templateProblems,
  templateTextSchema,
} from '../../functions/notices/letter-template.ts';
import { sampleLetter } from '../../functions/notices/sample-letter.ts';

const TEXT: TemplateText = {
  subject: '{{donorName}}，谢谢您',
  heading: '谢谢',
  paragraphs: ['您为{{campaign}}捐出 {{amount}}。', '{{whatHappened}}'],
  closing: '{{organisation}} 秘书处',
  footer: '编号 {{giftNo}}',
};
const HOSTS = ['www.example.org'];
const fieldsOf = (text: Partial<TemplateText>) =>
  templateProblems('thank-you', { ...TEXT, ...text }, HOSTS).map(({ field }) => field);

describe('the wording of a letter', () => {
  it('may name what a letter of its kind has', () => {
    expect(templateProblems('thank-you', TEXT, [])).toEqual([]);
  });

  it('is told all at once what is wrong, each with its field and a fix', () => {
    const problems = templateProblems(
      'thank-you',
      {
        subject: '{{receiptNo}} =?UTF-8?B?5Lit?=',
        heading: '见 www.evil.example',
        paragraphs: ['{{donorName', '{{ whatHappened }} and more', 'http://www.example.org/x', 'pay at evil.cn/now'],
        closing: 'https://www.example.org',
      },
      HOSTS,
    );
    expect(problems.map(({ field }) => field).toSorted()).toEqual([
      'closing',
      'heading',
      'paragraphs[0]',
      'paragraphs[1]',
      'paragraphs[2]',
      'paragraphs[3]',
      'subject',
      'subject',
    ]);
    for (const { fix } of problems) expect(fix.length).toBeGreaterThan(10);
  });

  it.each(['a\r\nBcc: x@example.org', 'a\nb', 'a\u0000b', 'a\u2028b', 'a\u202eb'])(
    'takes no line end and no hidden mark in a line (%j)',
    (subject) => {
      expect(templateTextSchema.safeParse({ ...TEXT, subject }).success).toBe(false);
    },
  );

  it.each([
    ['https://www.example.org/a?b=1', []],
    ['https://WWW.example.org/a', []],
    ['https://www.example.org.evil.cn/', ['paragraphs[0]']],
    ['https://www.example.org@evil.cn/', ['paragraphs[0]']],
    ['https://www.example.org:8443/', ['paragraphs[0]']],
    ['javascript://www.example.org/%0aalert(1)', ['paragraphs[0]']],
    ['//evil.cn/', ['paragraphs[0]']],
    ['写信给 a@b.example 即可', []],
    ['共 3.5 万元，No.12', []],
  ])('leads only where it is allowed to: %s', (paragraph, fields) => {
    expect(fieldsOf({ paragraphs: [paragraph] })).toEqual(fields);
  });

  it('of a changed gift must say what was changed', () => {
    const silent = { ...TEXT, paragraphs: ['您好'] };
    expect(templateProblems('gift-changed', silent, []).map(({ field }) => field)).toEqual(['paragraphs']);
    expect(templateProblems('gift-changed', TEXT, [])).toEqual([]);
  });

  it('fills each placeholder once: a donor who is called {{giftNo}} stays so', () => {
    expect(filledParagraphs(['{{donorName}}/{{ giftNo }}'], { donorName: '{{giftNo}}', giftNo: 'g' }, [])).toEqual([
      '{{giftNo}}/g',
    ]);
  });

  it('shows as links what leads to an allowed host, and nothing else', () => {
    expect(partsOf('看 https://www.example.org/a。或 https://evil.cn', HOSTS)).toEqual([
      { text: '看 ' },
      { text: 'https://www.example.org/a', address: 'https://www.example.org/a' },
      { text: '。或 https://evil.cn' },
    ]);
  });
});

describe('a letter as it is worded', () => {
  const sample = { organisationName: '达州市红十字会', linkHosts: HOSTS, publicAddress: undefined };

  it.each(LETTER_KINDS.flatMap((kind) => LANGUAGES.map((language) => [kind, language] as const)))(
    'keeps its sums and numbers whatever the text says (%s, %s)',
    async (kind, language) => {
      const ours = sampleLetter(kind, language, { ...sample, template: undefined });
      const paragraphs = kind === 'gift-changed' ? ['{{whatHappened}}'] : ['x'];
      const theirs = sampleLetter(kind, language, {
        ...sample,
        template: { subject: 's', heading: 'h', paragraphs, closing: 'c', footer: 'f' },
      });
      expect(theirs.facts).toEqual(ours.facts);
      expect(theirs.unsubscribe).toEqual(ours.unsubscribe);
      const { html, text, subject } = await renderLetter(theirs, language);
      for (const [label, value] of ours.facts)
        for (const face of [html, text]) {
          expect(face).toContain(value);
          expect(face).toContain(label);
        }
      expect(subject).toBe('s');
    },
  );

  it('never becomes markup', async () => {
    const template = { ...TEXT, paragraphs: ['<script>alert(1)</script><a href="https://evil.cn">x</a>'] };
    const { html } = await renderLetter(sampleLetter('thank-you', 'zh-CN', { ...sample, template }), 'zh-CN');
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('href="https://evil.cn');
  });

  it('is signed and footed by the charity', async () => {
    const { text } = await renderLetter(sampleLetter('thank-you', 'zh-CN', { ...sample, template: TEXT }), 'zh-CN');
    expect(text).toContain('达州市红十字会 秘书处');
    expect(text).toContain('编号 gft_0123456789abcdefghjk');
    expect(text).toContain('这笔捐款还带来了 ¥600.00 的配捐');
  });

  it('offers a way out where it is news, and nowhere else', async () => {
    for (const kind of LETTER_KINDS) {
      const { unsubscribe } = sampleLetter(kind, 'en', { ...sample, template: undefined });
      expect(unsubscribe !== undefined).toBe(kind === 'progress' || kind === 'closeout');
    }
  });
});
