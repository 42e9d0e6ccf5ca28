import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../functions/platform/http.ts';
import { changedMeanwhile, etagOf, readIfMatch, refuseUnlessCurrent } from '../../functions/platform/if-match.ts';

/** A request with this If-Match, or with none. */
const changing = (ifMatch?: string): HttpRequest => ({
  method: 'PATCH',
  route: 'PATCH /campaigns/{campaignId}',
  sourceAddress: undefined,
  path: '/campaigns/cmp_1',
  parameters: {},
  query: {},
  headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
  body: Buffer.alloc(0),
  actor: undefined,
});
const codeOf = (answer: { readonly status: number; readonly body?: unknown } | undefined) =>
  answer && [answer.status, (answer.body as { title: string }).title];

describe('a change of something that others may change too', () => {
  it('names the version that was read, by the ETag of that reading', () => {
    expect(readIfMatch(changing(etagOf(7)))).toEqual({ kind: 'read', version: 7 });
    expect(refuseUnlessCurrent(changing(etagOf(7)), 7)).toBeUndefined();
  });

  it('may come back with the tag as a cache left it', () => {
    for (const tag of ['"7"', ' W/"7" ']) expect(refuseUnlessCurrent(changing(tag), 7)).toBeUndefined();
  });

  it('without a version is refused, with what to do', () => {
    const answer = refuseUnlessCurrent(changing(), 7);
    expect(codeOf(answer)).toEqual([428, 'if-match-needed']);
    expect(answer?.body).toMatchObject({ detail: expect.stringContaining('Read it first') });
  });

  it('made on another version is refused, earlier or later, and told the ETag that stands', () => {
    for (const version of [6, 8]) {
      const answer = refuseUnlessCurrent(changing(etagOf(version)), 7);
      expect(codeOf(answer)).toEqual([412, 'changed-meanwhile']);
      expect(answer?.headers).toMatchObject({ etag: 'W/"7"', 'content-type': expect.stringContaining('problem+json') });
    }
    expect(changedMeanwhile(7).status).toBe(412);
  });

  it.each([
    '*',
    '',
    '7',
    'W/"x"',
    '"1", "2"',
    'W/"0"',
    'W/"-1"',
    'W/"1.5"',
    'W/"07"',
    'w/"7"',
    `W/"${'9'.repeat(10)}"`,
  ])('is refused where If-Match is %j, which names no one version', (ifMatch) => {
    expect(codeOf(refuseUnlessCurrent(changing(ifMatch), 7))).toEqual([400, 'bad-if-match']);
  });
});
