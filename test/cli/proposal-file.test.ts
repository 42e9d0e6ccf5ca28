import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LARGEST_PROPOSAL_CHARACTERS, pathOf, readProposal } from '../../cli/proposal-file.ts';
import { wholeProposal } from '../../functions/campaigns/proposal-draft.ts';

const EXAMPLE = readFileSync('docs/examples/proposal.yaml', 'utf8');
const FILE = [
  'id: rain',
  'organisationId: dazhou',
  'window:',
  '  firstDay: 2027-03-01',
  'budgetLines:',
  '  - item: a',
  '  - item: b',
  '    amountMinor: 5',
];

function placeIn(lines: readonly string[], field: string): string {
  const read = readProposal(lines.join('\n'));
  if (read.kind === 'bad') throw new Error(read.problems[0]?.problem);
  const { line, column } = read.file.placeOf(field);
  return `${line}:${column}`;
}

describe('the example of a proposal', () => {
  it('is whole: nothing stands between it and its submission', () => {
    const read = readProposal(EXAMPLE);
    expect(read.kind === 'good' && wholeProposal(read.file.fields as never)).toMatchObject({ kind: 'whole' });
  });

  it('explains itself in both languages', () => {
    const comments = EXAMPLE.split('\n')
      .filter((line) => line.trim().startsWith('#'))
      .join('\n');
    expect(comments).toMatch(/\p{Script=Han}/u);
    expect(comments).toMatch(/gifts/);
  });
});

describe('a proposal in YAML', () => {
  it.each([
    ['window.firstDay', '4:3'],
    ['budgetLines[1].amountMinor', '8:5'],
    // What is missing is where it would be.
    ['budgetLines[0].amountMinor', '6:5'],
    ['budgetLines[7].item', '5:1'],
    ['window.lastDay', '3:1'],
    ['title', '1:1'],
    ['(body)', '1:1'],
  ])('says where %s is: %s', (field, place) => {
    expect(placeIn(FILE, field)).toBe(place);
  });

  it('keeps days as texts, and its own id to itself', () => {
    const read = readProposal(FILE.join('\n'));
    expect(read).toMatchObject({
      file: { id: 'rain', fields: { organisationId: 'dazhou', window: { firstDay: '2027-03-01' } } },
    });
    expect(read.kind === 'good' && Object.keys(read.file.fields)).not.toContain('id');
  });

  it.each([
    ['a field that is there twice', 'id: a\nid: b\n', '2:1', /unique/],
    ['a line that is indented wrongly', 'id: a\n  title: b\n', '1:5', /./],
    ['a list in place of fields', '- a\n', '1:1', /"field: value"/],
    ['nothing', '', '1:1', /"field: value"/],
    ['no id', 'organisationId: dazhou\n', '1:1', /id must be 1 to 64/],
    ['an id with a space', 'organisationId: dazhou\nid: my rain\n', '2:5', /id must be 1 to 64/],
    ['no organisation', 'id: rain\n', '1:1', /organisationId/],
    ['an organisation that is a number', 'id: rain\norganisationId: 12\n', '2:17', /organisationId/],
  ])('is refused with %s', (_, text, place, problem) => {
    const read = readProposal(text);
    const [first] = read.kind === 'bad' ? read.problems : [];
    expect(`${first?.line}:${first?.column}`).toBe(place);
    expect(first?.problem).toMatch(problem);
  });

  it('is refused where aliases multiply, and where it is longer than any proposal', () => {
    const bomb = ['id: a', 'organisationId: b', 'x1: &x1 [1,1,1,1,1,1,1,1,1,1]'];
    for (let n = 2; n < 8; n += 1)
      bomb.push(
        `x${n}: &x${n} [${Array(10)
          .fill(`*x${n - 1}`)
          .join(',')}]`,
      );
    expect(readProposal(bomb.join('\n'))).toMatchObject({ kind: 'bad' });
    expect(readProposal(`id: a\norganisationId: b\nx: ${'y'.repeat(LARGEST_PROPOSAL_CHARACTERS)}`)).toMatchObject({
      kind: 'bad',
    });
  });

  it('reads the way to a field as the API writes it', () => {
    expect(pathOf('matching.rules[0].perGift.capMinor')).toEqual(['matching', 'rules', 0, 'perGift', 'capMinor']);
  });
});
