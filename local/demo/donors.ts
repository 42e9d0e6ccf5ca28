import type { SeededRandom } from '../../functions/matching/giving-day/seeded-random.ts';

/** A made-up person. */
export type Donor = {
  /** The account reference that the provider would send; says that it is generated. */
  readonly openid: string;
  readonly name: string;
  readonly email: string;
  readonly language: 'zh-CN' | 'en';
};

/** Stands before every name, so that nobody takes the demo's donors for people. */
export const GENERATED_NAME_PREFIX = '演示·';

const SURNAMES = [
  ...'王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔',
];
const COMPOUND_SURNAMES = ['欧阳', '司马', '诸葛', '上官'] as const;
const GIVEN = [
  ...'伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉梅建国志文华红春燕浩宇欣怡子轩雨晨思远佳琪海波小龙',
];
// Characters that fonts, encodings and string lengths stumble over; the last two lie beyond the basic plane.
const RARE = ['喆', '堃', '犇', '龑', '淼', '䶮', '㛃', '𠮷', '𬭼'] as const;

/** Donor number `number`; takes the name from the seed. */
export function makeDonor(number: number, random: SeededRandom): Donor {
  const ordinal = String(number).padStart(8, '0');
  return {
    openid: `o-generated-demo-${ordinal}abc`,
    name: `${GENERATED_NAME_PREFIX}${chineseName(random)}`,
    email: `donor-${ordinal}@example.org`,
    language: random.happens(0.05) ? 'en' : 'zh-CN',
  };
}

function chineseName(random: SeededRandom): string {
  const surname = random.happens(0.02) ? random.pick(COMPOUND_SURNAMES) : characterOf(SURNAMES, random);
  const first = random.happens(0.03) ? random.pick(RARE) : characterOf(GIVEN, random);
  return `${surname}${first}${random.happens(0.7) ? characterOf(GIVEN, random) : ''}`;
}

const characterOf = (characters: readonly string[], random: SeededRandom): string =>
  characters[random.below(characters.length)] ?? '';
