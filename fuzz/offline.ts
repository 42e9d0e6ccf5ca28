import { isDeepStrictEqual } from 'node:util';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import fc from 'fast-check';
import { checkAgainstContract } from '../client/answer-check.ts';
import { membershipPuts } from '../functions/access/membership.store.ts';
import { type StaffDefinition, staffFunction } from '../functions/access/staff-function.ts';
import { definition as confirmDefinition } from '../functions/donations/confirm-offline-gift.lambda.ts';
import { donationEntrySchema } from '../functions/donations/donation-entry.ts';
import { definition as enterDefinition } from '../functions/donations/enter-offline-gift.lambda.ts';
import type { IntakeUse } from '../functions/donations/payment-intake.store.ts';
import { instantOf } from '../functions/kernel/time.ts';
import { campaignKey, organisationKey } from '../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../functions/platform/table.memory.ts';
import { changedContent } from './messages.ts';
import type { FuzzReport } from './run.ts';

const NOW = instantOf('2026-09-08T10:00:00+08:00');
const CAMPAIGN_ID = 'cmp_0123456789abcdefghjk';
const ORGANISATION_ID = 'fuzz';
const CONFIRMATIONS = 'POST /campaigns/{campaignId}/offline-gifts/{offlineId}/confirmations';
const CONTEXT = { functionName: 'fuzz', awsRequestId: 'fuzz' } as Context;

const CAMPAIGN = {
  type: 'campaign',
  campaignId: CAMPAIGN_ID,
  status: 'open',
  proposal: {
    organisationId: ORGANISATION_ID,
    currency: 'CNY',
    window: { firstDay: '2026-09-07', lastDay: '2026-09-09', zone: 'Asia/Shanghai' },
    units: [{ id: 'xuanhan' }],
  },
};

const about = {
  receivedOn: '2026-09-07',
  donor: { name: '何', organisation: '科伦药业', email: 'mail@example.org', phone: '0818-1234567' },
  anonymous: false,
  unitId: 'xuanhan',
  evidence: '银行流水 20260907-003',
};
const good = {
  item: '大米',
  quantity: 5,
  unit: '500 g',
  assessedMinor: 3_000,
  basis: 'market',
  basisReference: '9 月',
};
const RIGHT: readonly object[] = [
  { kind: 'cash', amountMinor: 8_800, ...about },
  { kind: 'transfer', amountMinor: 999_999, bankReference: '20260907-000123', ...about },
  { kind: 'transfer', amountMinor: 1_000_000, ...about },
  { kind: 'directed', amountMinor: 300_000_000, agreementNo: 'DZ-1', purpose: '药房', ...about },
  { kind: 'in-kind', goods: [good, { ...good, item: '急救箱', assessedMinor: 1_200_000, basis: 'invoice' }], ...about },
];

type Body = { readonly bytes: Buffer };
const damage = fc.record({ at: fc.nat(400), cut: fc.nat(5), put: fc.uint8Array({ maxLength: 4 }) });
const rightBody = fc.constantFrom(...RIGHT);
const oddBody = rightBody
  .chain((gift) => changedContent(gift))
  .chain((once) => fc.oneof(fc.constant(once), changedContent(once)));
const jsonBody = fc
  .oneof({ weight: 2, arbitrary: rightBody }, { weight: 7, arbitrary: oddBody }, fc.jsonValue())
  .map((content) => Buffer.from(JSON.stringify(content) ?? ''));
const bodyArbitrary: fc.Arbitrary<Body> = fc
  .oneof(
    { weight: 8, arbitrary: jsonBody },
    {
      weight: 2,
      arbitrary: fc
        .tuple(jsonBody, damage)
        .map(([bytes, { at, cut, put }]) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)])),
    },
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 60, max: 70 }).map((kilobytes) => Buffer.alloc(kilobytes * 1024, 'x')),
  )
  .map((bytes) => ({ bytes }));

const oddText = fc.constantFrom(undefined, '', ' ', 'key,key', '\u0000', '𠮷', '__proto__', 'x'.repeat(300));
const inputArbitrary = fc.record({
  body: bodyArbitrary,
  key: fc.oneof({ weight: 12, arbitrary: fc.constantFrom('key-1', 'key-2') }, oddText),
  campaignId: fc.oneof(
    { weight: 20, arbitrary: fc.constant(CAMPAIGN_ID) },
    fc.constantFrom('cmp_other', '', '__proto__', '../x'),
  ),
  groups: fc.oneof({ weight: 20, arbitrary: fc.constant('finance') }, fc.constantFrom('auditor', '', 'donor')),
  second: fc.constantFrom('usr_second', 'usr_first'),
  decision: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<unknown>({ decision: 'confirm' }, { decision: 'reject', reason: '重复' }) },
    fc.jsonValue({ maxDepth: 2 }),
  ),
});
type Input = typeof inputArbitrary extends fc.Arbitrary<infer T> ? T : never;

/**
 * Enters odd gifts by hand, each the same for the same seed, repeats them and has them decided on. Throws with the smallest input found that
 * breaks one of these: nothing is answered 5XX; a refusal is a problem document and stores nothing; what is accepted is kept as the
 * answer shows it, its sum is that of what was sent, and the same again changes nothing; what a second person has not confirmed is not
 * in the books, and what is in them is once, with that sum, and without a name.
 */
export async function fuzzOffline(options: { readonly inputs: number; readonly seed: number }): Promise<FuzzReport> {
  const statuses: Record<string, number> = {};
  let stored = 0;
  await fc.assert(
    fc.asyncProperty(inputArbitrary, async (input) => {
      const table = await preparedTable();
      const answer = await enter(input, table);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status < 300) {
        await checkAccepted(input, answer, table);
        stored += 1;
      } else checkRefused(answer, table);
    }),
    { numRuns: options.inputs, seed: options.seed },
  );
  return { inputs: options.inputs, statuses, stored };
}

/** A campaign, its organisation, and two people who may enter and confirm gifts there. */
async function preparedTable(): Promise<MemoryTable> {
  const table = memoryTable();
  const organisation = { organisationId: ORGANISATION_ID, name: 'Fuzz', path: [ORGANISATION_ID], createdAt: NOW };
  await table.write({ put: { ...campaignKey(CAMPAIGN_ID), ...CAMPAIGN } });
  await table.write({ put: { ...organisationKey(ORGANISATION_ID), type: 'organisation', ...organisation } });
  for (const personId of ['usr_first', 'usr_second'])
    for (const put of membershipPuts(
      {
        type: 'membership',
        organisationId: ORGANISATION_ID,
        personId,
        name: personId,
        email: `${personId}@example.org`,
        roles: ['finance'],
        reach: 'here',
        state: 'active',
        version: 1,
        invitedBy: 'fuzz',
        createdAt: NOW,
        updatedAt: NOW,
      },
      undefined,
    ))
      await table.write(put);
  return table;
}
/** Items of a prepared table. */
const PREPARED = 6;

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

async function post(
  definition: StaffDefinition<IntakeUse>,
  route: string,
  table: MemoryTable,
  request: {
    readonly parameters: Record<string, string>;
    readonly headers?: Record<string, string>;
    readonly body: Buffer;
    readonly actor: { readonly id: string; readonly groups: string };
  },
): Promise<Answer> {
  const use = { table, readDonorKey: async () => 'donor key of the fuzzer' };
  const event = {
    version: '2.0',
    routeKey: route,
    rawPath: '/',
    rawQueryString: '',
    pathParameters: request.parameters,
    headers: request.headers ?? {},
    requestContext: {
      http: { method: 'POST', path: '/' },
      authorizer: { jwt: { claims: { sub: request.actor.id, 'cognito:groups': `[${request.actor.groups}]` } } },
    },
    isBase64Encoded: true,
    body: request.body.toString('base64'),
  } as unknown as APIGatewayProxyEventV2;
  const result = await staffFunction(definition, { use, tellTime: async () => NOW })(event, CONTEXT);
  const answer = { status: result.statusCode ?? 0, body: JSON.parse(result.body ?? '{}') as Answer['body'] };
  if (answer.status >= 500) throw new Error(`answered ${answer.status}: ${result.body}`);
  checkAgainstContract(route, result);
  const isProblem = String(result.headers?.['content-type']).startsWith('application/problem+json');
  if (isProblem !== answer.status >= 400) throw new Error(`answered in another shape: ${answer.status} ${result.body}`);
  return answer;
}

const enter = ({ body, key, campaignId, groups }: Input, table: MemoryTable): Promise<Answer> =>
  post(enterDefinition, 'POST /campaigns/{campaignId}/offline-gifts', table, {
    parameters: { campaignId },
    headers: key === undefined ? {} : { 'idempotency-key': key },
    body: body.bytes,
    actor: { id: 'usr_first', groups },
  });

const itemsOf = (table: MemoryTable, type: string) => table.everything().filter((item) => item.type === type);

function checkRefused({ body }: Answer, table: MemoryTable): void {
  if (table.everything().length !== PREPARED) throw new Error('something was stored of what was refused');
  if (typeof body['detail'] !== 'string') throw new Error('the refusal does not say why');
}

async function checkAccepted(input: Input, answer: Answer, table: MemoryTable): Promise<void> {
  const sent = JSON.parse(input.body.bytes.toString()) as Sent;
  checkShown(sent, answer, table);
  const before = JSON.stringify(table.everything());
  const again = await enter(input, table);
  if (again.status !== 200 || !isDeepStrictEqual(again.body, answer.body))
    throw new Error('the same again was answered otherwise');
  if (JSON.stringify(table.everything()) !== before) throw new Error('the same again has changed something');
  if (answer.body['state'] !== 'awaiting-confirmation') return checkBooked(sent, answer, table);
  if (itemsOf(table, 'donation').length !== 0) throw new Error('a gift is in the books that nobody has confirmed');
  const decided = await post(confirmDefinition, CONFIRMATIONS, table, {
    parameters: { campaignId: CAMPAIGN_ID, offlineId: String(answer.body['offlineId']) },
    body: Buffer.from(JSON.stringify(input.decision) ?? ''),
    actor: { id: input.second, groups: 'finance' },
  });
  if (decided.status >= 300 && JSON.stringify(table.everything()) !== before)
    throw new Error('a refused decision has changed something');
  if (decided.status < 300 && input.second === 'usr_first') throw new Error('who entered a gift has confirmed it');
  if (decided.body['state'] === 'booked') checkBooked(sent, decided, table);
  else if (itemsOf(table, 'donation').length !== 0) throw new Error('a gift is in the books that was not confirmed');
}

type Sent = {
  readonly kind: string;
  readonly amountMinor?: number;
  readonly goods?: readonly { readonly assessedMinor: number }[];
  readonly donor?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
};

/** By big integers, and from what was sent: shares no code with what it checks. */
const sumOf = ({ amountMinor, goods = [] }: Sent): number =>
  amountMinor ?? Number(goods.reduce((sum, { assessedMinor }) => sum + BigInt(assessedMinor), 0n));

function checkShown(sent: Sent, { body }: Answer, table: MemoryTable): void {
  const [kept, ...more] = itemsOf(table, 'offline-gift');
  if (kept === undefined || more.length > 0) throw new Error('not one gift was kept');
  for (const [name, value] of Object.entries(body))
    if (name !== 'giftId' && !isDeepStrictEqual(kept[name], value))
      throw new Error(`${name} is kept otherwise than shown`);
  if (body['amountMinor'] !== sumOf(sent))
    throw new Error(`the sum is ${String(body['amountMinor'])}, sent was ${sumOf(sent)}`);
  for (const name of ['kind', 'receivedOn', 'unitId', 'evidence', 'agreementNo', 'purpose', 'bankReference'])
    if (typeof sent[name] === 'string' && body[name] !== sent[name].trim())
      throw new Error(`${name} is another than was sent`);
  if (body['anonymous'] !== (sent['anonymous'] ?? true))
    throw new Error('consent to publish is another than was given');
  const others = JSON.stringify(
    table.everything().filter(({ type }) => type !== 'donor-contact' && type !== 'campaign'),
  );
  for (const detail of [sent.donor?.['email'], sent.donor?.['phone']])
    if (detail !== undefined && others.includes(JSON.stringify(detail)))
      throw new Error('a contact stands outside of its item');
}

function checkBooked(sent: Sent, { body }: Answer, table: MemoryTable): void {
  const entries = itemsOf(table, 'donation').map((item) => donationEntrySchema.parse(item));
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw new Error('the gift is not in the books once');
  if (entry.amountMinor !== sumOf(sent) || entry.giftId !== body['giftId'])
    throw new Error('another gift is in the books');
  if (entry.day !== sent['receivedOn']) throw new Error('the gift is booked on another day');
}
