import { type HttpAnswer, type HttpRequest, problem } from './http.ts';

/**
 * The ETag of something that is changed under a version. Weak, because what is shown beside it (a name, an approval) may
 * change while its version does not.
 */
export const etagOf = (version: number): string => `W/"${version}"`;

// A cache between us may weaken a tag, so that both forms are the same version. Versions are counted from 1.
const TAG = /^(?:W\/)?"([1-9]\d{0,8})"$/;

export type ReadVersion =
  | { readonly kind: 'read'; readonly version: number }
  | { readonly kind: 'bad'; readonly answer: HttpAnswer };

/**
 * The version that a change was made on, from If-Match, which every PUT and PATCH needs: 428 `if-match-needed` without it, 400
 * `bad-if-match` where it is not one tag of ours. `*` and lists are refused too: they would overwrite what nobody has read.
 * Versions are compared, and so weak tags too, where RFC 9110 13.1.1 would have a strong one.
 */
export function readIfMatch(request: HttpRequest): ReadVersion {
  const header = request.headers['if-match'];
  if (header === undefined) {
    return bad(428, 'if-match-needed', 'Read it first, then send the ETag of that answer as If-Match with the change.');
  }
  const version = TAG.exec(header.trim())?.[1];
  if (version === undefined)
    return bad(400, 'bad-if-match', 'If-Match must be the one ETag that reading it answered, such as W/"3".');
  return { kind: 'read', version: Number(version) };
}

/** 412: what is to be changed is not as it was read. `version` is its version now, which the answer carries as ETag. */
export function changedMeanwhile(version: number): HttpAnswer {
  const answer = problem(
    412,
    'changed-meanwhile',
    'Somebody changed this since you read it. Read it again, then make your change to what it is now.',
  );
  return { ...answer, headers: { ...answer.headers, etag: etagOf(version) } };
}

/** Reads If-Match and compares: `undefined` where the change is made on the version that stands. */
export function refuseUnlessCurrent(request: HttpRequest, version: number): HttpAnswer | undefined {
  const read = readIfMatch(request);
  if (read.kind === 'bad') return read.answer;
  return read.version === version ? undefined : changedMeanwhile(version);
}

const bad = (status: number, code: string, detail: string): ReadVersion => ({
  kind: 'bad',
  answer: problem(status, code, detail),
});
