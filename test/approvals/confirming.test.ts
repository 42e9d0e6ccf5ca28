import { beforeEach, describe, expect, test } from 'vitest';
import { keepDelegation } from '../../functions/approvals/delegation.store.ts';
import { definition as readInbox } from '../../functions/approvals/read-inbox.lambda.ts';
import { definition as remindConfirmations } from '../../functions/approvals/remind-confirmations.lambda.ts';
import { definition as manageGoods } from '../../functions/goods/manage-goods.lambda.ts';
import { type Instant, plusSeconds, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../functions/kernel/time.ts';
import type { Mail } from '../../functions/notices/mail.gateway.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import { jobFunction } from '../../functions/platform/job.ts';
import { approvalRouteKey, goodsLotKey, organisationKey, rootIndexKey } from '../../functions/platform/keys.ts';
import { membershipOf, organisationPut, putMembership, ROOT } from '../access/people.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import { freshContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { large, MINUTES_ID, NOW, type SpendingBooks, spendingBooks } from '../spending/spending-books.ts';

const CLERK = { id: 'finance-chen', groups: ['finance'] };
const FINANCE = { id: 'finance-li', groups: ['finance'] };
const APPROVER = { id: 'approver-wang', groups: ['approver'] };
const MANAGER = { id: 'manager-wu', groups: ['manager'] };
const ADMIN = { id: 'admin-zhao', groups: ['admin'] };
const AUDITOR = { id: 'auditor-sun', groups: ['auditor'] };
type Actor = typeof CLERK;
const hoursLater = (hours: number): Instant => plusSeconds(NOW, hours * SECONDS_PER_HOUR);

let books: SpendingBooks;
let mails: Mail[];
let refusedAddress: string | undefined;
beforeEach(async () => {
  books = await spendingBooks();
  mails = [];
  refusedAddress = undefined;
  await books.table.write({ update: organisationKey(ROOT), set: rootIndexKey(ROOT) });
});

const inbox = async (actor: Actor, at = NOW, after?: string) =>
  (
    await books.call(
      readInbox as never,
      { path: '/me/inbox', actor, ...(after === undefined ? {} : { query: { after } }) },
      at,
    )
  ).body;
const waitsFor = async (actor: Actor, at = NOW): Promise<string[]> =>
  (await inbox(actor, at)).confirmations.map(
    ({ subject, kind, amountMinor, quantity }: Record<string, string>) =>
      `${subject} ${kind} ${amountMinor ?? quantity}`,
  );

const sendMail = async (mail: Mail) => {
  if (mail.to === refusedAddress) throw new NotAccepted('no such mailbox', { forGood: true });
  mails.push(mail);
  return { messageId: `m-${mails.length}` };
};
const remind = (at: Instant) =>
  jobFunction(remindConfirmations, {
    use: { table: restrictedTable(books.table, 'remind-confirmations'), sendMail },
    tellTime: async () => at,
  })({}, freshContext());
/** Who was mailed since the last look, and what about. */
const mailed = (): string[] => {
  const said = mails.map(({ to, subject }) => `${to.replace('@example.org', '')}: ${subject.split('：')[0]}`);
  mails = [];
  return said.toSorted();
};

async function putRoute(step: object): Promise<void> {
  await books.table.write({
    put: {
      ...approvalRouteKey('dazhou', 'campaign'),
      type: 'approval-route',
      organisationId: 'dazhou',
      subject: 'campaign',
      version: 2,
      steps: [{ name: '审批', who: { role: 'approver', of: 'campaign' }, quorum: 1, collective: false, ...step }],
      mayRepeat: false,
      savedBy: 'admin-zhao',
      savedAt: '2026-01-01T00:00:00.000Z',
    },
  });
}

async function delegate(fromPersonId: string, toPersonId: string): Promise<void> {
  await keepDelegation(
    books.table,
    {
      type: 'delegation',
      delegationId: `dlg_${fromPersonId}`,
      fromPersonId,
      toPersonId,
      organisationId: 'dazhou',
      from: NOW,
      until: plusSeconds(NOW, 30 * SECONDS_PER_DAY),
      reason: '出差',
      createdAt: NOW,
    } as never,
    NOW,
  );
}

async function writeOff(actor = CLERK) {
  const lotId = 'lot_00000000000000000000';
  await books.table.write({
    put: {
      ...goodsLotKey(CAMPAIGN_ID, lotId),
      type: 'goods-lot',
      campaignId: CAMPAIGN_ID,
      lotId,
      item: '急救箱',
      unit: '个',
      received: 10,
      valueMinor: 1_000,
      receivedOn: '2026-10-01',
      places: [{ place: '市仓库', quantity: 10 }],
      out: 0,
      outMinor: 0,
      returned: {},
    },
  });
  const body = {
    kind: 'write-off',
    lotId,
    place: '市仓库',
    quantity: 3,
    reason: '破损',
    on: '2026-10-08',
    evidence: [{ kind: 'other', number: '1' }],
  };
  return books.call(
    manageGoods as never,
    {
      method: 'POST',
      path: `/campaigns/${CAMPAIGN_ID}/goods-requests`,
      routeParameters: { campaignId: CAMPAIGN_ID },
      headers: { 'Idempotency-Key': 'write-off' },
      body: JSON.stringify(body),
      actor,
    },
    NOW,
  );
}
const decideGoods = (requestId: string, decision: object, actor: Actor, at = NOW) =>
  books.call(
    manageGoods as never,
    {
      method: 'POST',
      path: `/campaigns/${CAMPAIGN_ID}/goods-requests/${requestId}/decisions`,
      routeParameters: { campaignId: CAMPAIGN_ID, requestId },
      body: JSON.stringify(decision),
      actor,
    },
    at,
  );

const transfer = { kind: 'transfer', fromLineNo: 1, toLineNo: 2, amountMinor: 700, reason: '调剂' };
const surplus = {
  kind: 'surplus',
  amountMinor: 500,
  destination: 'similar-project',
  destinationName: '博爱家园',
  reason: '结余',
};

describe('an entry that waits for a second person', () => {
  test('is in the inbox of finance and approvers, of nobody else, and not of whoever entered it', async () => {
    await books.ask(large, 'a');
    await books.ask(transfer, 'b');
    await books.ask(surplus, 'c');
    expect((await writeOff()).status).toBe(201);
    const all = ['spending expenditure 1200000', 'spending transfer 700', 'spending surplus 500', 'goods write-off 3'];
    expect((await waitsFor(APPROVER)).toSorted()).toEqual(all.toSorted());
    expect((await waitsFor(FINANCE)).toSorted()).toEqual(all.toSorted());
    for (const actor of [CLERK, MANAGER, ADMIN, AUDITOR])
      expect([actor.id, await waitsFor(actor)]).toEqual([actor.id, []]);
    expect((await inbox(APPROVER)).confirmations[0]).toMatchObject({
      campaignId: CAMPAIGN_ID,
      title: '困难党员帮扶计划',
      enteredBy: 'finance-chen',
      forSelf: true,
      onBehalfOf: [],
      isEscalated: false,
      waitingSince: NOW,
    });
  });

  test('is gone from every inbox with the decision, whichever it is, and what waits for nobody never came', async () => {
    const asked = (await books.ask(large, 'a')).body;
    const other = (await books.ask(transfer, 'b')).body;
    const goods = (await writeOff()).body;
    const evidence = [{ kind: 'invoice', number: 'FP-7' }];
    await books.ask({ ...large, amountMinor: 10, voucherNo: '记-7', payee: '文具店', evidence }, 'small');
    expect(await waitsFor(APPROVER)).toHaveLength(3);
    await books.decide(asked.requestId);
    await books.decide(other.requestId, { decision: 'reject', reason: '不必' });
    await decideGoods(goods.requestId, { decision: 'reject', reason: '再查' }, FINANCE);
    expect(await waitsFor(APPROVER)).toEqual([]);
    expect(books.table.everything().filter(({ type }) => type === 'confirmation')).toEqual([]);
  });

  test('is of one tree: an approver of another does not see it', async () => {
    await books.ask(large);
    await books.table.write(organisationPut(['hunan'], '湖南省红十字会'));
    await putMembership(books.table, membershipOf('approver-far', 'hunan', ['approver']));
    expect(await waitsFor({ id: 'approver-far', groups: ['approver'] })).toEqual([]);
  });

  test('is told page by page where many wait, each once', async () => {
    for (let n = 0; n < 130; n += 1) await books.ask({ ...transfer, amountMinor: n + 1 }, `key-${n}`);
    const seen: string[] = [];
    let after: string | undefined;
    let pages = 0;
    do {
      const page = await inbox(APPROVER, NOW, after);
      seen.push(...page.confirmations.map(({ requestId }: { requestId: string }) => requestId));
      after = page.next === null ? undefined : (new URLSearchParams(page.next).get('after') ?? undefined);
      pages += 1;
    } while (after !== undefined);
    expect([new Set(seen).size, seen.length, pages]).toEqual([130, 130, 2]);
  });
});

describe('a deputy', () => {
  test('sees for whom, decides in their name, and the entry says so', async () => {
    await delegate('approver-wang', 'manager-wu');
    const { body } = await books.ask(large);
    expect((await inbox(MANAGER)).confirmations).toMatchObject([
      { forSelf: false, onBehalfOf: [{ personId: 'approver-wang' }] },
    ]);
    expect((await books.decide(body.requestId, { decision: 'confirm' }, MANAGER)).status).toBe(403);
    const decision = { decision: 'confirm', onBehalfOf: 'approver-wang' };
    const decided = await books.decide(body.requestId, decision, MANAGER);
    expect(decided).toMatchObject({
      status: 200,
      body: {
        state: 'booked',
        decidedBy: 'manager-wu',
        onBehalfOf: 'approver-wang',
        delegationId: 'dlg_approver-wang',
      },
    });
    expect((await books.read()).body.page).toMatchObject([{ decidedBy: 'manager-wu', onBehalfOf: 'approver-wang' }]);
    // The answer was lost: the same again is told what stands.
    expect(await books.decide(body.requestId, decision, MANAGER)).toMatchObject({ status: 200, body: decided.body });
  });

  test('of whoever entered it decides nothing, and whoever entered it decides for nobody', async () => {
    await delegate('finance-chen', 'manager-wu');
    await delegate('approver-wang', 'finance-chen');
    const { body } = await books.ask(large);
    expect([await waitsFor(MANAGER), await waitsFor(CLERK)]).toEqual([[], []]);
    for (const [actor, onBehalfOf] of [
      [MANAGER, 'finance-chen'],
      [CLERK, 'approver-wang'],
    ] as const)
      expect(await books.decide(body.requestId, { decision: 'confirm', onBehalfOf }, actor)).toMatchObject({
        status: 403,
        body: { title: 'own-entry' },
      });
    const goods = (await writeOff()).body;
    expect(
      (await decideGoods(goods.requestId, { decision: 'confirm', onBehalfOf: 'finance-chen' }, MANAGER)).body.title,
    ).toBe('own-entry');
  });

  test('whose delegation is over, or of a person who may not, is answered like what is not there', async () => {
    await delegate('approver-wang', 'manager-wu');
    const { body } = await books.ask(large);
    const late = plusSeconds(NOW, 31 * SECONDS_PER_DAY);
    const decision = { decision: 'confirm', onBehalfOf: 'approver-wang' };
    expect((await books.decide(body.requestId, decision, MANAGER, late)).body.title).toBe('forbidden');
    await delegate('auditor-sun', 'admin-zhao');
    const other = { decision: 'confirm', onBehalfOf: 'auditor-sun' };
    expect((await books.decide(body.requestId, other, ADMIN)).body.title).toBe('forbidden');
  });
});

describe('an escalation', () => {
  test('brings in whom the route names, once its time is over, and not before', async () => {
    await putRoute({ remindAfterHours: 12, escalateAfterHours: 24, escalateTo: { role: 'admin', of: 'campaign' } });
    const { body } = await books.ask(large);
    const goods = (await writeOff()).body;
    const confirm = { decision: 'confirm' };
    expect((await books.decide(body.requestId, confirm, ADMIN, hoursLater(23))).body.title).toBe('forbidden');
    expect(await waitsFor(ADMIN, hoursLater(23))).toEqual([]);
    expect(await waitsFor(ADMIN, hoursLater(24))).toHaveLength(2);
    expect((await books.decide(body.requestId, confirm, ADMIN, hoursLater(24))).body).toMatchObject({
      state: 'booked',
      decidedBy: 'admin-zhao',
    });
    expect((await decideGoods(goods.requestId, confirm, ADMIN, hoursLater(24))).body.state).toBe('booked');
  });

  test('brings in nobody who entered it', async () => {
    await putRoute({ remindAfterHours: 12, escalateAfterHours: 24, escalateTo: { personIds: ['finance-chen'] } });
    const { body } = await books.ask(large);
    expect((await books.decide(body.requestId, { decision: 'confirm' }, CLERK, hoursLater(30))).body.title).toBe(
      'own-entry',
    );
  });

  test('of a route that is saved later does not touch what waits', async () => {
    const { body } = await books.ask(large);
    await putRoute({ remindAfterHours: 1, escalateAfterHours: 2, escalateTo: { role: 'admin', of: 'campaign' } });
    expect((await books.decide(body.requestId, { decision: 'confirm' }, ADMIN, hoursLater(48))).status).toBe(403);
  });
});

describe('people are told', () => {
  const DECIDERS = ['approver-he', 'approver-sun', 'approver-wang', 'finance-li', 'manager-li'];
  const toEach = (people: readonly string[], what: string): string[] => people.map((id) => `${id}: ${what}`);

  test('of what one hour brought, in one mail each, when the hour is over; and never twice', async () => {
    await books.ask(large, 'a');
    await books.ask(transfer, 'b');
    await remind(plusSeconds(NOW, 30 * 60));
    expect(mailed()).toEqual([]);
    await remind(hoursLater(1));
    const text = mails.find(({ to }) => to.startsWith('approver-wang'))?.text ?? '';
    expect(text).toContain('¥12,000.00');
    expect(text).toContain('预算调剂');
    // Who is paid, and for what, stands in the request and in no mail.
    expect(text).not.toContain(large.payee);
    expect(mailed()).toEqual(toEach(DECIDERS, '2 项申请待复核'));
    await remind(hoursLater(2));
    expect(mailed()).toEqual([]);
  });

  test('of others’ entries only: of two people who enter, each is told of the other’s', async () => {
    await books.ask(large, 'a');
    await books.ask({ ...transfer }, 'b', FINANCE);
    await remind(hoursLater(1));
    expect(mailed()).toEqual(
      [
        ...toEach(['approver-he', 'approver-sun', 'approver-wang', 'manager-li'], '2 项申请待复核'),
        ...toEach(['finance-chen', 'finance-li'], '1 项申请待复核'),
      ].toSorted(),
    );
  });

  test('again after two days, and the admins after three, until it is decided', async () => {
    const { body } = await books.ask(large);
    await remind(hoursLater(1));
    mailed();
    await remind(hoursLater(48));
    expect(mailed()).toEqual([]);
    await remind(hoursLater(49));
    expect(mailed()).toEqual(toEach(DECIDERS, '1 项申请仍待复核'));
    await remind(hoursLater(73));
    expect(mails[0]?.text).toContain('登记已满 72 小时，尚无第二人复核。');
    expect(mails[0]?.text).toContain('请督促财务或审批人员处理');
    expect(mailed()).toEqual(['admin-zhao: 1 项申请仍待复核']);
    await books.decide(body.requestId);
    await remind(hoursLater(24 * 30));
    expect(mailed()).toEqual([]);
  });

  test('deputies among them, with for whom; and by a missed run once, by the last that is due', async () => {
    await delegate('approver-wang', 'manager-wu');
    await books.ask(large);
    await remind(hoursLater(24 * 5));
    expect(mails.find(({ to }) => to.startsWith('manager-wu'))?.text).toContain('您是受approver-wang委托代为复核。');
    // New, reminded and escalated at once, each once.
    const said = mailed();
    expect(said.filter((one) => one.startsWith('manager-wu'))).toHaveLength(2);
    expect(said.filter((one) => one.startsWith('admin-zhao'))).toHaveLength(1);
  });

  test('though one address is refused for good, all others', async () => {
    refusedAddress = 'approver-he@example.org';
    await books.ask(large);
    await remind(hoursLater(1));
    expect(mailed()).toEqual(
      toEach(
        DECIDERS.filter((id) => id !== 'approver-he'),
        '1 项申请待复核',
      ),
    );
  });

  test('whom the route’s escalation brings in, and with the next reminder too', async () => {
    await putRoute({ remindAfterHours: 30, escalateAfterHours: 24, escalateTo: { role: 'auditor', of: 'campaign' } });
    await books.ask(large);
    await remind(hoursLater(1));
    mailed();
    await remind(hoursLater(25));
    expect(mailed()).toEqual(['auditor-sun: 1 项申请仍待复核']);
    await remind(hoursLater(31));
    expect(mailed()).toEqual(toEach([...DECIDERS, 'auditor-sun'].toSorted(), '1 项申请仍待复核'));
  });
});

test('a surplus that a deputy confirms needs its minutes as any', async () => {
  await delegate('approver-wang', 'manager-wu');
  const { body } = await books.ask(surplus);
  const decision = { decision: 'confirm', onBehalfOf: 'approver-wang' };
  expect((await books.decide(body.requestId, decision, MANAGER)).body.title).toBe('minutes-needed');
  const minutes = { attachmentId: MINUTES_ID, heldOn: '2026-10-08', attendees: ['何', '孙'] };
  expect((await books.decide(body.requestId, { ...decision, minutes }, MANAGER)).status).toBe(200);
});
