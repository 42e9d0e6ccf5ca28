import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { PermanentError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import {
  type Actor,
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  LARGEST_BODY_BYTES,
  problem,
  readJsonBody,
  refusalAnswer,
} from '../../functions/platform/http.ts';
import { log } from '../../functions/platform/log.ts';
import { type HttpEventParts, httpEvent, lambdaContext } from './http-event.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
afterEach(() => vi.restoreAllMocks());

type Handle = HttpDefinition<string>['handle'];

/** Sends one request through the whole stack to `handle`. */
function through(handle: Handle, event: Parameters<ReturnType<typeof httpFunction>>[0], failed?: HttpAnswer) {
  const definition: HttpDefinition<string> = {
    name: 'test',
    open: () => {
      throw new Error('a replaced function must open nothing');
    },
    handle,
    ...(failed === undefined ? {} : { failed }),
  };
  return httpFunction(definition, { use: 'what is used', tellTime: async () => NOW })(event, lambdaContext);
}

/** What a handler is given for a request. */
async function seen(parts: HttpEventParts, change: (event: ReturnType<typeof httpEvent>) => object = (event) => event) {
  let request: HttpRequest | undefined;
  const event = change(httpEvent(parts)) as ReturnType<typeof httpEvent>;
  await through(async (given) => {
    request = given;
    return { status: 204 };
  }, event);
  if (request === undefined) throw new Error('the handler was not called');
  return request;
}

describe('a request as a handler sees it', () => {
  it('has method, path, parameters and query, and empty objects where there are none', async () => {
    const request = await seen({
      method: 'PUT',
      path: '/campaigns/cmp_1',
      routeParameters: { campaignId: 'cmp_1' },
      query: { lang: 'en' },
    });
    expect(request).toMatchObject({
      method: 'PUT',
      path: '/campaigns/cmp_1',
      parameters: { campaignId: 'cmp_1' },
      query: { lang: 'en' },
    });
    expect(await seen({})).toMatchObject({ parameters: {}, query: {} });
  });

  it('has its headers in lower case, however they were sent', async () => {
    const { headers } = await seen({}, (event) => ({ ...event, headers: { 'Wechatpay-SERIAL': 'A', 'x-b': 'B' } }));
    expect(headers).toEqual({ 'wechatpay-serial': 'A', 'x-b': 'B' });
  });

  it('has its body byte for byte, sent as text or in base64', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    expect((await seen({ body: bytes })).body.equals(bytes)).toBe(true);
    expect((await seen({ body: '捐款 17.70 元' })).body.toString('utf8')).toBe('捐款 17.70 元');
    expect((await seen({})).body).toHaveLength(0);
  });

  const actorFrom = async (claims: unknown): Promise<Actor | undefined> =>
    (
      await seen({}, (event) => ({
        ...event,
        requestContext: { ...event.requestContext, authorizer: { jwt: { claims, scopes: [] } } },
      }))
    ).actor;

  it.each([
    ['[manager finance]', ['manager', 'finance']],
    ['[manager, finance]', ['manager', 'finance']],
    ['[manager]', ['manager']],
    ['manager', ['manager']],
    [
      ['manager', 'finance'],
      ['manager', 'finance'],
    ],
    [undefined, []],
  ])('knows the groups of its caller from the claim %j', async (claim, groups) => {
    expect(await actorFrom({ sub: 'li', 'cognito:groups': claim })).toEqual({ id: 'li', groups });
  });

  it('gives somebody whose list of groups is empty no group that anything asks for', async () => {
    const actor = await actorFrom({ sub: 'li', 'cognito:groups': '[]' });
    expect(actor?.groups.filter((group) => group !== '')).toEqual([]);
  });

  it('has no caller without an authorizer, and none without a subject', async () => {
    expect((await seen({})).actor).toBeUndefined();
    expect(await actorFrom({ 'cognito:groups': '[admin]' })).toBeUndefined();
    expect(await actorFrom({ sub: '', 'cognito:groups': '[admin]' })).toBeUndefined();
    expect(await actorFrom('admin')).toBeUndefined();
  });

  it('takes no caller from a header', async () => {
    expect((await seen({ headers: { sub: 'li', 'cognito:groups': '[admin]' } })).actor).toBeUndefined();
  });
});

describe('an answer', () => {
  const answered = (answer: HttpAnswer) => through(async () => answer, httpEvent({}));

  it('is JSON that no cache keeps, unless it says otherwise', async () => {
    expect(await answered({ status: 201, body: { id: '捐' } })).toEqual({
      statusCode: 201,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
      body: '{"id":"捐"}',
    });
    const cached = await answered({ status: 200, headers: { 'cache-control': 'public' }, body: {} });
    expect(cached.headers?.['cache-control']).toBe('public');
  });

  it('has no body and no type of one where there is nothing to say', async () => {
    expect(await answered({ status: 304 })).toEqual({ statusCode: 304, headers: { 'cache-control': 'no-store' } });
  });

  it('is a page where it is HTML', async () => {
    const page = await answered({ status: 200, html: '<p>' });
    expect([page.body, page.headers?.['content-type']]).toEqual(['<p>', 'text/html; charset=utf-8']);
  });

  it('is a problem document where it is one (RFC 9457)', async () => {
    const problems = [{ field: 'title', problem: 'is empty', fix: 'give one' }];
    for (const answer of [
      problem(422, 'invalid', 'Some fields are wrong.', problems),
      refusalAnswer(422, { kind: 'refused', code: 'invalid', message: 'Some fields are wrong.', problems }),
    ]) {
      const { statusCode, headers, body } = await answered(answer);
      expect([statusCode, headers?.['content-type']]).toEqual([422, 'application/problem+json; charset=utf-8']);
      expect(JSON.parse(body ?? '')).toEqual({
        type: 'urn:yiqi:problem:invalid',
        title: 'invalid',
        status: 422,
        detail: 'Some fields are wrong.',
        problems,
      });
    }
  });

  it('gets the time once and what it uses', async () => {
    const calls: [string, Instant][] = [];
    await through(async (_request, use, now) => {
      calls.push([use, now]);
      return { status: 204 };
    }, httpEvent({}));
    expect(calls).toEqual([['what is used', NOW]]);
  });
});

describe('a handler that throws', () => {
  const breaking: Handle = async () => {
    throw new PermanentError('secret detail of table yiqi-prod');
  };

  it('answers 503 without a word of what happened inside, and logs it', async () => {
    const logged = vi.spyOn(log, 'error').mockReturnValue(undefined);
    const { statusCode, headers, body } = await through(breaking, httpEvent({}));
    expect([statusCode, headers?.['content-type']]).toEqual([503, 'application/problem+json; charset=utf-8']);
    expect(headers?.['cache-control']).toBe('no-store');
    expect(JSON.parse(body ?? '')).toMatchObject({ title: 'unavailable', status: 503 });
    expect(body).not.toContain('yiqi-prod');
    expect(logged).toHaveBeenCalledWith('request failed', {
      reason: 'PermanentError: secret detail of table yiqi-prod',
    });
  });

  it('answers in the shape that its caller expects, where that is another', async () => {
    const failed = { status: 500, body: { code: 'FAIL', message: '失败' } };
    expect(await through(breaking, httpEvent({}), failed)).toMatchObject({
      statusCode: 500,
      body: '{"code":"FAIL","message":"失败"}',
    });
  });
});

describe('a JSON body', () => {
  const schema = z.strictObject({
    lines: z.array(z.strictObject({ amountMinor: z.number() })),
    'a-b': z.string().optional(),
  });
  const read = (body: string | Buffer) => readJsonBody({ body: Buffer.from(body) } as HttpRequest, schema);
  const titleOf = (result: ReturnType<typeof read>) =>
    result.kind === 'unreadable'
      ? [result.answer.status, (result.answer.body as { title: string }).title]
      : result.kind;

  it('is read at exactly the largest size and refused one byte above', () => {
    const whole = '{"lines":[]}';
    expect(read(whole.padEnd(LARGEST_BODY_BYTES))).toEqual({ kind: 'read', value: { lines: [] } });
    expect(titleOf(read(whole.padEnd(LARGEST_BODY_BYTES + 1)))).toEqual([413, 'body-too-large']);
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"lines":['],
    ['text in another encoding', Buffer.from([0x22, 0xc4, 0xe3, 0x22])],
    ['half a character', Buffer.from('"捐"').subarray(0, 3)],
  ])('that is %s is no JSON', (_what, body) => {
    expect(titleOf(read(body))).toEqual([400, 'not-json']);
  });

  it('names every wrong field by its path, all at once', () => {
    const result = read('{"lines":[{"amountMinor":1},{"amountMinor":"1"},{}],"a-b":5,"more":1}');
    expect(titleOf(result)).toEqual([422, 'invalid']);
    const { problems } = (result as { answer: { body: { problems: { field: string }[] } } }).answer.body;
    expect(problems.map(({ field }) => field)).toEqual([
      'lines[1].amountMinor',
      'lines[2].amountMinor',
      'a-b',
      '(body)',
    ]);
  });

  it('cannot reach the prototype of anything', () => {
    expect(titleOf(read('{"lines":[],"__proto__":{"admin":true}}'))).toEqual([422, 'invalid']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});
