import { PermanentError, reasonOf, ThrottledError } from '../kernel/errors.ts';
import { type Instant, plusSeconds, SECONDS_PER_HOUR } from '../kernel/time.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { ageMandate, findMandate, mandatesToEnd } from './mandate.store.ts';
import type { Mandate } from './mandate.ts';
import { recordRegularGiftEvent } from './regular-gift-event.store.ts';
import { type ReadStripeApiKeys, readStripeApiKeys } from './stripe.gateway.ts';
import { type EndSubscription, subscriptionEnder } from './stripe-subscription.gateway.ts';

export type EndMandatesUse = {
  readonly table: Table;
  readonly readApiKeys: ReadStripeApiKeys;
  readonly endSubscription: EndSubscription;
};
type Outcome = { readonly kind: 'asked'; readonly ended: number; readonly left: number };

/** At 0.3 s for each answer two and a half minutes, half of what a run has. */
const MOST_IN_A_RUN = 500;
/** A provider that fails for an hour is no passing trouble: the day of the next charge may come. */
const PATIENCE_SECONDS = SECONDS_PER_HOUR;

/**
 * Asks the provider to end what donors have cancelled. A mandate stays among those that are to be ended until the provider has said that
 * it is, in its answer or in a notification, so that neither a failure nor a run that is cut off forgets one; and to end one twice
 * changes nothing there. One that cannot be ended holds up no other.
 */
async function endMandates(_run: DueRun, use: EndMandatesUse, now: Instant): Promise<Outcome> {
  let ended = 0;
  let left = 0;
  for (const mandateId of await mandatesToEnd(use.table, MOST_IN_A_RUN)) {
    const mandate = await findMandate(use.table, mandateId);
    // The index lags, and a notification may have come meanwhile.
    if (mandate?.state !== 'cancelling') continue;
    const problem = await problemOf(endMandate(mandate, use, now));
    if (problem === undefined) {
      ended += 1;
      continue;
    }
    left += 1;
    tell(mandate, problem, now);
    if (problem instanceof ThrottledError) break;
  }
  return { kind: 'asked', ended, left };
}

const problemOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

async function endMandate(mandate: Mandate, use: EndMandatesUse, now: Instant): Promise<void> {
  const { mandateId, mandateReference = '', merchantId = '' } = mandate;
  const apiKey = (await use.readApiKeys()).get(merchantId);
  if (apiKey === undefined)
    throw new PermanentError(`the merchant secret has no API key for the account ${merchantId}`);
  const answer = await use.endSubscription({ accountId: merchantId, apiKey, subscriptionId: mandateReference }, now);
  if (answer.kind === 'unknown') throw new PermanentError(`Stripe knows no ${mandateReference} in ${merchantId}`);
  await recordRegularGiftEvent(use.table, answer.event, now);
  await ageMandate(use.table, mandateId, now);
  log.info('mandate ended at its provider', { mandateId, mandateReference });
}

/** What passes by itself is a line of the log for an hour; after that, and where no repeat helps, a person is called. */
function tell({ mandateId, provider, mandateReference, cancelledAt }: Mandate, problem: unknown, now: Instant): void {
  const isPatient = !(problem instanceof PermanentError) && now < plusSeconds(cancelledAt ?? now, PATIENCE_SECONDS);
  const about = { mandateId, provider, mandateReference, cancelledAt, reason: reasonOf(problem) };
  if (isPatient) log.warn('mandate is not ended yet', about);
  else log.error('mandate is not ended', about);
  if (!isPatient) count(METRICS.mandateNotEnded);
}

export const definition: JobDefinition<EndMandatesUse> = {
  name: 'end-mandates',
  open: () => ({ table: openTable(), readApiKeys: readStripeApiKeys, endSubscription: subscriptionEnder() }),
  handle: endMandates,
};
export const handler = jobFunction(definition);
