import { describe, expect, it } from 'vitest';
import { isolated } from '../../functions/kernel/reading-direction.ts';

describe('a name that is read from right to left', () => {
  it('is isolated as a whole, so that the figure behind it stays behind it', () => {
    expect(isolated('感谢 محمد علي：¥12.00')).toBe('感谢 \u2068محمد علي\u2069：¥12.00');
    expect(isolated('מרכז נועה-כהן 12 חיפה 34')).toBe('\u2068מרכז נועה-כהן 12 חיפה\u2069 34');
  });

  it('is isolated from its neighbours in a list, so that they keep their places', () => {
    expect(isolated('فاطمة، بنت、שָׁלוֹם、Zoë')).toBe('\u2068فاطمة، بنت\u2069、\u2068שָׁלוֹם\u2069、Zoë');
  });

  it('leaves every other text as it is', () => {
    for (const text of ['', '四川省红十字会 ¥1,000.00', 'สมชาย ใจดี', 'José 👨‍👩‍👧']) expect(isolated(text)).toBe(text);
  });
});
