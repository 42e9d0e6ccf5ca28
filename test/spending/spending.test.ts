import { beforeEach, describe, expect, test } from 'vitest';
import { approvalRouteKey, campaignIndexKey, campaignKey, spendingEntryKey } from '../../functions/platform/keys.ts';
import { organisationPut, ROOT } from '../access/people.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import {
  type Answer,
  CLERK,
  callsOf,
  expenditure,
  large,
  MINUTES_ID,
  putDayFees,
  putFile,
  putMatchPaid,
  putRaised,
  putStatement,
  SCAN_ID,
  SECOND,
  type SpendingBooks,
  setStage,
  setStatus,
  spendingBooks,
} from './spending-books.ts';

let books: SpendingBooks;
beforeEach(async () => {
  books = await spendingBooks();
});

const entries = () => books.table.everything().filter(({ type }) => type === 'spending-entry');
const problemsOf = ({ body }: Answer) =>
  (body.problems as { field: string; problem: string }[]).map(({ field }) => field);
const booked = async (request: object, key: string): Promise<Answer> => {
  const asked = await books.ask(request, key);
  expect(asked.status).toBe(201);
  return asked.body.state === 'booked' ? asked : books.decide(asked.body.requestId);
};

describe('a small expenditure', () => {
  test('is booked at once on its line, as the next number of the book', async () => {
    expect(await books.ask(expenditure)).toMatchObject({ status: 201, body: { state: 'booked', number: 1 } });
    expect((await books.read()).body).toMatchObject({
      spentMinor: 120_000,
      lines: [
        { lineNo: 1, item: '急救箱', plannedMinor: 6_000_000, spentMinor: 120_000, leftMinor: 5_880_000 },
        { lineNo: 2, spentMinor: 0 },
        { lineNo: 3 },
        { lineNo: 4 },
      ],
      funds: { raisedMinor: 11_000_000, leftMinor: 10_880_000 },
      page: [{ number: 1, kind: 'expenditure', payee: '达州医疗器械公司', enteredBy: 'finance-chen' }],
      next: null,
    });
  });

  test('that is entered twice under one key is one entry, and another under that key is refused', async () => {
    const first = await books.ask(expenditure);
    expect(await books.ask(expenditure, 'key-1', SECOND)).toMatchObject({ status: 200, body: first.body });
    expect((await books.ask({ ...expenditure, amountMinor: 1 })).body.title).toBe('idempotency-key-reused');
    expect(entries()).toHaveLength(1);
  });

  test.each([
    ['no evidence', { evidence: [] }, 'evidence'],
    ['a line that the budget does not have', { lineNo: 9 }, 'lineNo'],
    ['a day that lies ahead', { paidOn: '2026-10-09' }, 'paidOn'],
    ['a day of another year', { paidOn: '2024-10-07' }, 'paidOn'],
    [
      'a file that was not uploaded',
      { evidence: [{ kind: 'attachment', attachmentId: 'att_nothingnothingnothi' }] },
      'evidence',
    ],
    ['an amount below a fen', { amountMinor: 0 }, 'amountMinor'],
    ['a field that nobody knows', { amount: 1 }, ''],
  ])('with %s is refused, and the refusal names the field', async (_, change, field) => {
    const answer = await books.ask({ ...expenditure, ...change });
    expect(answer.status).toBe(422);
    expect(problemsOf(answer).join()).toContain(field);
    expect(entries()).toEqual([]);
  });

  test('may name a file of the campaign', async () => {
    const evidence = [{ kind: 'attachment', attachmentId: SCAN_ID }];
    expect((await books.ask({ ...expenditure, evidence })).status).toBe(201);
  });

  test('is refused before the campaign has opened', async () => {
    await setStatus(books.table, 'approved');
    expect((await books.ask(expenditure)).body.title).toBe('campaign-not-open');
  });
});

describe('a line of the budget', () => {
  test('is never spent beyond what it has, to the fen', async () => {
    await booked({ ...large, amountMinor: 5_999_999 }, 'most');
    const more = { ...expenditure, amountMinor: 2, voucherNo: '记-103' };
    const refused = await books.ask({ ...more, evidence: [{ kind: 'invoice', number: 'FP-9' }] }, 'more');
    expect(refused.body.problems).toMatchObject([
      {
        field: 'amountMinor',
        problem: 'is more than line 1 has left, ¥0.01',
        fix: expect.stringContaining('transfer'),
      },
    ]);
  });

  test('is asked again when a second person confirms: of two that were right alone the later one is refused', async () => {
    const first = await books.ask({ ...large, amountMinor: 4_000_000 }, 'a');
    const second = await books.ask(
      { ...large, amountMinor: 4_000_000, voucherNo: '记-104', evidence: [{ kind: 'invoice', number: 'FP-3' }] },
      'b',
    );
    expect((await books.decide(first.body.requestId)).body.state).toBe('booked');
    expect((await books.decide(second.body.requestId)).body.title).toBe('impossible-spending');
    expect((await books.waiting()).body.waiting).toMatchObject([{ requestId: second.body.requestId }]);
  });
});

describe('a second person', () => {
  test('confirms what is large, and never their own', async () => {
    const { body } = await books.ask(large);
    expect(body.state).toBe('awaiting-confirmation');
    expect(entries()).toEqual([]);
    expect((await books.decide(body.requestId, undefined, CLERK)).body.title).toBe('own-entry');
    expect((await books.decide(body.requestId)).body).toMatchObject({
      state: 'booked',
      number: 1,
      decidedBy: 'finance-li',
    });
    expect((await books.decide(body.requestId)).body).toMatchObject({ state: 'booked', number: 1 });
    expect(entries()).toMatchObject([{ enteredBy: 'finance-chen', decidedBy: 'finance-li' }]);
  });

  test('confirms also the part of a bill that was split for one payee and day', async () => {
    const part = (n: number) => ({
      ...expenditure,
      amountMinor: 600_000,
      voucherNo: `记-2${n}`,
      payee: n === 1 ? '达州医疗器械公司' : ' 达州 医疗器械公司',
      evidence: [{ kind: 'invoice', number: `FP-2${n}` }],
    });
    expect((await books.ask(part(1), 'one')).body.state).toBe('booked');
    expect((await books.ask(part(2), 'two')).body.state).toBe('awaiting-confirmation');
  });

  test('whose word comes at the moment of another’s books nothing again', async () => {
    const { body } = await books.ask({
      kind: 'transfer',
      fromLineNo: 1,
      toLineNo: 2,
      amountMinor: 500,
      reason: '调剂',
    });
    let isFirst = true;
    const { decide } = callsOf({
      ...books.table,
      get: async (key, options) => {
        // The other one confirms after this one has looked at the request, and before it looks at the book.
        if (key.sk === 'BOOK' && isFirst) {
          isFirst = false;
          expect((await books.decide(body.requestId)).body.state).toBe('booked');
        }
        return books.table.get(key, options);
      },
    });
    expect((await decide(body.requestId, undefined, { id: 'approver-wang', groups: ['approver'] })).body).toMatchObject(
      {
        state: 'booked',
        number: 1,
        decidedBy: 'finance-li',
      },
    );
    expect(entries()).toHaveLength(1);
  });

  test('rejects with a reason, for good', async () => {
    const { body } = await books.ask(large);
    expect((await books.decide(body.requestId, { decision: 'reject' })).status).toBe(422);
    const rejected = await books.decide(body.requestId, { decision: 'reject', reason: '发票抬头不符' });
    expect(rejected.body).toMatchObject({ state: 'rejected', rejection: '发票抬头不符' });
    expect((await books.decide(body.requestId)).body.title).toBe('already-decided');
    expect((await books.waiting()).body.waiting).toEqual([]);
    expect(entries()).toEqual([]);
  });

  test('is not needed for what is in the book, and cannot be found for what was never asked', async () => {
    const { body } = await books.ask(expenditure);
    expect((await books.decide(body.requestId)).body.title).toBe('nothing-to-confirm');
    expect((await books.decide('spd_00000000000000000000')).status).toBe(404);
  });

  test('brings minutes where the organisation decides such sums by a meeting', async () => {
    const steps = [{ name: '集体决策', who: { role: 'approver' }, collective: true, aboveMinor: 1_200_000 }];
    await books.table.write({
      put: {
        ...approvalRouteKey('dazhou', 'campaign'),
        type: 'approval-route',
        organisationId: 'dazhou',
        subject: 'campaign',
        version: 2,
        steps,
        mayRepeat: false,
        savedBy: 'admin-zhao',
        savedAt: '2026-01-01T00:00:00.000Z',
      },
    });
    const { body } = await books.ask(large);
    const minutes = { attachmentId: MINUTES_ID, heldOn: '2026-10-08', attendees: ['何', '孙'] };
    expect((await books.decide(body.requestId)).body.title).toBe('minutes-needed');
    const asMinutes = (change: object) =>
      books.decide(body.requestId, { decision: 'confirm', minutes: { ...minutes, ...change } });
    expect(problemsOf(await asMinutes({ attachmentId: SCAN_ID }))).toEqual(['minutes.attachmentId']);
    expect(problemsOf(await asMinutes({ heldOn: '2026-10-09' }))).toEqual(['minutes.heldOn']);
    expect((await asMinutes({})).body).toMatchObject({ state: 'booked' });
    expect(entries()).toMatchObject([{ minutes }]);
  });
});

describe('a paper', () => {
  test('is not paid twice by a slip, however its number is written; with a reason it is paid in parts', async () => {
    await books.ask(expenditure);
    const again = { ...expenditure, voucherNo: '记-105', evidence: [{ kind: 'invoice', number: ' ｆp-0001' }] };
    const refused = await books.ask(again, 'again');
    expect(refused).toMatchObject({
      status: 409,
      body: { title: 'paper-booked', detail: expect.stringContaining('entry 1') },
    });
    expect(problemsOf(refused)).toEqual(['repeatReason']);
    expect((await books.ask({ ...again, repeatReason: '合同约定分两次付' }, 'again')).status).toBe(201);
  });

  test('is free again once its entry was taken back whole', async () => {
    await books.ask(expenditure);
    await booked({ kind: 'reversal', of: 1, amountMinor: 120_000, reversedOn: '2026-10-08', reason: '记错行' }, 'back');
    expect((await books.ask({ ...expenditure, lineNo: 2 }, 'right')).status).toBe(201);
  });
});

describe('a reversal', () => {
  const reversal = { kind: 'reversal', of: 1, amountMinor: 20_000, reversedOn: '2026-10-08', reason: '退回一个急救箱' };

  test('takes a part back by an entry of its own, after a second person’s word, and leaves the first as it was', async () => {
    await books.ask(expenditure);
    const before = entries()[0];
    await booked(reversal, 'back');
    expect(entries()).toMatchObject([before, { number: 2, kind: 'reversal', of: 1, lineNo: 1, lineItem: '急救箱' }]);
    expect((await books.read()).body).toMatchObject({ spentMinor: 100_000, funds: { leftMinor: 10_900_000 } });
  });

  test.each([
    ['more than stands', { amountMinor: 120_001 }, ['amountMinor']],
    ['what is no payment', { of: 7 }, ['of']],
    ['on a day before the payment', { reversedOn: '2026-10-06' }, ['reversedOn']],
  ])('of %s is refused', async (_, change, fields) => {
    await books.ask(expenditure);
    expect(problemsOf(await books.ask({ ...reversal, ...change }, 'back'))).toEqual(fields);
  });

  test('in parts takes back no more than there was', async () => {
    await books.ask(expenditure);
    await booked({ ...reversal, amountMinor: 100_000 }, 'one');
    expect(problemsOf(await books.ask({ ...reversal, amountMinor: 20_001 }, 'two'))).toEqual(['amountMinor']);
    await booked(reversal, 'three');
    expect((await books.read()).body.spentMinor).toBe(0);
  });

  test('of a reversal is refused: what was right is entered again', async () => {
    await books.ask(expenditure);
    await booked(reversal, 'back');
    expect(problemsOf(await books.ask({ ...reversal, of: 2 }, 'back-back'))).toEqual(['of']);
  });
});

describe('a transfer between lines', () => {
  const transfer = { kind: 'transfer', fromLineNo: 1, toLineNo: 2, amountMinor: 1_000_000, reason: '报名人数超出预计' };

  test('moves what may be spent once a second person has approved it, and no money', async () => {
    const { body } = await books.ask(transfer);
    expect(body.state).toBe('awaiting-confirmation');
    await books.decide(body.requestId);
    expect((await books.read()).body).toMatchObject({
      spentMinor: 0,
      lines: [
        { plannedMinor: 6_000_000, transferredMinor: -1_000_000, currentMinor: 5_000_000 },
        { plannedMinor: 4_000_000, transferredMinor: 1_000_000, currentMinor: 5_000_000 },
        {},
        {},
      ],
    });
  });

  test.each([
    ['programme to management', 1, 4],
    ['programme to fundraising', 2, 3],
    ['fundraising to management', 3, 4],
    ['management to fundraising', 4, 3],
  ])('from %s is another purpose: the plan has to be amended and filed again', async (_, fromLineNo, toLineNo) => {
    const refused = await books.ask({ ...transfer, fromLineNo, toLineNo, amountMinor: 1 });
    expect(refused.body.problems).toMatchObject([
      { field: 'toLineNo', fix: expect.stringContaining('amend the plan'), rule: expect.stringContaining('art. 56') },
    ]);
  });

  test('from costs to the programme is welcome', async () => {
    expect((await books.ask({ ...transfer, fromLineNo: 4, amountMinor: 400_000 })).status).toBe(201);
  });

  test('gives no more than is left, and not to itself', async () => {
    await booked({ ...large, amountMinor: 5_500_000 }, 'spent');
    expect(problemsOf(await books.ask({ ...transfer, amountMinor: 500_001 }))).toEqual(['amountMinor']);
    expect(problemsOf(await books.ask({ ...transfer, toLineNo: 1, amountMinor: 1 }))).toEqual(['toLineNo']);
  });
});

describe('more than came in', () => {
  beforeEach(async () => {
    await putRaised(books.table, CAMPAIGN_ID, 1_100_000, 1_000_000);
  });

  test('is not spent without it being said who lends it', async () => {
    const refused = await books.ask(expenditure);
    expect(refused).toMatchObject({
      status: 409,
      body: { title: 'not-raised', detail: expect.stringContaining('¥1,000.00') },
    });
    expect(problemsOf(refused)).toEqual(['advanceReason']);
  });

  test('is spent with a second person’s word, and the entry says how much of it was lent', async () => {
    const { body } = await books.ask({ ...expenditure, advanceReason: '市红十字会垫付，配捐到账后归还' });
    expect(body.state).toBe('awaiting-confirmation');
    await books.decide(body.requestId);
    expect(entries()).toMatchObject([{ advance: { amountMinor: 20_000, reason: '市红十字会垫付，配捐到账后归还' } }]);
    expect((await books.read()).body.funds.leftMinor).toBe(-20_000);
  });

  test('counts match once its sponsor has paid it, and says what waits before', async () => {
    await books.table.write({ update: { pk: `TOTALS#${CAMPAIGN_ID}`, sk: 'CAMPAIGN' }, set: { matchMinor: 50_000 } });
    await setStage(books.table, 'publicised');
    expect((await books.ask(expenditure)).body.detail).toContain('¥500.00 of match are not confirmed yet');
    await setStage(books.table, 'confirmed');
    expect((await books.ask(expenditure)).body.detail).toContain('¥500.00 of match are confirmed and not paid yet');
    await putMatchPaid(books.table, { givenMinor: 50_000, paidMinor: 50_000 });
    expect((await books.ask(expenditure)).status).toBe(201);
  });

  test('counts no match beyond what its rule has given: what was paid for a gift that went back is the sponsor’s', async () => {
    await putMatchPaid(books.table, { givenMinor: 10_000, paidMinor: 50_000 });
    expect((await books.read()).body.funds).toMatchObject({ matchPaidMinor: 10_000, leftMinor: 110_000 });
  });

  test('is less by what the providers kept, and the refusal shows how the figure comes about', async () => {
    await putMatchPaid(books.table, { givenMinor: 50_000, paidMinor: 30_000 });
    await putDayFees(books.table, '2026-09-08', 600_000);
    await putDayFees(books.table, '2026-09-07', 400_900);
    const { body } = await books.ask({ ...expenditure, amountMinor: 129_001 });
    expect(body.detail).toBe(
      'This is more than the campaign has. There is ¥1,290.00 left: ¥1,000.00 of gifts less refunds - ¥10.00 of provider fees (reconciled until 2026-09-08) + ¥300.00 of match that was paid - ¥0.00 spent.',
    );
    expect((await books.ask({ ...expenditure, amountMinor: 129_000 }, 'fits')).status).toBe(201);
    expect((await books.read()).body.funds).toEqual({
      raisedMinor: 100_000,
      feesMinor: 1_000,
      feesUntil: '2026-09-08',
      matchPaidMinor: 30_000,
      interestMinor: 0,
      surplusInMinor: 0,
      surplusOutMinor: 0,
      spentMinor: 129_000,
      leftMinor: 0,
      owedMatchMinor: 0,
      unconfirmedMatchMinor: 0,
    });
  });

  test('counts interest once the closeout statement is signed, and not as somebody has typed it', async () => {
    await putStatement(books.table, 'submitted', 777);
    expect((await books.read()).body.funds).toMatchObject({ interestMinor: 0, leftMinor: 100_000 });
    await putStatement(books.table, 'signed', 777);
    expect((await books.read()).body.funds).toMatchObject({ interestMinor: 777, leftMinor: 100_777 });
  });
});

describe('a surplus', () => {
  const minutes = { attachmentId: MINUTES_ID, heldOn: '2026-10-08', attendees: ['何', '孙', '王'] };
  const surplus = {
    kind: 'surplus',
    amountMinor: 5_000_000,
    destination: 'similar-project',
    destinationName: '博爱家园',
    reason: '物资采购价低于预算',
  };

  test('goes to a similar purpose once a meeting has decided, and cannot be spent any more', async () => {
    const { body } = await books.ask(surplus);
    expect((await books.decide(body.requestId)).body.title).toBe('minutes-needed');
    await books.decide(body.requestId, { decision: 'confirm', minutes });
    expect((await books.read()).body).toMatchObject({
      surplus: { amountMinor: 5_000_000, destination: '博爱家园', decidedOn: '2026-10-08' },
      spentMinor: 0,
      funds: { surplusOutMinor: 5_000_000, leftMinor: 6_000_000 },
    });
    const more = await books.ask({ ...surplus, amountMinor: 6_000_001 }, 'more');
    expect(more.body.problems).toMatchObject([
      { field: 'amountMinor', problem: expect.stringContaining('There is ¥60,000.00 left: ¥110,000.00 of gifts') },
    ]);
  });

  test('is not known before the campaign is over, nor before its matches are confirmed', async () => {
    await setStatus(books.table, 'open');
    expect((await books.ask(surplus)).body.title).toBe('surplus-not-known');
    await setStatus(books.table, 'reported');
    await books.table.write({ update: { pk: `TOTALS#${CAMPAIGN_ID}`, sk: 'CAMPAIGN' }, set: { matchMinor: 1 } });
    await setStage(books.table, 'publicised');
    expect((await books.ask(surplus)).body.title).toBe('surplus-not-known');
  });

  test('needs to be told where it goes', async () => {
    const { destinationName: _, ...nameless } = surplus;
    expect(problemsOf(await books.ask(nameless))).toEqual(['destinationName']);
    expect(problemsOf(await books.ask({ ...surplus, destination: 'campaign' }))).toEqual(['toCampaignId']);
    const itself = { ...surplus, destination: 'campaign', toCampaignId: CAMPAIGN_ID };
    expect(problemsOf(await books.ask(itself))).toEqual(['toCampaignId']);
  });
});

describe('a surplus that goes to another campaign', () => {
  const surplus = { kind: 'surplus', amountMinor: 100, destination: 'campaign', reason: '同类项目' };
  const OTHER_ID = 'cmp_otherotherotherother';
  const putOther = async (changes: { status?: string; organisationId?: string }) => {
    const item = await books.table.get(campaignKey(CAMPAIGN_ID));
    if (item === undefined) throw new Error('there is no campaign');
    const proposal = { ...Object(item['proposal']), organisationId: changes.organisationId ?? 'dazhou' };
    await books.table.write({
      put: { ...item, ...campaignKey(OTHER_ID), campaignId: OTHER_ID, status: changes.status ?? 'open', proposal },
    });
  };

  test.each([
    ['that does not exist', undefined],
    ['that is not approved yet', { status: 'awaiting-approval' }],
    ['that was cancelled', { status: 'cancelled' }],
    ['of another tree of organisations', { organisationId: 'hunan' }],
  ])('%s is refused', async (_, changes) => {
    await books.table.write(organisationPut(['hunan'], '湖南省红十字会'));
    if (changes !== undefined) await putOther(changes);
    expect(problemsOf(await books.ask({ ...surplus, toCampaignId: OTHER_ID }))).toEqual(['toCampaignId']);
  });
});

describe('a campaign that was cancelled so that everything goes back', () => {
  test('spends nothing more, and may still take back what it spent', async () => {
    await books.ask(expenditure);
    const cancellation = {
      at: '2026-10-08T00:00:00.000Z',
      by: 'manager-wu',
      reason: '停止',
      refundPolicy: 'refund-all',
    };
    await books.table.write({ update: campaignKey(CAMPAIGN_ID), set: { cancellation } });
    expect((await books.ask({ ...expenditure, voucherNo: '记-9' }, 'more')).body.title).toBe('money-goes-back');
    const back = { kind: 'reversal', of: 1, amountMinor: 120_000, reversedOn: '2026-10-08', reason: '退货' };
    expect((await books.ask(back, 'back')).status).toBe(201);
  });
});

describe('the check', () => {
  test('says of right books that nothing contradicts them, and of wrong ones what does', async () => {
    await books.ask(expenditure);
    const right = await books.read('spending-check');
    expect(right.body).toMatchObject({ entries: 1, goodsEntries: 0 });
    const contradictions = ({ body }: Answer): string[] =>
      body.invariants.flatMap(({ violations }: { violations: string[] }) => violations);
    expect(contradictions(right)).toEqual([]);
    await books.table.write({ update: spendingEntryKey(CAMPAIGN_ID, 1), set: { amountMinor: 120_001 } });
    expect(contradictions(await books.read('spending-check'))).toEqual([
      'line 1 says 120000 spent and 0 transferred, its entries 120001 and 0',
    ]);
  });
});

describe('a word on a line', () => {
  test('says why it came out otherwise, and the last one holds', async () => {
    for (const [n, reason] of ['涨价', '运费另计'].entries())
      expect((await books.ask({ kind: 'variance-note', lineNo: 2, reason }, `n-${n}`)).body.state).toBe('booked');
    expect((await books.read()).body.lines[1]).toMatchObject({ varianceReason: '运费另计' });
  });
});

describe('the book', () => {
  test('is read in pages, and as a file in which no text acts as a formula', async () => {
    await books.ask({ ...expenditure, payee: '=HYPERLINK("http://x")' });
    await books.ask({ kind: 'variance-note', lineNo: 1, reason: '说明' }, 'note');
    expect((await books.read('spending', { after: '1' })).body.page).toMatchObject([{ number: 2 }]);
    expect((await books.read('spending', { after: 'x' })).status).toBe(400);
    const { text, headers } = await books.read('spending.csv');
    expect(headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8' });
    const rows = text.trimEnd().split('\r\n');
    expect(rows).toHaveLength(3);
    expect(rows[1]).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(rows[1]).toContain(',1200.00,');
  });

  test('leaves a line in the audit trail for each deed, without the payee and the purpose', async () => {
    await books.ask(expenditure);
    const lines = books.table.everything().filter(({ type }) => type === 'audit-line');
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).toContain('120000');
    expect(JSON.stringify(lines)).not.toMatch(/医疗器械|急救箱 10/);
  });

  test('takes files that were confirmed only', async () => {
    await putFile(books.table, 'att_waitwaitwaitwaitwai1', 'evidence', 'awaiting-upload');
    const evidence = [{ kind: 'attachment', attachmentId: 'att_waitwaitwaitwaitwai1' }];
    expect(problemsOf(await books.ask({ ...expenditure, evidence }))).toEqual(['evidence']);
  });
});

describe('the ratios of a year', () => {
  test('divide what was spent by kind, and say what they are made of', async () => {
    const place = campaignIndexKey([ROOT, 'dazhou'], '2026-08-20T00:00:00.000Z', CAMPAIGN_ID);
    await books.table.write({ update: campaignKey(CAMPAIGN_ID), set: place });
    await booked({ ...large, amountMinor: 900_000 }, 'p');
    await books.ask(
      {
        ...expenditure,
        lineNo: 4,
        amountMinor: 100_000,
        payee: '办公室',
        voucherNo: '记-9',
        evidence: [{ kind: 'invoice', number: 'FP-99' }],
      },
      'm',
    );
    expect((await books.ratios('2026')).body).toMatchObject({
      programmeMinor: 900_000,
      managementMinor: 100_000,
      spentMinor: 1_000_000,
      managementBasisPoints: 1_000,
      charityBasisPoints: null,
      mostManagementBasisPoints: 1_000,
    });
    expect((await books.ratios('26')).status).toBe(400);
  });
});
