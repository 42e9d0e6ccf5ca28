import { add, formatMoney, type Minor, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import type { StaffMail } from '../notices/staff-mail.tsx';
import { ageDaysOf, type UnassignedMoney } from './unassigned-money.ts';

/** After how many days since payment people hear of money that is nobody's. An alarm has rung when it came. */
const REMINDED_AFTER_DAYS = [3, 7, 14, 28] as const;
/** From here on the admins are told as well: donors ask by then what has become of their gift. */
export const LONG_UNASSIGNED_DAYS = 14;

/** Which reminder is due: the last of the days that have passed. */
export const unassignedReminderDue = (money: Pick<UnassignedMoney, 'occurredAt'>, now: Instant): number | undefined =>
  REMINDED_AFTER_DAYS.findLast((after) => after <= ageDaysOf(money, now));

/** The mail about money that waits for `days` days. Names no donor. */
export function unassignedMail(
  money: readonly UnassignedMoney[],
  days: number,
  organisation: { readonly organisationId: string; readonly name: string },
): StaffMail {
  const sums = [...Map.groupBy(money, ({ currency }) => currency)].map(([currency, some]) =>
    formatMoney(
      some.reduce<Minor>((sum, { amountMinor }) => add(sum, amountMinor), ZERO),
      currency,
    ),
  );
  const count = (state: UnassignedMoney['state']): string => String(money.filter((one) => one.state === state).length);
  return {
    language: 'zh-CN',
    subject: `有款项待认领：${organisation.name}`,
    organisationName: organisation.name,
    heading: '有款项待认领',
    paragraphs: [
      `以下款项到账已满 ${days} 天，尚不属于任何募捐活动，也未计入任何合计。`,
      '请查明捐赠用途，提出归属的活动，或退还付款人；金额较大或改变原定活动的，须由第二人确认。',
    ],
    facts: [
      ['款项', String(money.length)],
      ['待提出处理', count('waiting')],
      ['待第二人确认', count('proposed')],
      ['正在退还', count('returning')],
      ['金额', sums.join('，')],
    ],
    footer: [organisation.organisationId],
    generatedData: false,
  };
}
