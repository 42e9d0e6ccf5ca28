import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstCharges, type Schedule, standingOf } from '../../functions/donations/mandate.ts';
import { type RegularGiftEvent, regularGiftEventSchema } from '../../functions/donations/regular-gift-event.ts';
import { instantOf, localDateSchema, plusDays } from '../../functions/kernel/time.ts';

const day = (text: string) => localDateSchema.parse(text);
const at = (text: string) => instantOf(`${text}T10:00:00+08:00`);
const schedule: Schedule = { dayOfMonth: 15, firstOn: day('2026-09-15'), zone: 'Asia/Shanghai' };

const about = { provider: 'stripe', merchantId: 'acct_1', mandateReference: 'sub_1' };
const chargeOf = (period: string, more: object) =>
  regularGiftEventSchema.parse({
    ...about,
    chargeReference: `in_${period}`,
    periodStart: at(`${period}-15`),
    periodEnd: at(`${period}-28`),
    occurredAt: at(`${period}-15`),
    amountMinor: 3_000,
    currency: 'CNY',
    ...more,
  });
const charged = (period: string, more: object = {}) => chargeOf(period, { kind: 'charged', ...more });
const failed = (period: string, attempt: number) =>
  chargeOf(period, { kind: 'charge-failed', attempt, occurredAt: at(`${period}-${14 + attempt}`) });
const said = (state: string, on: string, more: object = {}) =>
  regularGiftEventSchema.parse({ kind: 'mandate', ...about, state, occurredAt: at(on), ...more });
const on = (today: string, ...events: RegularGiftEvent[]) => standingOf(schedule, events, day(today));

describe('a regular gift that is agreed', () => {
  it.each([
    ['2026-09-10', 15, '2026-09-15', '2026-10-15'],
    ['2026-09-15', 15, '2026-09-15', '2026-10-15'],
    ['2026-09-16', 15, '2026-10-15', '2026-11-15'],
    ['2026-12-29', 28, '2027-01-28', '2027-02-28'],
    ['2026-01-31', 1, '2026-02-01', '2026-03-01'],
  ])(
    'on %s for day %i is charged first on %s and then on %s, never twice in a month',
    (today, of, firstOn, secondOn) => {
      expect(firstCharges(day(today), of)).toEqual({ firstOn, secondOn });
    },
  );

  it('waits for the provider until it tells of it', () => {
    expect(on('2026-09-10')).toMatchObject({ state: 'awaiting-provider', nextOn: '2026-09-15' });
  });
});

describe('a charge', () => {
  it('that succeeds leaves the mandate active, with the next month’s due', () => {
    expect(on('2026-09-15', charged('2026-09'))).toMatchObject({
      state: 'active',
      nextOn: '2026-10-15',
      paidPeriods: 1,
    });
  });

  it('that fails is missed and tried on the next day, on three days in all', () => {
    expect(on('2026-09-15', failed('2026-09', 1))).toMatchObject({ state: 'missed', nextOn: '2026-09-16', retries: 1 });
    const twice = [failed('2026-09', 1), failed('2026-09', 2)];
    expect(on('2026-09-16', ...twice)).toMatchObject({ state: 'missed', nextOn: '2026-09-17', retries: 2 });
    const thrice = [...twice, failed('2026-09', 3)];
    expect(on('2026-09-17', ...thrice)).toMatchObject({ state: 'missed', nextOn: '2026-10-15', skippedInARow: 1 });
  });

  it('of which nothing is heard is missed from the next day on, and skipped after three', () => {
    const heard = charged('2026-09');
    expect(on('2026-10-15', heard)).toMatchObject({ state: 'active', nextOn: '2026-10-15' });
    expect(on('2026-10-16', heard)).toMatchObject({ state: 'missed', nextOn: '2026-10-16' });
    expect(on('2026-10-17', heard)).toMatchObject({ state: 'missed', nextOn: '2026-10-17', skippedInARow: 0 });
    expect(on('2026-10-18', heard)).toMatchObject({ state: 'missed', nextOn: '2026-11-15', skippedInARow: 1 });
  });

  it('that succeeds at a later try is paid all the same', () => {
    const events = [failed('2026-09', 1), failed('2026-09', 2), charged('2026-09', { occurredAt: at('2026-09-17') })];
    expect(on('2026-09-17', ...events)).toMatchObject({ state: 'active', nextOn: '2026-10-15', skippedInARow: 0 });
  });

  it('of a month that is paid counts no second time, under whatever number it comes', () => {
    const again = charged('2026-09', { chargeReference: 'in_other' });
    expect(on('2026-09-16', charged('2026-09'), again)).toMatchObject({ paidPeriods: 1, nextOn: '2026-10-15' });
  });

  it('of a mandate begun on the 31st is due on the 28th', () => {
    const end: Schedule = { ...schedule, dayOfMonth: 28, firstOn: day('2027-01-28') };
    const paid = charged('2027-01', { periodStart: at('2027-01-31') });
    expect(standingOf(end, [paid], day('2027-02-01'))).toMatchObject({ state: 'active', nextOn: '2027-02-28' });
  });
});

describe('a mandate', () => {
  it('lapses with its third skipped month, and is resumed by a later charge', () => {
    expect(on('2026-12-17', charged('2026-09'))).toMatchObject({ state: 'missed', skippedInARow: 2 });
    const lapsed = on('2026-12-18', charged('2026-09'));
    expect(lapsed).toMatchObject({ state: 'lapsed', skippedInARow: 3 });
    expect(lapsed.nextOn).toBeUndefined();
    expect(on('2027-03-16', charged('2026-09'), charged('2027-03'))).toMatchObject({
      state: 'active',
      nextOn: '2027-04-15',
      skippedInARow: 0,
    });
  });

  it('whose old charge is told of late was never skipped', () => {
    const late = charged('2026-11', { occurredAt: at('2026-11-16') });
    expect(on('2026-12-18', charged('2026-09'), late)).toMatchObject({ state: 'missed', skippedInARow: 1 });
  });

  it('at rest at the provider expects nothing, and goes on after it without having skipped', () => {
    const rest = [charged('2026-09'), said('paused', '2026-09-20')];
    expect(on('2027-01-10', ...rest)).toMatchObject({ state: 'lapsed' });
    expect(on('2027-01-10', ...rest, said('active', '2027-01-09'))).toMatchObject({
      state: 'active',
      nextOn: '2027-01-15',
      skippedInARow: 0,
    });
  });

  it('that has ended at the provider stays ended, whatever older message comes after', () => {
    const ended = said('ended', '2026-10-01');
    expect(on('2026-10-02', ended, said('active', '2026-09-15'), charged('2026-09')).state).toBe('cancelled');
    expect(on('2026-10-02', said('ended', '2026-10-01', { endedBy: 'provider' })).state).toBe('lapsed');
  });

  it('that the donor has cancelled stays so, whatever of a charge under way the provider still says', () => {
    const cancelled = { ...schedule, cancelledAt: at('2026-09-20') };
    const standing = (...events: RegularGiftEvent[]) => standingOf(cancelled, events, day('2026-10-16'));
    expect(standing(charged('2026-09'))).toMatchObject({ state: 'cancelled', paidPeriods: 1 });
    expect(standing(charged('2026-09'), said('active', '2026-09-19')).state).toBe('cancelled');
    expect(standing(charged('2026-09'), said('active', '2026-09-21')).state).toBe('cancelled');
  });

  it('that Stripe collects is being cancelled until Stripe has said that it has ended', () => {
    const cancelled = { ...schedule, provider: 'stripe', cancelledAt: at('2026-09-20') } as const;
    const standing = (...events: RegularGiftEvent[]) => standingOf(cancelled, events, day('2026-10-16'));
    expect(standing(charged('2026-09'), said('active', '2026-09-21'))).toMatchObject({ state: 'cancelling' });
    expect(standing(charged('2026-09')).nextOn).toBeUndefined();
    expect(standing(said('ended', '2026-09-22'), said('active', '2026-09-21')).state).toBe('cancelled');
    expect(standing(said('ended', '2026-09-22', { endedBy: 'provider' })).state).toBe('cancelled');
  });

  it('from which money is taken after the donor has cancelled is cancelled, and says so', () => {
    const cancelled = { ...schedule, cancelledAt: at('2026-09-20') };
    const standing = standingOf(cancelled, [charged('2026-09'), charged('2026-10')], day('2026-10-16'));
    expect(standing).toMatchObject({ state: 'cancelled', chargedAfterCancellation: true });
  });
});

const MONTHS = ['2026-09', '2026-10', '2026-11', '2026-12', '2027-01', '2027-02'];
const anEvent = fc.oneof(
  fc.constantFrom(...MONTHS).map((month) => charged(month)),
  fc.tuple(fc.constantFrom(...MONTHS), fc.integer({ min: 1, max: 4 })).map(([month, n]) => failed(month, n)),
  fc
    .tuple(
      fc.constantFrom('active', 'paused', 'past-due', 'ended'),
      fc.constantFrom(...MONTHS),
      fc.integer({ min: 10, max: 28 }),
    )
    .map(([state, month, n]) => said(state, `${month}-${n}`)),
);

describe('whatever the provider says', () => {
  it('leaves the same standing in every order and with every repeat, no month paid twice, and no day in the past', () => {
    const stories = fc.array(anEvent, { minLength: 1, maxLength: 15 }).chain((events) =>
      fc.record({
        events: fc.constant(events),
        told: fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length }),
        today: fc.integer({ min: 0, max: 200 }).map((days) => plusDays(day('2026-09-01'), days)),
        cancelledOn: fc.option(fc.constantFrom(...MONTHS), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(stories, ({ events, told, today, cancelledOn }) => {
        const of: Schedule =
          cancelledOn === undefined ? schedule : { ...schedule, cancelledAt: at(`${cancelledOn}-20`) };
        const standing = standingOf(of, told, today);
        expect(standing).toEqual(standingOf(of, events, today));
        const months = new Set(
          events.filter(({ kind }) => kind === 'charged').map((event) => event.occurredAt.slice(0, 7)),
        );
        expect(standing.paidPeriods).toBe(months.size);
        if (standing.nextOn !== undefined) {
          expect(standing.nextOn >= today).toBe(true);
          expect(['active', 'missed']).toContain(standing.state);
        } else expect(['lapsed', 'cancelled']).toContain(standing.state);
      }),
      { numRuns: 2_000 },
    );
  });
});
