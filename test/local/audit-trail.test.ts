import { describe, expect, it } from 'vitest';
import { yiqiClient } from '../../client/client.ts';
import { auditTrailTable, readAuditTrail, verificationText } from '../../local/demo/audit-trail.ts';

type Lines = Parameters<typeof auditTrailTable>[0];

const line = (number: number, changes: Lines[number]['changes'] = []): Lines[number] => ({
  number,
  at: '2026-09-07T02:00:00.000Z',
  by: 'p1',
  action: 'PUT /something',
  changes,
});
const view = { zone: 'Asia/Shanghai', nameOf: () => '王强', most: 4 };

describe('an audit trail for people to read', () => {
  it('says when by the campaign’s clock, who by name, and what became of what', () => {
    const changes = [
      {
        item: 'campaign',
        key: 'k',
        change: 'changed' as const,
        fields: [{ field: 'status', before: 'filed', after: 'open' }],
      },
      { item: 'pool', key: 'k', change: 'made' as const, fields: [{ field: 'state', after: 'open' }] },
      {
        item: 'organisation',
        key: 'k',
        change: 'changed' as const,
        fields: [{ field: 'name', after: 'A' }, { field: 'path.0' }, { field: 'path.1' }],
      },
      { item: 'delegation', key: 'k', change: 'removed' as const, fields: [] },
    ];
    const text = auditTrailTable([line(7, changes)], view);
    expect(text).toContain('│  7 │ 2026-09-07 10:00:00 │ 王强 │ PUT /something │');
    expect(text).toContain('campaign: filed -> open, pool made (open), organisation: name, path, delegation removed');
  });

  it('shows how a long one ends, and how many lines are before', () => {
    const numbersIn = (lines: number): string[] =>
      [
        ...auditTrailTable(
          Array.from({ length: lines }, (_, n) => line(n + 1)),
          view,
        ).matchAll(/│ +(\d+|… and \d+ before) +│/g),
      ].map(([, found]) => found ?? '');
    expect(numbersIn(4)).toEqual(['1', '2', '3', '4']);
    expect(numbersIn(9)).toEqual(['… and 5 before', '6', '7', '8', '9']);
  });

  it('is read to its last page, and so is its verification', async () => {
    const answers: Record<string, readonly object[]> = {
      '/organisations/o1/audit-lines': [
        { lines: [line(1)], next: '?after=1' },
        { lines: [line(2)], next: null },
      ],
      '/organisations/o1/members': [{ members: [{ personId: 'p1', name: '王强' }], next: null }],
      '/organisations/o1/audit-verification': [
        { lines: 1, problems: [], next: '?after=1' },
        { lines: 1, problems: [{ number: 2, problem: 'edited' }], next: null },
      ],
    };
    const client = yiqiClient({
      apiUrl: 'https://api.example.org',
      fetch: async ({ url }) => {
        const { pathname, searchParams } = new URL(url);
        return Response.json(answers[pathname]?.[Number(searchParams.get('after') ?? 0)]);
      },
    });
    const trail = await readAuditTrail(client, 'o1');
    expect(trail.lines.map(({ number }) => number)).toEqual([1, 2]);
    expect(trail.names.get('p1')).toBe('王强');
    expect(verificationText(trail.verified)).toBe('2 lines, CHAIN BROKEN: line 2 is edited');
    expect(verificationText({ ...trail.verified, isWhole: true })).toBe('2 lines, chain verified');
  });
});
