import type { Instant } from '../kernel/time.ts';
import { regularGiftEventKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import type { RegularGiftEvent } from './regular-gift-event.ts';

/**
 * Keeps what a provider says of a regular gift, once for ever: any number of repeats leave one entry, and what follows
 * from all of them does not depend on the order in which they came. Throws TransientError or ThrottledError where the
 * store cannot answer.
 */
export async function recordRegularGiftEvent(
  table: Table,
  event: RegularGiftEvent,
  recordedAt: Instant,
): Promise<'recorded' | 'already-recorded'> {
  const key = regularGiftEventKey(event.provider, event.mandateReference, event.occurredAt, subjectOf(event));
  const outcome = await table.write({
    put: { ...key, type: 'regular-gift-event', ...event, recordedAt },
    when: { absent: true },
  });
  return outcome.kind === 'written' ? 'recorded' : 'already-recorded';
}

/** What tells two events of one mandate and one second apart. */
function subjectOf(event: RegularGiftEvent): string {
  switch (event.kind) {
    case 'charged':
      return `charged#${event.chargeReference}`;
    case 'charge-failed':
      return `charge-failed#${event.chargeReference}#${event.attempt}`;
    case 'mandate':
      return `mandate#${event.state}`;
  }
}
