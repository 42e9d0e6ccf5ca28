import { beforeEach, describe, expect, test } from 'vitest';
import type { Table } from '../../functions/platform/table.ts';
import { isResidentId } from '../../functions/spending/resident-id.ts';
import { erasedTraces } from './erased-traces.ts';
import {
  type Answer,
  CLERK,
  callsOf,
  person,
  residentNumber,
  SCAN_ID,
  SECOND,
  type SpendingBooks,
  spendingBooks,
} from './spending-books.ts';

let books: SpendingBooks;
beforeEach(async () => {
  books = await spendingBooks();
});

const APPROVER = { id: 'approver-wang', groups: ['approver'] };
const MANAGER = { id: 'manager-wu', groups: ['manager'] };
const record = async (body: object = person(), actor = CLERK): Promise<string> => {
  const answer = await books.beneficiary('POST', '', body, actor);
  expect(answer.status).toBeLessThan(300);
  return answer.body.beneficiaryId;
};
const payment = (beneficiaryId: string, n = 1) => ({
  kind: 'aid',
  lineNo: 2,
  amountMinor: 300_000,
  beneficiaryId,
  paidOn: '2026-10-07',
  purpose: '困难党员帮扶金',
  voucherNo: `记-3${n}`,
  evidence: [{ kind: 'signature-list', number: `签收表 ${n}` }],
});
const pay = async (beneficiaryId: string, n = 1, changes: object = {}): Promise<Answer> => {
  const asked = await books.ask({ ...payment(beneficiaryId, n), ...changes }, `aid-${n}`);
  return asked.status === 201 ? books.decide(asked.body.requestId) : asked;
};
const problemsOf = ({ body }: Answer) => (body.problems as { field: string }[]).map(({ field }) => field);
const items = (type: string) => books.table.everything().filter((item) => item.type === type);

describe('a beneficiary', () => {
  test('is one person however often recorded, by a hash of their document, with what is known last', async () => {
    const first = await record();
    const again = await books.beneficiary('POST', '', { ...person(), name: '赵 某某' });
    expect(again).toMatchObject({ status: 200, body: { beneficiaryId: first, paidBefore: [] } });
    expect(items('beneficiary')).toMatchObject([{ name: '赵 某某' }]);
    expect(await record(person('002'))).not.toBe(first);
  });

  test.each([
    [
      'a number of which one digit is wrong',
      { document: { kind: 'resident-id', number: '510000195603020011' } },
      'document.number',
    ],
    ['a passport without a day of birth', { document: { kind: 'passport', number: 'E12345678' } }, 'bornOn'],
    ['a day of birth that is not the document’s', { bornOn: '1956-03-03' }, 'bornOn'],
    ['a consent of tomorrow', { consent: { ...person().consent, givenOn: '2026-10-09' } }, 'consent.givenOn'],
    ['no consent', { consent: undefined }, 'consent'],
  ])('with %s is refused, and the refusal names the field', async (_, change, field) => {
    const answer = await books.beneficiary('POST', '', { ...person(), ...change });
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toContain(field);
    expect(items('beneficiary')).toEqual([]);
  });

  test('who is not fourteen needs a guardian, until the birthday', async () => {
    const child = (born: string) => books.beneficiary('POST', '', person('003', born));
    expect(problemsOf(await child('2012-10-09'))).toEqual(['guardian']);
    expect((await child('2012-10-08')).status).toBe(201);
    const guardian = { name: '赵父', relation: '父亲', phone: '0818-1234567' };
    expect((await books.beneficiary('POST', '', { ...person('004', '2018-01-01'), guardian })).status).toBe(201);
  });

  test('is told to finance and approvers with a reason, which stands in the audit trail with who asked', async () => {
    const id = await record();
    expect((await books.beneficiary('POST', `/${id}/readings`, {}, APPROVER)).status).toBe(422);
    const told = await books.beneficiary('POST', `/${id}/readings`, { reason: '核对收款账号' }, APPROVER);
    expect(told).toMatchObject({ status: 200, body: { name: '赵某某', account: { number: '6228480000000000000' } } });
    expect((await books.beneficiary('POST', `/${id}/readings`, { reason: '看看' }, MANAGER)).status).toBe(403);
    expect(items('beneficiary-reading')).toMatchObject([{ readBy: 'approver-wang', reason: '核对收款账号' }]);
    expect(JSON.stringify(items('audit-line').at(-1))).toContain('approver-wang');
  });

  test('is in no other item than their own record: not in entries, requests or the audit trail', async () => {
    const id = await record();
    await pay(id);
    await books.beneficiary('POST', `/${id}/readings`, { reason: '核对' }, APPROVER);
    expect(erasedTraces(books.table, person())).toEqual(['beneficiary']);
  });

  test('is erased, and what they were paid stays in the book', async () => {
    const id = await record();
    await pay(id);
    expect((await books.beneficiary('DELETE', `/${id}`)).status).toBe(204);
    expect((await books.beneficiary('DELETE', `/${id}`)).status).toBe(204);
    expect(erasedTraces(books.table, person())).toEqual([]);
    expect((await books.beneficiary('POST', `/${id}/readings`, { reason: '核对' })).body.title).toBe('erased');
    expect((await books.read()).body).toMatchObject({ spentMinor: 300_000, aid: { beneficiaries: 1, payments: 1 } });
  });

  test('is recorded or the caller is told: a write that met another one is not answered as done', async () => {
    const meets: Table = {
      ...books.table,
      transact: async () => ({ kind: 'cancelled', reasons: ['conflict', 'none', 'none'] }),
    };
    const answer = await callsOf(meets).beneficiary('POST', '', person());
    expect(answer.status).toBe(503);
    expect(items('beneficiary')).toEqual([]);
    expect((await callsOf(meets).beneficiary('DELETE', `/${await record()}`)).status).toBe(503);
  });

  describe('whose account is another one', () => {
    const other = { ...person(), account: { ...person().account, number: '6228480000000000001' } };
    const reason = { accountReason: '原卡遗失，本人持身份证到场' };
    const accountOf = () => items('beneficiary')[0]?.['account'];

    test('is refused to a manager, to who put the first on record, and without a reason, and stays as it was', async () => {
      await record();
      const refusals = [
        await books.beneficiary('POST', '', { ...other, ...reason }, MANAGER),
        await books.beneficiary('POST', '', { ...other, ...reason }, CLERK),
        await books.beneficiary('POST', '', other, SECOND),
      ];
      expect(refusals.map(({ status, body }) => [status, body.title, problemsOf({ body } as Answer)])).toEqual([
        [409, 'another-account', ['account']],
        [409, 'another-account', ['account']],
        [409, 'another-account', ['accountReason']],
      ]);
      expect(accountOf()).toEqual(person().account);
    });

    test('is given by a colleague of finance with a reason; the trail tells that it changed, and not which it is', async () => {
      await record();
      expect((await books.beneficiary('POST', '', { ...other, ...reason }, SECOND)).status).toBe(200);
      expect(accountOf()).toEqual(other.account);
      const line = JSON.stringify(items('audit-line').at(-1));
      expect(line).toContain('accountMark');
      expect(line).toContain(reason.accountReason);
      expect(line).not.toContain(other.account.number);
    });

    test('is no question where none is given: the one on record stays', async () => {
      await record();
      const { account: _account, ...without } = person();
      expect((await books.beneficiary('POST', '', { ...without, name: '赵 某某' }, MANAGER)).status).toBe(200);
      expect(items('beneficiary')).toMatchObject([{ name: '赵 某某', account: person().account }]);
    });
  });

  test('of whom nobody knows any more who they are is helped by nobody', async () => {
    const id = await record();
    await books.beneficiary('DELETE', `/${id}`);
    expect(problemsOf(await books.ask(payment(id), 'after'))).toEqual(['beneficiaryId']);
    await record();
    expect((await books.ask(payment(id), 'anew')).status).toBe(201);
  });

  test('of another campaign is unknown here', async () => {
    expect((await books.beneficiary('POST', '/bnf_00000000000000000000/readings', { reason: '核对' })).body.title).toBe(
      'unknown-beneficiary',
    );
  });
});

describe('aid', () => {
  test('is paid by two people, out of a line of the programme, to somebody whom the campaign has recorded', async () => {
    const id = await record();
    const { body } = await books.ask(payment(id));
    expect(body.state).toBe('awaiting-confirmation');
    expect((await books.decide(body.requestId)).body).toMatchObject({ state: 'booked', beneficiaryId: id });
    expect(problemsOf(await books.ask({ ...payment(id, 2), lineNo: 4 }, 'management'))).toEqual(['lineNo']);
    expect(problemsOf(await books.ask(payment('bnf_00000000000000000000', 3), 'unknown'))).toEqual(['beneficiaryId']);
  });

  test('is shown by papers with a number, never by a file that all staff read', async () => {
    const evidence = [{ kind: 'attachment', attachmentId: SCAN_ID }];
    const refused = await books.ask({ ...payment(await record()), evidence });
    expect(problemsOf(refused).join()).toContain('evidence[0]');
    const consent = { givenOn: '2026-09-20', evidence: evidence[0] };
    expect((await books.beneficiary('POST', '', { ...person('009'), consent })).status).toBe(422);
  });

  test('to the same person out of the same line within a year needs a reason; after it, or out of another line, none', async () => {
    const id = await record();
    await pay(id, 1, { paidOn: '2025-10-09' });
    const within = await pay(id, 2, { paidOn: '2026-10-08' });
    expect(within).toMatchObject({
      status: 409,
      body: { title: 'paid-before', detail: expect.stringContaining('2025-10-09') },
    });
    expect(problemsOf(within)).toEqual(['repeatReason']);
    expect((await pay(id, 3, { lineNo: 1 })).status).toBe(200);
    expect((await pay(id, 4, { repeatReason: '二次手术，经会议同意' })).status).toBe(200);
  });

  test('that is a year old does not stand in the way', async () => {
    const id = await record();
    await pay(id, 1, { paidOn: '2025-10-08' });
    expect((await pay(id, 2, { paidOn: '2026-10-08' })).status).toBe(200);
  });

  test('that was taken back does not stand in the way, and its person is told of the next time', async () => {
    const id = await record();
    await pay(id);
    const back = { kind: 'reversal', of: 1, amountMinor: 300_000, reversedOn: '2026-10-08', reason: '账号有误退回' };
    await books.decide((await books.ask(back, 'back')).body.requestId);
    expect((await books.read()).body.aid).toEqual({ beneficiaries: 0, payments: 0, amountMinor: 0 });
    expect((await pay(id, 2)).status).toBe(200);
    expect((await books.beneficiary('POST', '', person())).body.paidBefore).toMatchObject([
      { number: 3, amountMinor: 300_000 },
    ]);
  });

  test('of two requests for one person that wait together, only one is confirmed without a reason', async () => {
    const id = await record();
    const [one, two] = [await books.ask(payment(id, 1), 'one'), await books.ask(payment(id, 2), 'two')];
    expect((await books.decide(one.body.requestId, undefined, SECOND)).status).toBe(200);
    expect((await books.decide(two.body.requestId, undefined, SECOND)).body.title).toBe('paid-before');
  });

  test('is published as counts and amounts, and not by line where fewer than three people had it', async () => {
    for (let n = 1; n <= 4; n += 1) await pay(await record(person(`01${n}`)), n, n === 4 ? { lineNo: 1 } : {});
    expect((await books.read()).body).toMatchObject({
      aid: { beneficiaries: 4, payments: 4, amountMinor: 1_200_000 },
      aidByLine: [{ beneficiaries: 4, payments: 4, amountMinor: 1_200_000 }],
    });
  });
});

describe('the number of a resident identity card', () => {
  test('has a check character that finds a wrong digit and two that changed places', () => {
    const right = residentNumber('1956-03-02', '001');
    expect(isResidentId(right)).toBe(true);
    for (let position = 0; position < 17; position += 1) {
      const digit = (Number(right[position]) + 1) % 10;
      expect(isResidentId(`${right.slice(0, position)}${digit}${right.slice(position + 1)}`)).toBe(false);
    }
    expect(isResidentId(`${right.slice(0, 15)}${right[16]}${right[15]}${right[17]}`)).toBe(right[15] === right[16]);
    // The two examples of GB 11643-1999; whoever was born in 1880 needs no aid any more.
    expect(['11010519491231002X', '440524188001010014'].map(isResidentId)).toEqual([true, false]);
  });
});
