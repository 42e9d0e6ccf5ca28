import { fingerprint } from '../kernel/ids.ts';
import { type Instant, instantOf, plusSeconds, SECONDS_PER_HOUR, secondsUntil } from '../kernel/time.ts';
import type { Who } from './approval-route.ts';
import { type Confirmation, escalationTells, SECOND_PERSONS, whoConfirms } from './confirmation.ts';

/** What people are told of entries that wait for a second person, as of the steps of an approval. */
export type ConfirmationNotice =
  /** To everybody who may decide. */
  | { readonly kind: 'entered' }
  | { readonly kind: 'reminder'; readonly number: number }
  /** To those whom the escalation brings in; where it brings nobody in, to the admins. */
  | { readonly kind: 'escalation' };

/**
 * Entries of one campaign that are told of in one mail: those of one clock hour, once it is over. Whoever pays a hundred bills in
 * an afternoon sends some mails by it, and not a hundred.
 */
export type Told = {
  readonly notice: ConfirmationNotice;
  /** Unique among all notices of the campaign: once sent to somebody, never again. */
  readonly claim: string;
  readonly confirmations: readonly Confirmation[];
};

/**
 * What should have been told by now of what still waits, by the clock alone; so that it does not matter how often or how late this
 * is asked. Of reminders only the last that is due.
 */
export function confirmationsTold(waiting: readonly Confirmation[], now: Instant): Told[] {
  const hours = Map.groupBy(waiting, (confirmation) => `${confirmation.campaignId} ${hourName(confirmation)}`);
  return [...hours.values()].flatMap((confirmations) => {
    const [first] = confirmations;
    if (first === undefined) return [];
    return noticesDue(first, now).map((notice) => ({
      notice,
      claim: `confirmations-${hourName(first)}-${notice.kind}${notice.kind === 'reminder' ? `-${notice.number}` : ''}`,
      confirmations,
    }));
  });
}

const HOUR_LENGTH = '2026-10-08T02'.length;

/** The hour in which it was entered; entries that another route was in force for are told of apart. */
function hourName({ enteredAt, remindAfterHours, escalateAfterHours, escalateTo }: Confirmation): string {
  const terms = fingerprint([String(remindAfterHours), String(escalateAfterHours), JSON.stringify(escalateTo ?? null)]);
  return `${enteredAt.slice(0, HOUR_LENGTH)}-${terms.slice(0, 8)}`;
}

/** The end of the hour in which it was entered: from then on people are told of it. */
const toldFrom = ({ enteredAt }: Confirmation): Instant =>
  plusSeconds(instantOf(`${enteredAt.slice(0, HOUR_LENGTH)}:00:00.000Z`), SECONDS_PER_HOUR);

function noticesDue(confirmation: Confirmation, now: Instant): ConfirmationNotice[] {
  const { remindAfterHours, escalateAfterHours } = confirmation;
  const waitedHours = Math.floor(-secondsUntil(toldFrom(confirmation), now) / SECONDS_PER_HOUR);
  if (waitedHours < 0) return [];
  const number = Math.floor(waitedHours / remindAfterHours);
  return [
    { kind: 'entered' },
    ...(waitedHours >= escalateAfterHours ? [{ kind: 'escalation' } as const] : []),
    ...(number === 0 ? [] : [{ kind: 'reminder', number } as const]),
  ];
}

/** Whom a notice is for. */
export function toldWhos({ kind }: ConfirmationNotice, confirmation: Confirmation, now: Instant): readonly Who[] {
  // Whoever an escalation brings in hears of it by its own mail, and is reminded with the others from then on.
  if (kind === 'entered') return SECOND_PERSONS;
  return kind === 'escalation' ? [escalationTells(confirmation)] : whoConfirms(confirmation, now);
}

/** Whether whom a notice is for need not be able to decide: admins are told so that somebody does. */
export const isToldToWatch = ({ kind }: ConfirmationNotice, { escalateTo }: Confirmation): boolean =>
  kind === 'escalation' && escalateTo === undefined;
