import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parsedOnce } from '../../functions/donations/merchant-secret.gateway.ts';
import { merchantSectionOf, refuseTwins } from '../../functions/donations/merchant-secret.ts';

const account = z.strictObject({ appId: z.string().min(3), port: z.number().optional() });
const read = (secret: unknown) => merchantSectionOf(JSON.stringify(secret), 'alipay', account);

describe('the merchant secret', () => {
  test('gives the accounts of one provider and looks at no other’s', () => {
    expect(read({ alipay: [{ appId: '2021' }, { appId: '2022' }], wechatPay: 'broken' })).toEqual([
      { appId: '2021' },
      { appId: '2022' },
    ]);
  });

  test('closes a door that it has no section for', () => {
    expect(read({ wechatPay: [] })).toBeUndefined();
  });

  test.each([
    ['is not JSON', '{', 'is not JSON'],
    ['is no object', '[]', 'wrong at: (whole)'],
    [
      'has a misspelt section',
      '{"aliPay":[]}',
      'unknown sections; known are wechatPay, alipay, stripe, standardWebhook',
    ],
    ['has an empty section', '{"alipay":[]}', 'wrong at: alipay'],
    ['has a section that is no list', '{"alipay":{}}', 'wrong at: alipay'],
    ['has a wrong field', '{"alipay":[{"appId":"2021"},{"appId":7}]}', 'wrong at: alipay.1.appId'],
    ['has an unknown field', '{"alipay":[{"appId":"2021","appld":"x"}]}', 'wrong at: alipay.0'],
    [
      'has more accounts than twenty',
      JSON.stringify({ alipay: Array(21).fill({ appId: '2021' }) }),
      'wrong at: alipay',
    ],
  ])('that %s is refused, with the place named and nothing of its content', (_what, text, message) => {
    let said = '';
    try {
      merchantSectionOf(text, 'alipay', account);
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain('PermanentError');
    expect(said).toContain(message);
    expect(said).not.toContain('2021');
  });

  test('cannot name an account twice', () => {
    expect(() => refuseTwins('alipay', ['a', 'b'])).not.toThrow();
    expect(() => refuseTwins('alipay', ['a', 'b', 'a'])).toThrow('names an account twice at: alipay');
  });

  test('is parsed again only when it has changed, and fails closed while it is wrong', async () => {
    let text = '1';
    let parses = 0;
    const readSecret = parsedOnce(
      async () => text,
      (secret) => {
        parses += 1;
        return JSON.parse(secret) as number;
      },
    );
    expect([await readSecret(), await readSecret(), parses]).toEqual([1, 1, 1]);
    text = 'broken';
    await expect(readSecret()).rejects.toThrow();
    text = '2';
    expect(await readSecret()).toBe(2);
  });
});
