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

const moneyOf = ({ amountMinor, currency }: OrderedPayment | BookedEntry): string => `${amountMinor} ${currency}`;

function factsOf(id: string, { orders, entries, lines }: World) {
  const entry = entries.find((one) => one.paymentId === id);
  const known = lines.filter((line) => {
    if (line.paymentId !== id || line.isPending !== true) return line.paymentId === id;
    if (entry === undefined) return false;
    return line.kind !== 'refund' || entry.refunds.some(({ reference }) => reference === line.reference);
  });
  const orderNo = entry?.orderNo ?? known[0]?.orderNo ?? '';
  const order = orders.find((one) => one.orderNo === orderNo);
  const currency = entry?.currency ?? order?.currency ?? known[0]?.currency;
  const isOwnDispute = (line: StatementLine): boolean =>
    line.kind === 'dispute' &&
    (entry?.disputes ?? []).some(
      (one) =>
        one.disputeId === line.reference && one.amountMinor === line.amountMinor && one.currency === line.currency,
    );
  const own = known.filter((line) => line.currency === currency);
  const others = known.filter((line) => line.currency !== currency && !isOwnDispute(line));
  const paid = own.filter((line) => line.kind === 'payment');
  const reversed = own.filter((line) => line.kind === 'reversal');
  const cameBack = (reference: string | undefined): boolean =>
    own.some((line) => line.kind.endsWith('-returned') && line.reference === reference);
  const gone = own.filter(({ kind, reference }) => (kind === 'refund' || kind === 'dispute') && !cameBack(reference));
  const refunded = gone.filter((line) => !isOwnDispute(line));
  const inDispute = gone.filter(isOwnDispute).map(({ reference }) => reference);
  const booked = (entry?.refunds ?? []).filter((one) => one.isDispute !== true || !inDispute.includes(one.reference));
  const amount = entry?.amountMinor ?? paid[0]?.amountMinor ?? 0;
  const back = Math.max(sumOf(refunded) + sumOf(reversed), sumOf(booked));
  const when = `${entry?.occurredAt ?? paid[0]?.occurredAt ?? ''} ${id}`;
  const contradicted = booked.filter(({ reference }) => cameBack(reference));
  const standing = booked.filter(({ reference }) => !cameBack(reference));
  const stands = amount > 0 && back < amount;
  return { entry, paid, refunded, reversed, orderNo, order, stands, when, others, contradicted, standing };
}

function saidOf(id: string, ids: readonly string[], world: World): string[] {
  const facts = factsOf(id, world);
  const { entry, paid, refunded, reversed, orderNo, order, stands, when, others, contradicted, standing } = facts;
  const { terms } = world;
  if (entry === undefined && order === undefined && !terms.isOursAlone) return [];
  const isPaidBefore = ids.some((other) => {
    const theirs = factsOf(other, world);
    return other !== id && theirs.orderNo === orderNo && theirs.stands && theirs.when < when;
  });
  const isLater = terms.paidOnce && order !== undefined && stands && isPaidBefore;
  const isReversed = reversed.length > 0;
  const isPaid = paid.length > 0 || others.some(({ kind }) => kind === 'payment');
  const here = sumOf(standing);
  const there = sumOf(refunded);
  const mustBeThere = standing.filter(({ day, isDispute }) => isDispute !== true && terms.refundDays.has(day));
  const isMissingHere = entry === undefined && isPaid && !isReversed && !isLater;
  const rules: readonly (readonly [Difference['class'], boolean])[] = [
    ['duplicate', isLater || paid.length > 1],
    ['missing-here', isMissingHere && order === undefined],
    ['paid-not-booked', isMissingHere && order !== undefined],
    ['missing-there', entry !== undefined && !isPaid && !isReversed && terms.days.has(entry.day)],
    ['currency-differs', entry !== undefined && others.length > 0],
    [
      'amount-differs',
      entry !== undefined && others.length === 0 && paid.length > 0 && paid[0]?.amountMinor !== entry.amountMinor,
    ],
    ['state-differs', entry !== undefined && isReversed && sumOf(entry.refunds) < entry.amountMinor],
    ['booked-without-order', entry?.isOrdered === true && order === undefined],
    ['order-amount-differs', entry !== undefined && order !== undefined && moneyOf(order) !== moneyOf(entry)],
    ['refunded-there', !isReversed && there > here],
    ['refunded-here', !isReversed && there <= here && (sumOf(mustBeThere) > there || contradicted.length > 0)],
  ];
  return rules.filter(([, holds]) => holds).map(([kind]) => `${kind} ${id}`);
}
