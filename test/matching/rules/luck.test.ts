import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RANDOM_EXAMPLE } from '../../../functions/matching/rule-examples.ts';
import {
  betweenByWord,
  drawnMultiple,
  drawnShare,
  expectedBasisPoints,
  seedHashOf,
  seedSchema,
  wins,
  wordsOf,
} from '../../../functions/matching/rules/luck.ts';

const SEED = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const KEY = createSecretKey(SEED, 'hex');
const LAST_WORD = 2 ** 32 - 1;

// printf 'lucky-match:gft_4' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED
//   1ea10e61 df674ebd bd1fd1fe 6b6fbe8e 2e23544e7eb32d22b858d0528eae56b1
const WORDS_OF_GIFT_4 = [0x1ea10e61, 0xdf674ebd, 0xbd1fd1fe, 0x6b6fbe8e];
// printf 'lucky-match:gft_1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED
//   ae1c1e09 12a97c05 5af2cce9 176e6f80 fcc9f68fe061accc50a892b38c94635d
const WORDS_OF_GIFT_1 = [0xae1c1e09, 0x12a97c05, 0x5af2cce9, 0x176e6f80];
// printf $SEED | xxd -r -p | openssl dgst -sha256
const HASH = '4773d12e2371bb935b9a0f5439b4a1c3ad3f2414b86980f8418d1cfabdfadfef';

describe('a gift’s draw', () => {
  it('is what openssl computes from the revealed seed, the rule’s id and the gift’s id', () => {
    expect(wordsOf(KEY, 'lucky-match', 'gft_4')).toEqual(WORDS_OF_GIFT_4);
    expect(wordsOf(KEY, 'lucky-match', 'gft_1')).toEqual(WORDS_OF_GIFT_1);
  });

  it('differs between rules, so that who wins from one sponsor does not win from all', () => {
    expect(wordsOf(KEY, 'another', 'gft_4')).not.toEqual(WORDS_OF_GIFT_4);
  });

  it('was bound before the window by the hash of the seed’s bytes', () => {
    expect(seedHashOf(SEED)).toBe(HASH);
  });

  it('decides share and multiple by words of its own', () => {
    const [win, share, , multiple] = WORDS_OF_GIFT_4 as [number, number, number, number];
    expect(wins(win, RANDOM_EXAMPLE)).toBe(true);
    // 100 + floor(3748089533 x 701 / 4294967296)
    expect(drawnShare(share, RANDOM_EXAMPLE)).toBe(711);
    // 3 + floor(1802485390 x 8 / 4294967296)
    expect(drawnMultiple(multiple, RANDOM_EXAMPLE, 10)).toBe(6);
    expect(wins(WORDS_OF_GIFT_1[0] ?? 0, RANDOM_EXAMPLE)).toBe(false);
  });
});

describe('winning', () => {
  it('has the probability of the rule to the last of the four billion words', () => {
    const third = { ...RANDOM_EXAMPLE, winNumerator: 1, winDenominator: 3 };
    // 2^32 / 3 is 1,431,655,765 and a third: words 0 to 1,431,655,765 win.
    expect(wins(1_431_655_765, third)).toBe(true);
    expect(wins(1_431_655_766, third)).toBe(false);
    const half = { ...RANDOM_EXAMPLE, winNumerator: 1, winDenominator: 2 };
    expect(wins(2 ** 31 - 1, half)).toBe(true);
    expect(wins(2 ** 31, half)).toBe(false);
  });

  it('is certain with a probability of one', () => {
    expect(wins(0, { ...RANDOM_EXAMPLE, winNumerator: 7, winDenominator: 7 })).toBe(true);
    expect(wins(LAST_WORD, { ...RANDOM_EXAMPLE, winNumerator: 7, winDenominator: 7 })).toBe(true);
  });
});

describe('a figure between two', () => {
  it('includes both ends and nothing beyond them', () => {
    expect(betweenByWord(0, 100, 800)).toBe(100);
    expect(betweenByWord(LAST_WORD, 100, 800)).toBe(800);
  });

  it('is that figure where both are the same', () => {
    for (const word of [0, 2 ** 31, LAST_WORD]) expect(betweenByWord(word, 250, 250)).toBe(250);
  });

  it('changes exactly where the next part of the words begins', () => {
    // Two figures share the words evenly.
    expect(betweenByWord(2 ** 31 - 1, 0, 1)).toBe(0);
    expect(betweenByWord(2 ** 31, 0, 1)).toBe(1);
    // Three do, as far as whole words can.
    expect([1_431_655_765, 1_431_655_766].map((word) => betweenByWord(word, 0, 2))).toEqual([0, 1]);
  });

  it('stays exact with the widest range that a rule may have', () => {
    const span = 100_001n;
    for (const word of [1, 42_949, 42_950, LAST_WORD])
      expect(betweenByWord(word, 0, 100_000)).toBe(Number((BigInt(word) * span) >> 32n));
  });
});

describe('a multiplier', () => {
  it('is for who moved enough people, from exactly as many', () => {
    expect(drawnMultiple(0, RANDOM_EXAMPLE, 9)).toBe(0);
    expect(drawnMultiple(0, RANDOM_EXAMPLE, 10)).toBe(3);
    expect(drawnMultiple(LAST_WORD, RANDOM_EXAMPLE, 10)).toBe(10);
  });

  it('is for nobody where the rule has none', () => {
    expect(drawnMultiple(LAST_WORD, { ...RANDOM_EXAMPLE, multiplier: undefined }, 1_000)).toBe(0);
  });
});

describe('a seed', () => {
  it('has 32 bytes in lower-case hex, so that everybody computes with the same', () => {
    expect(seedSchema.safeParse(SEED).success).toBe(true);
    for (const wrong of [SEED.slice(1), `${SEED}0`, SEED.toUpperCase(), SEED.replace('0', 'g')])
      expect(seedSchema.safeParse(wrong).success).toBe(false);
  });
});

describe('what a yuan draws on average', () => {
  it('is the probability times the middle of the shares', () => {
    expect(expectedBasisPoints(RANDOM_EXAMPLE)).toBe(225);
  });
});
