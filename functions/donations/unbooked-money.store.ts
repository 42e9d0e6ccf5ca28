import type { Instant } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import type { Table } from '../platform/table.ts';
import { type UnbookedMoney, unbookedItemOf } from './unbooked-money.ts';

/**
 * Keeps money in a currency that is not booked here, once for ever, and tells a person. Throws TransientError or
 * ThrottledError where the store cannot answer.
 */
export async function recordUnbookedMoney(
  table: Table,
  money: UnbookedMoney,
  now: Instant,
): Promise<'recorded' | 'already-recorded'> {
  const outcome = await table.write({ put: unbookedItemOf(money, now), when: { absent: true } });
  if (outcome.kind !== 'written') return 'already-recorded';
  const { what, provider, paymentId, reference, amount, currency } = money;
  count(METRICS.donationUnassigned);
  log.error('money in a currency that is not booked here', { what, provider, paymentId, reference, amount, currency });
  return 'recorded';
}
