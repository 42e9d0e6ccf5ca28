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
  const ids = new Set([...entries, ...lines].map(({ paymentId }) => paymentId));
  return [...ids].flatMap((id) => saidOf(id, [...ids], { orders, entries, lines, terms })).sort();
}

type World = {
  readonly orders: readonly OrderedPayment[];
  readonly entries: readonly BookedEntry[];
  readonly lines: readonly StatementLine[];
  readonly terms: AccountTerms;
};

const sumOf = (amounts: readonly { readonly amountMinor: number }[]): number =>
  amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

function factsOf(id: string, { orders, entries, lines }: World) {
  const entry = entries.find((one) => one.paymentId === id);
  const own = lines.filter((line) => line.paymentId === id);
  const paid = own.filter((line) => line.kind === 'payment');
  const refunded = own.filter((line) => line.kind === 'refund');
  const reversed = own.filter((line) => line.kind === 'reversal');
  const orderNo = entry?.orderNo ?? own[0]?.orderNo ?? '';
  const order = orders.find((one) => one.orderNo === orderNo);
  const amount = entry?.amountMinor ?? paid[0]?.amountMinor ?? 0;
  const back = Math.max(sumOf(refunded) + sumOf(reversed), sumOf(entry?.refunds ?? []));
  const when = `${entry?.occurredAt ?? paid[0]?.occurredAt ?? ''} ${id}`;
  return { entry, paid, refunded, reversed, orderNo, order, stands: amount > 0 && back < amount, when };
}

function saidOf(id: string, ids: readonly string[], world: World): string[] {
  const { entry, paid, refunded, reversed, orderNo, order, stands, when } = factsOf(id, world);
  const { terms } = world;
  if (entry === undefined && order === undefined && !terms.isOursAlone) return [];
  const isPaidBefore = ids.some((other) => {
    const facts = factsOf(other, world);
    return other !== id && facts.orderNo === orderNo && facts.stands && facts.when < when;
  });
  const isLater = terms.paidOnce && order !== undefined && stands && isPaidBefore;
  const isReversed = reversed.length > 0;
  const here = sumOf(entry?.refunds ?? []);
  const hereNow = sumOf((entry?.refunds ?? []).filter(({ day }) => terms.refundDays.has(day)));
  const isMissingHere = entry === undefined && paid.length > 0 && !isReversed && !isLater;
  const rules: readonly (readonly [Difference['class'], boolean])[] = [
    ['duplicate', isLater || paid.length > 1],
    ['missing-here', isMissingHere && order === undefined],
    ['paid-not-booked', isMissingHere && order !== undefined],
    ['missing-there', entry !== undefined && paid.length === 0 && !isReversed && terms.days.has(entry.day)],
    ['amount-differs', entry !== undefined && paid.length > 0 && paid[0]?.amountMinor !== entry.amountMinor],
    ['state-differs', entry !== undefined && isReversed && here < entry.amountMinor],
    ['booked-without-order', entry?.isOrdered === true && order === undefined],
    ['order-amount-differs', entry !== undefined && order !== undefined && order.amountMinor !== entry.amountMinor],
    ['refunded-there', !isReversed && sumOf(refunded) > here],
    ['refunded-here', !isReversed && sumOf(refunded) <= here && hereNow > sumOf(refunded)],
  ];
  return rules.filter(([, holds]) => holds).map(([kind]) => `${kind} ${id}`);
}
