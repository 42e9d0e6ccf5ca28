import { describe, expect, it } from 'vitest';
import { type AuditLine, hashOf, nextLine } from '../../functions/audit/audit-line.ts';
import { type Anchor, type ChainProblem, ChainVerifier } from '../../functions/audit/verify-chain.ts';
import { instantOf, plusSeconds } from '../../functions/kernel/time.ts';

const START = instantOf('2026-09-07T08:00:00+08:00');

/** A chain of five honest lines. */
function chain(): AuditLine[] {
  const lines: AuditLine[] = [];
  for (let n = 0; n < 5; n += 1) {
    const last = lines.at(-1);
    const head = last === undefined ? undefined : { type: 'audit-head' as const, ...last };
    const fields = [{ field: 'status', before: `state-${n}`, after: `state-${n + 1}` }];
    const changes = [
      { item: 'campaign', key: 'CAMPAIGN#cmp_1 CAMPAIGN', change: 'changed' as const, fields, unshown: ['version'] },
    ];
    const at = plusSeconds(START, n);
    lines.push(nextLine(head, { organisationId: 'dazhou', at, by: 'li', action: 'PATCH /x', from: '::1', changes }));
  }
  return lines;
}

/** What a verifier finds in lines whose keys have the numbers that the lines have, unless given. */
function problemsOf(
  lines: readonly AuditLine[],
  more: { head?: AuditLine | undefined; anchors?: readonly Anchor[]; numbers?: readonly number[] } = {},
): readonly ChainProblem[] {
  const { anchors = [], numbers } = more;
  const verifier = new ChainVerifier('dazhou', anchors);
  lines.forEach((line, n) => {
    verifier.take({ storedNumber: numbers?.[n] ?? line.number, line });
  });
  return verifier.finish('head' in more ? more.head : chain().at(-1));
}

const rehashed = (line: AuditLine): AuditLine => ({ ...line, hash: hashOf(line) });
/** The chain from a place on, forged anew so that every link holds. */
function forgedFrom(lines: readonly AuditLine[], place: number, change: (line: AuditLine) => AuditLine): AuditLine[] {
  const forged: AuditLine[] = [];
  lines.forEach((line, n) => {
    const linked = n > place ? { ...line, previousHash: forged[n - 1]?.hash ?? '' } : line;
    forged.push(n < place ? line : rehashed(n === place ? change(linked) : linked));
  });
  return forged;
}

describe('the verification of an audit trail', () => {
  it('finds nothing in a trail that nobody touched, and in one that has no line yet', () => {
    const lines = chain();
    expect(problemsOf(lines, { anchors: [lines[2], lines[4]].flatMap((line) => line ?? []) })).toEqual([]);
    expect(new ChainVerifier('dazhou').finish(undefined)).toEqual([]);
  });

  const edits: Readonly<Record<string, (line: AuditLine) => AuditLine>> = {
    organisationId: (line) => ({ ...line, organisationId: 'chengdu' }),
    number: (line) => ({ ...line, number: line.number + 7 }),
    at: (line) => ({ ...line, at: plusSeconds(line.at, 1) }),
    'at, as the same moment in other letters': (line) => ({
      ...line,
      at: line.at.replace('.000Z', 'Z') as typeof line.at,
    }),
    by: (line) => ({ ...line, by: 'wang' }),
    action: (line) => ({ ...line, action: 'GET /x' }),
    from: (line) => ({ ...line, from: '::2' }),
    'from, taken out': ({ from: _, ...line }) => line,
    previousHash: (line) => ({ ...line, previousHash: 'f'.repeat(64) }),
    hash: (line) => ({ ...line, hash: 'f'.repeat(64) }),
    'changes, taken out': (line) => ({ ...line, changes: [] }),
    ...Object.fromEntries(
      (['item', 'key', 'change', 'fields', 'unshown'] as const).map((name) => [
        `changes.${name}`,
        (line: AuditLine) => ({
          ...line,
          changes: line.changes.map((change) => ({ ...change, [name]: name === 'change' ? 'made' : ['x'] }) as never),
        }),
      ]),
    ),
    'changes.fields.after': (line) => ({
      ...line,
      changes: line.changes.map((change) => ({
        ...change,
        fields: change.fields.map((field) => ({ ...field, after: 'state-9' })),
      })),
    }),
  };

  describe.each(Object.entries(edits))('finds an edit of %s', (_name, edit) => {
    it.each([0, 1, 2, 3, 4])('in line %i, whether or not its hash was made to fit', (place) => {
      const numbers = [1, 2, 3, 4, 5];
      for (const change of [edit, (line: AuditLine) => rehashed(edit(line))]) {
        const lines = chain().map((line, n) => (n === place ? change(line) : line));
        // Of what is only the wrong hash, making it fit is no edit.
        if (JSON.stringify(lines) === JSON.stringify(chain())) continue;
        const found = problemsOf(lines, { numbers });
        expect(found.length).toBeGreaterThan(0);
        // The line itself, or the next one, which is chained to what it was.
        expect(found.every(({ number }) => number === place + 1 || number === place + 2)).toBe(true);
      }
    });
  });

  it.each([0, 1, 2, 3])('finds that line %i was taken out', (place) => {
    const lines = chain().toSpliced(place, 1);
    expect(problemsOf(lines)).toEqual([{ number: place + 1, problem: 'missing' }]);
  });

  it('finds that a line was taken out and the later ones counted down', () => {
    const lines = forgedFrom(chain().toSpliced(2, 1), 2, (line) => line).map((line, n) => ({ ...line, number: n + 1 }));
    expect(problemsOf(lines).map(({ problem }) => problem)).toContain('edited');
    expect(problemsOf(lines.map(rehashed)).length).toBeGreaterThan(0);
  });

  it.each([
    [0, 1],
    [1, 3],
    [3, 4],
  ])('finds that lines %i and %i changed places', (one, other) => {
    const lines = chain();
    const swapped = lines.map((line, n) => (n === one ? lines[other] : n === other ? lines[one] : line) ?? line);
    const found = problemsOf(swapped, { numbers: [1, 2, 3, 4, 5] });
    expect(found.map(({ number }) => number)).toEqual(expect.arrayContaining([one + 1, other + 1]));
  });

  it('finds a line that was put in: with the number of another, after the end, or under a key that is none', () => {
    const lines = chain();
    const [first] = lines;
    const last = lines.at(-1);
    if (first === undefined || last === undefined) throw new Error('there are lines');
    expect(problemsOf([...lines.slice(0, 3), { ...first, number: 3 }, ...lines.slice(3)]).length).toBeGreaterThan(0);
    const more = nextLine({ type: 'audit-head', ...last }, { ...last, by: 'nobody' });
    expect(problemsOf([...lines, more])).toEqual([{ number: 6, problem: 'extra' }]);
    expect(problemsOf([...lines, first], { numbers: [1, 2, 3, 4, 5, Number.NaN] })).toEqual([
      { number: 5, problem: 'extra' },
    ]);
  });

  it('finds a line that cannot be read any more, and goes on after it', () => {
    const verifier = new ChainVerifier('dazhou');
    const lines = chain();
    lines.forEach((line, n) => {
      verifier.take({ storedNumber: n + 1, line: n === 2 ? undefined : line });
    });
    expect(verifier.finish(lines.at(-1))).toEqual([{ number: 3, problem: 'edited' }]);
  });

  it('finds that the end was cut off, by the head, or by an anchor where the head was cut with it', () => {
    const lines = chain();
    expect(problemsOf(lines.slice(0, 3))).toEqual([
      { number: 4, problem: 'cut-off' },
      { number: 5, problem: 'cut-off' },
    ]);
    const head = lines[2];
    expect(problemsOf(lines.slice(0, 3), { head })).toEqual([]);
    expect(problemsOf(lines.slice(0, 3), { head, anchors: lines.slice(3, 4) })).toEqual([
      { number: 4, problem: 'cut-off' },
    ]);
    expect(problemsOf([], { head: undefined, anchors: lines.slice(0, 1) })).toEqual([
      { number: 1, problem: 'cut-off' },
    ]);
  });

  it('finds a trail that was forged anew with its head only by an anchor from before', () => {
    const lines = chain();
    const forged = forgedFrom(lines, 1, (line) => ({ ...line, by: 'somebody else' }));
    const head = forged.at(-1);
    expect(problemsOf(forged, { head })).toEqual([]);
    expect(problemsOf(forged, { head, anchors: lines.slice(3, 4) })).toEqual([
      { number: 4, problem: 'differs-from-anchor' },
    ]);
  });

  it('goes on from any line of which the hash is known', () => {
    const lines = chain();
    const place = lines[1];
    if (place === undefined) throw new Error('there is a second line');
    const verifier = new ChainVerifier('dazhou', [], place);
    for (const line of lines.slice(2)) verifier.take({ storedNumber: line.number, line });
    expect(verifier.finish(lines.at(-1))).toEqual([]);
  });

  it('ends, with a thousand problems at the most, where the head promises lines without end', () => {
    const head = { ...chain().at(-1), number: 999_999_999_999 } as AuditLine;
    expect(problemsOf(chain(), { head })).toHaveLength(1_000);
  });
});
