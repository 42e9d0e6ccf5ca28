import * as z from 'zod';
import { calendarsOf } from '../duties/calendar.store.ts';
import { TransientError } from '../kernel/errors.ts';
import { type LocalDate, localDateSchema } from '../kernel/time.ts';
import { accountsOfReconciledDay, dayTotalsKey, reconciledDayKey, sweepKey } from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { type DayCampaign, localDaysOf } from './day-books.store.ts';
import { type DayRecord, dayRecordSchema } from './day-record.ts';

const SWEEP = 'bills';
const sweepSchema = z.object({ checkedUntil: localDateSchema });
/** Until which day's bills people were reminded of what lies. */
const REMINDED = 'bills-reminded';

/** The last day whose bills have been checked; `undefined` before the first. */
export const billsCheckedUntil = (table: Table): Promise<LocalDate | undefined> => sweptUntil(table, SWEEP);

/** The last day with whose bills everybody was reminded of what lies. */
export const remindedUntil = (table: Table): Promise<LocalDate | undefined> => sweptUntil(table, REMINDED);

/** Says that everybody was. A run that was overtaken by another does no harm: nobody is told twice. */
export async function everybodyReminded(table: Table, day: LocalDate): Promise<void> {
  await table.write({ put: { ...sweepKey(REMINDED), type: 'sweep', checkedUntil: day } });
}

async function sweptUntil(table: Table, sweep: string): Promise<LocalDate | undefined> {
  return sweepSchema.optional().parse(await table.get(sweepKey(sweep)))?.checkedUntil;
}

/** Says how far the checking has come. A run that was overtaken by another changes nothing: a day that is checked twice does no harm. */
export async function billsChecked(table: Table, before: LocalDate | undefined, day: LocalDate): Promise<void> {
  await table.write({
    put: { ...sweepKey(SWEEP), type: 'sweep', checkedUntil: day },
    when: before === undefined ? { absent: true } : { equals: { checkedUntil: before } },
  });
}

const AGAIN = 'bills-again';
const againSchema = z.object({ days: z.array(localDateSchema), version: z.number().int() });
/** Days that people may ask for before a run has come: a year of days, which takes the provider's three months anyway. */
const MOST_ASKED = 370;
const ATTEMPTS = 5;

/** The days that people asked to have compared again. */
export async function daysAskedAgain(table: Table): Promise<readonly LocalDate[]> {
  return (await readAgain(table)).days;
}

async function readAgain(table: Table): Promise<z.infer<typeof againSchema>> {
  return againSchema.optional().parse(await table.get(sweepKey(AGAIN))) ?? { days: [], version: 0 };
}

/** Asks that a day be fetched and compared again by the next run, or says that it was. Throws TransientError where others keep asking. */
export async function askAgain(table: Table, day: LocalDate, change: 'ask' | 'done'): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { days, version } = await readAgain(table);
    if (days.includes(day) === (change === 'ask')) return;
    const next = change === 'ask' ? [...days, day].slice(-MOST_ASKED) : days.filter((one) => one !== day);
    const outcome = await table.write({
      put: { ...sweepKey(AGAIN), type: 'bills-again', days: next, version: version + 1 },
      when: version === 0 ? { absent: true } : { equals: { version } },
    });
    if (outcome.kind === 'written') return;
  }
  throw new TransientError(`${day} could not be asked for just now`);
}

/**
 * The campaigns that took gifts on a Beijing day, by their days' totals: every campaign with a calendar is asked, in batch reads,
 * and none is looked through in vain.
 */
export async function campaignsOfDay(table: Table, day: LocalDate): Promise<DayCampaign[]> {
  const campaigns = new Map<string, DayCampaign>();
  const keys = [];
  for await (const { campaignId, facts } of calendarsOf(table)) {
    const { zone } = facts.window;
    campaigns.set(campaignId, { campaignId, zone });
    keys.push(...localDaysOf(day, zone).map((local) => ({ campaignId, key: dayTotalsKey(campaignId, local) })));
  }
  const counted = new Set(
    (
      await readMany(
        table,
        keys.map(({ key }) => key),
      )
    ).map(({ pk, sk }) => `${pk} ${sk}`),
  );
  const busy = new Set(
    keys.filter(({ key }) => counted.has(`${key.pk} ${key.sk}`)).map(({ campaignId }) => campaignId),
  );
  return [...campaigns.values()].filter(({ campaignId }) => busy.has(campaignId));
}

/** Keeps how an account stands for a day; a later comparison of the same day takes its place. */
export async function keepDayRecord(table: Table, record: DayRecord): Promise<void> {
  await table.write({ put: { ...reconciledDayKey(record.day, record.provider, record.merchantId), ...record } });
}

/** How every account stands for a day. */
export async function dayRecordsOf(table: Table, day: LocalDate): Promise<DayRecord[]> {
  const records: DayRecord[] = [];
  for await (const item of everyItem(table, accountsOfReconciledDay(day))) records.push(dayRecordSchema.parse(item));
  return records;
}
