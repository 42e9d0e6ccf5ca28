import { minor } from '../../functions/kernel/money.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { receiptOf, reversalOf } from '../../functions/receipts/issuing.ts';
import { type Receipt, referenceTo } from '../../functions/receipts/receipt.ts';
import { entry } from '../matching/money-path.ts';
import { about, CREDIT_CODE, issuer } from './receipt-world.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const by = issuer(NOW);
const numbered = (number: number) => ({ code: '51010126', number });
const gift = (n: number, amountMinor: number, changes: object = {}) =>
  entry(n, { giftId: `gft_0123456789abcdefgh${String(n).padStart(2, '0')}`, amountMinor, ...changes });

const plain = receiptOf(gift(1, 1_230_000), minor(1_230_000), about('王芳'), numbered(128), by, 1);
const wrong = receiptOf(gift(2, 1_770), minor(1_770), about('李明'), numbered(129), by, 1);
const refunded = receiptOf(gift(3, 10_000), minor(10_000), about('赵敏'), numbered(130), by, 1);
const reversal = reversalOf(refunded, '部分退款，余额另开', numbered(131), by);
const assessed = (item: string, quantity: number, unit: string, assessedMinor: number) => ({
  item,
  quantity,
  unit,
  assessedMinor: minor(assessedMinor),
  basis: 'invoice' as const,
  basisReference: 'F-1',
});
const FEW = [assessed('急救箱', 100, '个', 1_200_000), assessed('毛毯（1.5米×2米）', 240, '床', 1_920_000)];
const MANY = Array.from({ length: 12 }, (_, n) => assessed(`药品第${n + 1}种`, 10 * (n + 1), '盒', 1_000 * (n + 1)));
const payer = { name: '四川科伦药业股份有限公司', creditCode: CREDIT_CODE };
const goods = (n: number, list: typeof FEW, number: number): Receipt => {
  const amount = list.reduce((sum, { assessedMinor }) => sum + assessedMinor, 0);
  const entered = gift(n, amount, { inKind: true, provider: 'offline' });
  return receiptOf(entered, minor(amount), about('', { payer, goods: list }), numbered(number), by, 1);
};

/** One receipt of each look that there is. */
export const SAMPLES: Readonly<Record<string, Receipt>> = {
  plain,
  void: { ...wrong, state: 'void', stateReason: '交款人姓名有误', stateAt: NOW, stateBy: 'chen' },
  reversed: { ...refunded, state: 'reversed', stateReason: '退款', reversedBy: referenceTo(reversal) },
  reversal,
  duplicate: { ...plain, copies: 2 },
  'made-up': { ...plain, generatedData: true, copies: 1 },
  'rare-name': receiptOf(
    gift(4, 50_005),
    minor(50_005),
    about(
      '𠮷野家·阿卜杜热合曼·买买提艾力江与中华人民共和国达州市宣汉县南坝镇第一中心小学校全体教职员工及二零二六届毕业生家长委员会',
    ),
    numbered(132),
    by,
    1,
  ),
  goods: goods(5, FEW, 133),
  'many-goods': goods(6, MANY, 134),
  large: receiptOf(
    gift(7, 1_000_000_000_000),
    minor(1_000_000_000_000),
    about('某大型企业集团'),
    numbered(9_999_999_999),
    by,
    1,
  ),
};
