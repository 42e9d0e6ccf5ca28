import type { Instant } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';
import { type Confirmation, isOwnEntry, waitsFor } from './confirmation.ts';
import { isToldToWatch, type Told, toldWhos } from './confirmation-notices.ts';
import { toldAmong } from './recipients.store.ts';

/** One person, and what they are told of: never of what they have entered themselves. */
export type ConfirmationRecipient = {
  readonly email: string;
  readonly onBehalfOf: readonly string[];
  readonly confirmations: readonly Confirmation[];
};

/** Who is told what of one hour's entries. Whoever has left every organisation is not written to. */
export async function confirmationRecipients(table: Table, told: Told, now: Instant): Promise<ConfirmationRecipient[]> {
  const { notice } = told;
  const recipients = new Map<string, ConfirmationRecipient>();
  // Who may decide is the same for all entries of one person, and for all of one hour but for who entered them.
  for (const own of Map.groupBy(told.confirmations, ({ enteredBy }) => enteredBy).values()) {
    const [first] = own;
    if (first === undefined) continue;
    const people = await toldAmong(
      table,
      first,
      toldWhos(notice, first, now),
      (decider) => (isToldToWatch(notice, first) ? !isOwnEntry(first, decider) : waitsFor(first, decider, now)),
      now,
    );
    for (const { person, onBehalfOf } of people) {
      if (person.email === undefined) continue;
      const known = recipients.get(person.personId);
      recipients.set(person.personId, {
        email: person.email,
        onBehalfOf: [...new Set([...(known?.onBehalfOf ?? []), ...onBehalfOf])],
        confirmations: [...(known?.confirmations ?? []), ...own],
      });
    }
  }
  return [...recipients.values()];
}
