import { describe, expect, it } from 'vitest';
import { asDraft } from '../../functions/campaigns/campaign-draft.ts';
import { PROPOSAL_FIELDS } from '../../functions/campaigns/campaign-proposal.ts';
import {
  changedDraft,
  type DraftChanges,
  LARGEST_DRAFT_BYTES,
  wholeProposal,
} from '../../functions/campaigns/proposal-draft.ts';
import { PROPOSAL_SOURCES } from '../../functions/campaigns/proposal-sources.ts';
import { SAMPLE_PROPOSAL } from './sample-proposal.ts';

const EMPTY = { organisationId: 'dazhou' };
const problemsOf = (changes: object, draft: object = EMPTY) => {
  const outcome = changedDraft(asDraft(draft), JSON.parse(JSON.stringify(changes)) as DraftChanges);
  return outcome.kind === 'bad' ? outcome.problems : [];
};
const fieldsOf = (problems: readonly { readonly field: string }[]) => problems.map(({ field }) => field);

describe('a draft', () => {
  it('takes any part of a proposal, and parts of its parts', () => {
    for (const [field, value] of Object.entries(SAMPLE_PROPOSAL)) expect(problemsOf({ [field]: value })).toEqual([]);
    expect(problemsOf({ bankAccount: { holder: '达州市红十字会' }, title: '', budgetLines: [] })).toEqual([]);
    expect(problemsOf({ matching: { rules: [{ kind: 'ratio', id: 'a' }] } })).toEqual([]);
    expect(problemsOf({ budgetLines: [{ item: '救助金', quantity: 3 }] })).toEqual([]);
  });

  it('replaces each field that is sent whole, keeps the others, and takes out what is sent as null', () => {
    const draft = asDraft({ ...EMPTY, title: '旧', region: '达州', bankAccount: { holder: 'A', bank: 'B' } });
    const outcome = changedDraft(draft, { title: '新', region: null, bankAccount: { holder: 'C' } });
    expect(outcome).toEqual({
      kind: 'good',
      draft: { organisationId: 'dazhou', title: '新', bankAccount: { holder: 'C' } },
    });
  });

  it('takes nothing that would be wrong at its submission', () => {
    expect(
      fieldsOf(
        problemsOf({
          title: 'x'.repeat(81),
          targetMinor: 0.5,
          window: { firstDay: '2026-02-30' },
          bankAccount: { number: '12-34' },
          progressReportMonths: 4,
          waysToGive: ['cash', 'cash'],
        }),
      ).toSorted(),
    ).toEqual(['bankAccount.number', 'progressReportMonths', 'targetMinor', 'title', 'waysToGive', 'window.firstDay']);
  });

  it.each([
    ['a field that is none', { status: 'approved' }, '(body)'],
    ['a field of the stored campaign', { version: 7 }, '(body)'],
    ['a field within another', { bankAccount: { holder: 'A', verified: true } }, 'bankAccount'],
    ['a field within a list', { budgetLines: [{ item: 'A', approved: true }] }, 'budgetLines[0]'],
    ['the prototype of every object', JSON.parse('{"__proto__": {"status": "approved"}}') as object, '(body)'],
    [
      'the prototype within another',
      { bankAccount: JSON.parse('{"__proto__": {"holder": "A"}}') as object },
      'bankAccount',
    ],
  ])('refuses %s', (_what, changes, field) => {
    const outcome = changedDraft(asDraft(EMPTY), changes as DraftChanges);
    expect(outcome.kind === 'bad' ? fieldsOf(outcome.problems) : outcome).toEqual([field]);
  });

  it.each([
    ['a new line', 'title', '两\n行'],
    ['a null character', 'title', 'a\u0000b'],
    ['an escape sequence', 'region', 'a\u001b[31mb'],
    ['a mark that turns the direction of text', 'title', 'moc.elpmaxe\u202e'],
    ['an isolate', 'slogan', 'a\u2066b'],
    ['a line separator', 'title', 'a\u2028b'],
    ['half a character', 'title', 'a\ud800b'],
    ['a direction mark, also where paragraphs are taken', 'purpose', 'a\u202eb'],
    ['a null character, also where paragraphs are taken', 'purpose', 'a\u0000b'],
  ])('refuses %s', (_what, field, text) => {
    const outcome = changedDraft(asDraft(EMPTY), { [field]: text });
    expect(outcome.kind === 'bad' ? fieldsOf(outcome.problems) : outcome).toEqual([field]);
  });

  it('takes new lines where paragraphs are, HTML as the text that it is, and every script that people write', () => {
    for (const text of ['<script>alert(1)</script> & more', 'नमस्ते', '👩‍👩‍👧', 'مرحبا', '中文'])
      expect(problemsOf({ title: text, purpose: `${text}\n\n${text}` })).toEqual([]);
  });

  it('stays with its organisation', () => {
    expect(fieldsOf(problemsOf({ organisationId: 'chengdu' }))).toEqual(['organisationId']);
    expect(fieldsOf(problemsOf({ organisationId: null })).length).toBeGreaterThan(0);
  });

  it('is not larger than two of it fit into an item', () => {
    const line = { ...SAMPLE_PROPOSAL.budgetLines[0], item: '字'.repeat(120), basis: '字'.repeat(200) };
    const stage = { ...SAMPLE_PROPOSAL.executionPlan[0], activities: '字'.repeat(500) };
    const large = {
      budgetLines: Array(100).fill(line),
      executionPlan: Array(20).fill(stage),
      purpose: '字'.repeat(2000),
      useOfProceeds: '字'.repeat(2000),
    };
    expect(Buffer.byteLength(JSON.stringify(large))).toBeGreaterThan(LARGEST_DRAFT_BYTES);
    expect(problemsOf(large)).toMatchObject([{ field: '(body)', problem: expect.stringContaining('131072 bytes') }]);
  });
});

describe('what stands between a draft and its submission', () => {
  it('is nothing where the proposal is whole', () => {
    expect(wholeProposal(asDraft(SAMPLE_PROPOSAL)).kind).toBe('whole');
  });

  it('is said all at once: every missing field with what to give and who asks for it, and what contradicts itself', () => {
    const outcome = wholeProposal(
      asDraft({
        ...EMPTY,
        window: { firstDay: '2026-09-07', lastDay: '2026-09-06', zone: 'Asia/Shanghai' },
        targetMinor: 100_001,
        budgetLines: SAMPLE_PROPOSAL.budgetLines,
      }),
    );
    const problems = outcome.kind === 'unfinished' ? outcome.problems : [];
    const needed = PROPOSAL_FIELDS.filter(
      (field) =>
        !(field in EMPTY) &&
        !['window', 'targetMinor', 'budgetLines'].includes(field) &&
        !['parentCampaignId', 'partnerOrganisationIds', 'slogan', 'coverAttachmentId', 'partner'].includes(field) &&
        !['currency', 'units', 'language', 'generatedData'].includes(field),
    );
    expect(fieldsOf(problems).toSorted()).toEqual([...needed, 'window.lastDay', 'budgetLines'].toSorted());
    expect(problems.find(({ field }) => field === 'bankAccount')).toEqual({
      field: 'bankAccount',
      problem: 'is missing',
      fix: 'give holder, bank and number of the account',
      rule: expect.stringContaining('Charity Law art. 24'),
    });
    expect(problems.find(({ field }) => field === 'window.lastDay')?.rule).toContain('Charity Law art. 24');
  });

  it('names a part that is missing within a field that is there', () => {
    const { number: _, ...account } = SAMPLE_PROPOSAL.bankAccount;
    const outcome = wholeProposal(asDraft({ ...SAMPLE_PROPOSAL, bankAccount: account }));
    expect(outcome).toMatchObject({ problems: [{ field: 'bankAccount.number', problem: 'is missing' }] });
  });

  it('is also what was copied and nobody has looked at', () => {
    const outcome = wholeProposal(asDraft(SAMPLE_PROPOSAL), [
      { field: 'certificate', because: 'see that it is valid' },
    ]);
    expect(outcome).toMatchObject({
      kind: 'unfinished',
      problems: [{ field: 'certificate', rule: expect.stringContaining('art. 22') }],
    });
  });

  it('names a source of every field of the legal plan', () => {
    const withoutRule = PROPOSAL_FIELDS.filter((field) => PROPOSAL_SOURCES[field].rule === undefined);
    expect(withoutRule.toSorted()).toEqual(
      [
        'coverAttachmentId',
        'currency',
        'generatedData',
        'language',
        'matching',
        'organisationId',
        'parentCampaignId',
        'reportRecipients',
        'slogan',
        'units',
      ].toSorted(),
    );
  });
});
