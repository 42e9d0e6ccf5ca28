import { describe, expect, it } from 'vitest';
import {
  type FiledCampaign,
  filingProblems,
  filingRequestSchema,
  isUnfiledTooLong,
  openingRight,
  refuseUnfiled,
  unfiledUntil,
} from '../../functions/filing/filing.ts';
import { instantOf, localDateSchema } from '../../functions/kernel/time.ts';

const day = localDateSchema.parse.bind(localDateSchema);
const NOW = instantOf('2026-08-20T09:00:00+08:00');
const campaignOf = (more: object = {}, zone = 'Asia/Shanghai', firstDay = '2026-09-07'): FiledCampaign => ({
  proposal: { window: { firstDay: day(firstDay), lastDay: day('2026-09-09'), zone } },
  ...more,
});
const filed = (filedOn: string) => ({
  filing: { number: '1', filedOn: day(filedOn), authority: 'x', recordedBy: 'm', recordedAt: NOW },
});
const EMERGENCY = { emergency: { reason: 'flood', sinceOn: day('2026-08-19'), declaredBy: 'm', declaredAt: NOW } };
const REQUEST = { number: '51170020260001', filedOn: '2026-08-20', authority: '达州市民政局' };

describe('the right to open', () => {
  it.each([
    ['2026-08-28', { kind: 'may-open' }],
    ['2026-08-29', { kind: 'filed-late', earliest: '2026-09-08' }],
    ['2025-01-01', { kind: 'may-open' }],
  ])('of a campaign whose first day is 7 September and that was filed on %s', (filedOn, right) => {
    expect(openingRight(campaignOf(filed(filedOn)))).toEqual(right);
  });

  it('counts ten days by the calendar, over a change of clocks and the end of a month and of a year', () => {
    expect(openingRight(campaignOf(filed('2026-03-20'), 'Europe/Berlin', '2026-03-30'))).toEqual({ kind: 'may-open' });
    expect(openingRight(campaignOf(filed('2026-03-21'), 'Europe/Berlin', '2026-03-30')).kind).toBe('filed-late');
    expect(openingRight(campaignOf(filed('2026-12-25'), 'Asia/Shanghai', '2027-01-04'))).toEqual({ kind: 'may-open' });
    expect(openingRight(campaignOf(filed('2028-02-20'), 'Asia/Shanghai', '2028-03-01'))).toEqual({ kind: 'may-open' });
  });

  it('is none without a filing, and does not wait for one in an emergency', () => {
    expect(openingRight(campaignOf())).toEqual({ kind: 'unfiled' });
    expect(openingRight(campaignOf(EMERGENCY))).toEqual({ kind: 'may-open' });
  });
});

describe('a campaign that opened in an emergency', () => {
  const open = { ...EMERGENCY, openedAt: instantOf('2026-09-07T00:00:00+08:00') };

  it('may run unfiled until 24:00 of the tenth day after it began', () => {
    expect(unfiledUntil(campaignOf(open))).toBe(instantOf('2026-09-18T00:00:00+08:00'));
    expect(isUnfiledTooLong(campaignOf(open), instantOf('2026-09-17T23:59:59+08:00'))).toBe(false);
    expect(isUnfiledTooLong(campaignOf(open), instantOf('2026-09-18T00:00:00+08:00'))).toBe(true);
    expect(refuseUnfiled(campaignOf(open), instantOf('2026-09-18T00:00:00+08:00'))).toMatchObject({
      code: 'not-filed',
    });
  });

  it('may go on as soon as it is filed, however late', () => {
    const late = campaignOf({ ...open, ...filed('2026-09-20') });
    expect(isUnfiledTooLong(late, instantOf('2026-09-20T00:00:00Z'))).toBe(false);
    expect(refuseUnfiled(late, instantOf('2026-09-20T00:00:00Z'))).toBeUndefined();
  });
});

describe('what staff send', () => {
  const fieldsOf = (request: object): string[] =>
    filingRequestSchema.safeParse(request).error?.issues.map(({ path }) => path.join('.')) ?? [];

  it('is number, day and authority together, or an emergency without them', () => {
    expect(fieldsOf(REQUEST)).toEqual([]);
    expect(fieldsOf({ emergency: { reason: '达州暴雨洪灾救助', sinceOn: '2026-08-19' } })).toEqual([]);
    expect(fieldsOf({})).toEqual(['number', 'filedOn', 'authority']);
    expect(fieldsOf({ number: '51170020260001' })).toEqual(['filedOn', 'authority']);
    expect(fieldsOf({ receivedOn: '2026-08-21' })).toEqual(['number', 'filedOn', 'authority']);
  });

  it.each([
    [{ ...REQUEST, number: '<b>1</b>' }, 'number'],
    [{ ...REQUEST, number: '1' }, 'number'],
    [{ ...REQUEST, filedOn: '2026-02-30' }, 'filedOn'],
    [{ ...REQUEST, status: 'open' }, ''],
    [{ ...REQUEST, evidenceAttachmentId: '../x' }, 'evidenceAttachmentId'],
  ])('is refused as %j', (request, field) => {
    expect(fieldsOf(request)).toEqual([field]);
  });

  const problemsOf = (request: object, campaign = campaignOf(), now = NOW) =>
    filingProblems(filingRequestSchema.parse(request), campaign, now);

  it('names the earliest day and what to do where it comes too late', () => {
    const late = { ...REQUEST, filedOn: '2026-08-30' };
    expect(problemsOf(late, campaignOf(), instantOf('2026-08-31T00:00:00Z'))).toEqual([
      {
        field: 'filedOn',
        problem: 'is less than ten days before the first day, 2026-09-07',
        fix: 'move the first day to 2026-09-09 or later by an amendment, then record the filing',
        rule: 'MCA Order 74 art. 11: file ten days before the first day',
      },
    ]);
    expect(problemsOf(late, campaignOf(EMERGENCY), instantOf('2026-08-31T00:00:00Z'))).toEqual([]);
  });

  it('speaks of days that have come, by the campaign’s own clock', () => {
    expect(problemsOf({ ...REQUEST, filedOn: '2026-08-21' })).toMatchObject([{ field: 'filedOn' }]);
    // In Shanghai it is the 21st already.
    expect(problemsOf({ ...REQUEST, filedOn: '2026-08-21' }, campaignOf(), instantOf('2026-08-20T16:00:00Z'))).toEqual(
      [],
    );
    const elsewhere = campaignOf({}, 'America/New_York');
    expect(
      problemsOf({ ...REQUEST, filedOn: '2026-08-21' }, elsewhere, instantOf('2026-08-20T16:00:00Z')),
    ).toHaveLength(1);
    expect(problemsOf({ ...REQUEST, receivedOn: '2026-08-19' })).toMatchObject([{ field: 'receivedOn' }]);
  });
});
