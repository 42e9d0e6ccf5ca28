import type {
  AccountTerms,
  BookedEntry,
  Difference,
  OrderedPayment,
  StatementLine,
} from '../../functions/reconciliation/three-way.ts';

/**
 * The same question answered as slowly and as plainly as possible: one rule after the other, each looking through
 * everything there is. Shares nothing with the code it checks but the types.
 */
export function naiveDifferences(
  orders: readonly OrderedPayment[],
  entries: readonly BookedEntry[],
  lines: readonly StatementLine[],
  terms: AccountTerms,
): string[] {
  const found: string[] = [];
  const say = (kind: Difference['class'], paymentId: string): number => found.push(`${kind} ${paymentId}`);
  const ids = new Set<string>();
  for (const entry of entries) ids.add(entry.paymentId);
  for (const line of lines) ids.add(line.paymentId);
  const sumOf = (amounts: readonly { amountMinor: number }[]): number => {
    let sum = 0;
    for (const { amountMinor } of amounts) sum += amountMinor;
    return sum;
  };
  const factsOf = (id: string) => {
    const entry = entries.find((one) => one.paymentId === id);
    const paid = lines.filter((line) => line.paymentId === id && line.kind === 'payment');
    const refunded = lines.filter((line) => line.paymentId === id && line.kind === 'refund');
    const reversed = lines.filter((line) => line.paymentId === id && line.kind === 'reversal');
    const orderNo = entry?.orderNo ?? lines.find((line) => line.paymentId === id)?.orderNo ?? '';
    const order = orders.find((one) => one.orderNo === orderNo);
    const amount = entry?.amountMinor ?? paid[0]?.amountMinor ?? 0;
    const back = Math.max(sumOf(refunded) + sumOf(reversed), sumOf(entry?.refunds ?? []));
    const when = `${entry?.occurredAt ?? paid[0]?.occurredAt ?? ''} ${id}`;
    return { entry, paid, refunded, reversed, orderNo, order, stands: amount > 0 && back < amount, when };
  };
  for (const id of ids) {
    const { entry, paid, refunded, reversed, orderNo, order, stands, when } = factsOf(id);
    if (entry === undefined && order === undefined && !terms.isOursAlone) continue;
    let isLater = false;
    if (terms.paidOnce && order !== undefined && stands)
      for (const other of ids) {
        const facts = factsOf(other);
        if (other !== id && facts.orderNo === orderNo && facts.stands && facts.when < when) isLater = true;
      }
    if (isLater || paid.length > 1) say('duplicate', id);
    if (entry === undefined && paid.length > 0 && reversed.length === 0 && !isLater)
      say(order === undefined ? 'missing-here' : 'paid-not-booked', id);
    if (entry !== undefined && paid.length === 0 && reversed.length === 0 && terms.days.has(entry.day))
      say('missing-there', id);
    if (entry !== undefined && paid[0] !== undefined && paid[0].amountMinor !== entry.amountMinor)
      say('amount-differs', id);
    if (entry !== undefined && reversed.length > 0 && sumOf(entry.refunds) < entry.amountMinor)
      say('state-differs', id);
    if (entry !== undefined) {
      if (order === undefined && entry.isOrdered) say('booked-without-order', id);
      if (order !== undefined && order.amountMinor !== entry.amountMinor) say('order-amount-differs', id);
    }
    if (reversed.length > 0) continue;
    const here = sumOf(entry?.refunds ?? []);
    const hereNow = sumOf((entry?.refunds ?? []).filter(({ day }) => terms.refundDays.has(day)));
    if (sumOf(refunded) > here) say('refunded-there', id);
    else if (hereNow > sumOf(refunded)) say('refunded-here', id);
  }
  return found.sort();
}
