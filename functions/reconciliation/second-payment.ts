import { PAID_ONCE } from './account-day.ts';
import type { Finding } from './reconciliation-item.ts';

type Unbooked = Pick<Finding, 'class' | 'provider' | 'merchantId' | 'orderNo' | 'transactionId' | 'day'>;

/**
 * Of several payments of one order that nobody has booked, the first by its day is missing, and each later one is a second payment. A
 * day alone does not see that, where midnight lies between them. `earlier`: what was found on days before.
 */
export function secondPayments(findings: readonly Finding[], earlier: readonly Unbooked[]): Finding[] {
  const first = new Map<string, Unbooked>();
  for (const one of [...earlier, ...findings].filter(isUnbooked)) {
    const known = first.get(orderOf(one));
    if (known === undefined || isBefore(one, known)) first.set(orderOf(one), one);
  }
  return findings.map((finding) => {
    const known = isUnbooked(finding) ? first.get(orderOf(finding)) : undefined;
    const isSecond = known !== undefined && known.day < finding.day && known.transactionId !== finding.transactionId;
    return isSecond ? { ...finding, class: 'duplicate' } : finding;
  });
}

const isUnbooked = ({ class: kind, provider }: Unbooked): boolean =>
  kind === 'paid-not-booked' && PAID_ONCE.has(provider);
const orderOf = ({ provider, merchantId, orderNo }: Unbooked): string => `${provider} ${merchantId} ${orderNo}`;
const isBefore = (left: Unbooked, right: Unbooked): boolean =>
  left.day < right.day || (left.day === right.day && left.transactionId < right.transactionId);
