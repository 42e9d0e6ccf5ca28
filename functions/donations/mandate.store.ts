import { findCampaignTerms } from '../campaigns/campaign-terms.store.ts';
import { TransientError } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import { type Instant, type LocalDate, localDateOf } from '../kernel/time.ts';
import {
  cancellingMandateIndexKey,
  eventsOfMandate,
  mandateIndexKey,
  mandateKey,
  mandatesCancelling,
  mandatesDueOn,
} from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { everyItem, type Item, type Table } from '../platform/table.ts';
import { findIntent } from './donation-intent.store.ts';
import {
  dayOfMonthOf,
  dueDayOf,
  type Mandate,
  mandateAliasSchema,
  mandateSchema,
  periodOf,
  standingOf,
} from './mandate.ts';
import { type RegularGiftEvent, regularGiftEventSchema } from './regular-gift-event.ts';

/** Where no campaign says otherwise: as the bookings of payments (payment-booking.ts). */
const DEFAULT_ZONE = 'Asia/Shanghai';
/** Writers that meet at one mandate are its provider's messages of one moment, a handful. */
const ATTEMPTS = 8;

/** The id of a mandate that belongs to an order of ours. */
export const mandateIdOfOrder = (orderNo: string): string => derivedId('mandate', 'order', orderNo);
/** The id of one that was agreed elsewhere: by the provider's own id. */
export const mandateIdOfProvider = ({ provider, mandateReference }: About): string =>
  derivedId('mandate', provider, mandateReference);
type About = Pick<RegularGiftEvent, 'provider' | 'mandateReference'>;

const itemOf = (mandate: Mandate): Item => ({ ...mandateKey(mandate.mandateId), ...waitingOf(mandate), ...mandate });

/** Among those that the provider is to end, or whose charge is expected on a day, where a provider collects it. */
function waitingOf({ mandateId, state, nextOn, provider }: Mandate): object {
  if (state === 'cancelling') return cancellingMandateIndexKey(mandateId);
  return nextOn === undefined || provider === undefined ? {} : mandateIndexKey(nextOn, mandateId);
}

export async function findMandate(table: Table, mandateId: string): Promise<Mandate | undefined> {
  const item = await table.get(mandateKey(mandateId));
  const alias = mandateAliasSchema.safeParse(item);
  if (!alias.success) return mandateSchema.optional().parse(item);
  return mandateSchema.optional().parse(await table.get(mandateKey(alias.data.mandateId)));
}

/** Keeps a mandate that a donor agrees to here, once; the same again finds it as it stands. */
export async function agreeMandate(table: Table, mandate: Mandate): Promise<Mandate> {
  const outcome = await table.write({ put: itemOf(mandate), when: { absent: true } });
  return outcome.kind === 'written' ? mandate : mandateSchema.parse(outcome.existing ?? (await read(table, mandate)));
}
const read = (table: Table, { mandateId }: Mandate) => table.get(mandateKey(mandateId));

/**
 * Brings a mandate up to what its provider has said, all of it: called by a door after each event that it has kept. Two that come
 * together both end with all events in it, because the item is read before the events and its version guards the write. Throws
 * TransientError where that does not succeed; the provider comes again, and nothing is lost.
 */
export async function followMandate(table: Table, about: About, now: Instant): Promise<Mandate> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // An order may be named by a later event only, and the mandate is the order's then.
    const named = (await mandateEvents(table, about)).find(({ orderNo }) => orderNo !== undefined)?.orderNo;
    const mandateId = named === undefined ? mandateIdOfProvider(about) : mandateIdOfOrder(named);
    const [before, twin] = await Promise.all([
      findMandate(table, mandateId),
      named === undefined ? undefined : findTwin(table, about),
    ]);
    const events = await mandateEvents(table, about);
    const known = before?.agreed === true ? before : await toldOf(table, mandateId, named, events, now);
    const { provider, mandateReference } = about;
    const { createdAt = now } = before ?? {};
    const merchantId = events.at(-1)?.merchantId;
    const cancelledAt = before?.cancelledAt ?? twin?.cancelledAt;
    const mandate: Mandate = {
      ...known,
      provider,
      mandateReference,
      ...(merchantId === undefined ? {} : { merchantId }),
      createdAt,
      ...(cancelledAt === undefined ? {} : { cancelledAt }),
    };
    const written = await write(table, before, mandate, events, now);
    if (written !== undefined && (await isRetired(table, twin, mandateId))) return written;
  }
  throw new TransientError('the mandate was changed by others again and again');
}

/** The same mandate under the provider's own id, where it was told of before any event named the order. */
async function findTwin(table: Table, about: About): Promise<Mandate | undefined> {
  const twin = mandateSchema.safeParse(await table.get(mandateKey(mandateIdOfProvider(about))));
  return twin.success ? twin.data : undefined;
}

/** Leaves only a pointer where the twin stood. False where it was changed meanwhile, by a donor who cancelled it. */
async function isRetired(table: Table, twin: Mandate | undefined, mandateId: string): Promise<boolean> {
  if (twin === undefined) return true;
  const outcome = await table.write({
    put: { ...mandateKey(twin.mandateId), type: 'mandate-alias', mandateId },
    when: { equals: { version: twin.version } },
  });
  return outcome.kind === 'written';
}

/** Counts what time alone changes: nothing came on the day it was due. `undefined` where there is no such mandate. */
export async function ageMandate(table: Table, mandateId: string, now: Instant): Promise<Mandate | undefined> {
  return change(table, mandateId, now, (mandate) => mandate);
}

/** The donor cancels, once for ever: the first time stands. `undefined` where there is no such mandate. */
export async function cancelMandate(table: Table, mandateId: string, now: Instant): Promise<Mandate | undefined> {
  return change(table, mandateId, now, (mandate) => ({ cancelledAt: now, ...mandate }));
}

async function change(
  table: Table,
  mandateId: string,
  now: Instant,
  changed: (mandate: Mandate) => Mandate,
): Promise<Mandate | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await findMandate(table, mandateId);
    if (before === undefined) return undefined;
    const { provider, mandateReference } = before;
    const events =
      provider === undefined || mandateReference === undefined
        ? []
        : await mandateEvents(table, { provider, mandateReference });
    const written = await write(table, before, changed(before), events, now);
    if (written !== undefined) return written;
  }
  throw new TransientError('the mandate was changed by others again and again');
}

async function write(
  table: Table,
  before: Mandate | undefined,
  mandate: Mandate,
  events: readonly RegularGiftEvent[],
  now: Instant,
): Promise<Mandate | undefined> {
  const { nextOn: _nextOn, chargedAfterCancellation: wasTaken, ...kept } = mandate;
  const standing = standingOf(mandate, events, localDateOf(now, mandate.zone));
  const version = (before?.version ?? 0) + 1;
  const written: Mandate = { ...kept, ...standing, version, updatedAt: now };
  const outcome = await table.write({
    put: itemOf(written),
    when: before === undefined ? { absent: true } : { equals: { version: before.version } },
  });
  if (outcome.kind !== 'written') return undefined;
  const { mandateId, state, nextOn } = written;
  log.info('mandate.changed', { mandateId, state, nextOn, paidPeriods: written.paidPeriods });
  if (written.chargedAfterCancellation === true && wasTaken === undefined) {
    count(METRICS.chargedAfterCancellation);
    log.error('money was taken after the donor had cancelled', { mandateId, provider: written.provider });
  }
  return written;
}

/** A mandate that a provider tells of first: its day is that of the earliest period, its campaign the order's. */
async function toldOf(
  table: Table,
  mandateId: string,
  orderNo: string | undefined,
  events: readonly RegularGiftEvent[],
  now: Instant,
): Promise<Mandate> {
  const intent = orderNo === undefined ? undefined : await findIntent(table, orderNo);
  const terms = intent === undefined ? undefined : await findCampaignTerms(table, intent.campaignId);
  const zone = intent?.zone ?? terms?.zone ?? DEFAULT_ZONE;
  const charge = events.find((event) => event.kind !== 'mandate');
  const starts = events.map((event) => (event.kind === 'mandate' ? event.occurredAt : event.periodStart)).sort();
  const first = localDateOf(starts[0] ?? now, zone);
  const dayOfMonth = dayOfMonthOf(first);
  return {
    type: 'mandate',
    mandateId,
    version: 1,
    ...(orderNo === undefined ? {} : { orderNo }),
    ...(intent === undefined ? {} : { campaignId: intent.campaignId }),
    ...(intent?.unitId === undefined ? {} : { unitId: intent.unitId }),
    ...(intent?.teamId === undefined ? {} : { teamId: intent.teamId }),
    ...(charge === undefined ? {} : { amountMinor: charge.amountMinor, currency: charge.currency }),
    zone,
    dayOfMonth,
    firstOn: dueDayOf(periodOf(first), dayOfMonth),
    state: 'awaiting-provider',
    retries: 0,
    skippedInARow: 0,
    paidPeriods: 0,
    createdAt: now,
    updatedAt: now,
  };
}

/** Everything that a provider has said of a mandate, in order of time. */
export async function mandateEvents(table: Table, { provider, mandateReference }: About): Promise<RegularGiftEvent[]> {
  const events: RegularGiftEvent[] = [];
  for await (const item of everyItem(table, eventsOfMandate(provider, mandateReference))) {
    const { pk: _pk, sk: _sk, type: _type, recordedAt: _recordedAt, ...event } = item;
    events.push(regularGiftEventSchema.parse(event));
  }
  return events;
}

/** The ids of mandates whose charge was expected on a day, at most `most` of them. */
export async function mandatesExpectedOn(table: Table, day: LocalDate, most: number): Promise<string[]> {
  const { items } = await table.query(mandatesDueOn(day), { limit: most });
  return items.map(({ indexSk }) => String(indexSk));
}

/** The ids of mandates that their provider is to end, at most `most` of them. */
export async function mandatesToEnd(table: Table, most: number): Promise<string[]> {
  const { items } = await table.query(mandatesCancelling(), { limit: most });
  return items.map(({ indexSk }) => String(indexSk));
}

/** Mandates on one page of a list. */
const PAGE_SIZE = 50;
export type MandatePage = { readonly mandates: readonly Mandate[]; readonly next: string | undefined };

/** A page of those whose charge is expected on a day, or of those that are being cancelled, after the mandate `after`. */
export async function listMandates(
  table: Table,
  which: LocalDate | 'cancelling',
  after: string | undefined,
): Promise<MandatePage> {
  const question = which === 'cancelling' ? mandatesCancelling(after) : mandatesDueOn(which, after);
  // One more than a page tells whether there is another; the place itself, with which the stretch begins, is one more again.
  const { items } = await table.query(question, { limit: PAGE_SIZE + 2 });
  const found = items.map((item) => mandateSchema.parse(item)).filter(({ mandateId }) => mandateId !== after);
  const mandates = found.slice(0, PAGE_SIZE);
  return { mandates, next: found.length > PAGE_SIZE ? mandates.at(-1)?.mandateId : undefined };
}
