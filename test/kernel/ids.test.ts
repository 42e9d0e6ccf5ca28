import { describe, expect, it } from 'vitest';
import { derivedId, donorIdOf, fingerprint, freshId, shardOf } from '../../functions/kernel/ids.ts';

describe('ids', () => {
  it('are the same for the same thing, and say what they are of', () => {
    expect(derivedId('gift', 'wechat-pay', '4200000001')).toBe(derivedId('gift', 'wechat-pay', '4200000001'));
    expect(derivedId('gift', 'wechat-pay', '4200000001')).toMatch(/^gft_[0-9a-hjkmnp-tv-z]{20}$/);
  });

  it('do not confuse where one part ends and the next begins', () => {
    expect(derivedId('gift', 'ab', 'c')).not.toBe(derivedId('gift', 'a', 'bc'));
    expect(fingerprint(['1', '23'])).not.toBe(fingerprint(['12', '3']));
  });

  it('are fresh when asked to be', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => freshId('intent')));
    expect(ids.size).toBe(1000);
  });

  it('fit into an order number of WeChat Pay (6 to 32 letters, digits, _ - | *)', () => {
    expect(freshId('intent')).toMatch(/^[A-Za-z0-9_\-|*]{6,32}$/);
  });

  it('of donors cannot be found without the key', () => {
    expect(donorIdOf('key one', 'wechat-pay', 'openid')).not.toBe(donorIdOf('key two', 'wechat-pay', 'openid'));
    expect(donorIdOf('key one', 'wechat-pay', 'openid')).toBe(donorIdOf('key one', 'wechat-pay', 'openid'));
  });

  it('spread evenly over shards', () => {
    const counts = new Array<number>(8).fill(0);
    for (let n = 0; n < 8000; n += 1) {
      const shard = shardOf(`gft_${n}`, 8);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(800);
  });
});
