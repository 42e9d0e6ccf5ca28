import { describe, expect, it } from 'vitest';
import { campaignProposalSchema, PROPOSAL_FIELDS } from '../../functions/campaigns/campaign-proposal.ts';
import {
  changedFields,
  FIELD_MEANINGS,
  fieldsNeedingRefiling,
  fixedFields,
  pageFields,
  publicFields,
} from '../../functions/campaigns/plan-change.ts';
import { SAMPLE_PROPOSAL } from './sample-proposal.ts';

const BEFORE = campaignProposalSchema.parse(SAMPLE_PROPOSAL);
const proposalWith = (changes: object) => campaignProposalSchema.parse({ ...SAMPLE_PROPOSAL, ...changes });

describe('a change of an approved campaign', () => {
  it('knows of every field of a proposal what changing it means', () => {
    expect(Object.keys(FIELD_MEANINGS).toSorted()).toEqual(PROPOSAL_FIELDS.toSorted());
  });

  it('names fields that differ, in the order of the proposal, and none where nothing does', () => {
    expect(changedFields(BEFORE, proposalWith({}))).toEqual([]);
    expect(changedFields(BEFORE, proposalWith({ slogan: '一起来', title: '新名字', units: [] }))).toEqual([
      'title',
      'slogan',
      'units',
    ]);
  });

  it('of what civil affairs have on file is filed again; of what only the page shows is not', () => {
    const changed = proposalWith({
      surplus: '转入同类项目。',
      window: { ...SAMPLE_PROPOSAL.window, lastDay: '2026-09-12' },
      slogan: '一起来',
      reportRecipients: ['other@example.org'],
      generatedData: true,
    });
    expect(fieldsNeedingRefiling(BEFORE, changed)).toEqual(['window', 'surplus']);
    expect(pageFields(BEFORE, changed)).toEqual(['slogan']);
    expect(fixedFields(BEFORE, changed)).toEqual(['generatedData']);
  });

  it('within a field that holds others is seen too', () => {
    const person = { ...SAMPLE_PROPOSAL.personInCharge, officeAddress: '演示路 2 号' };
    expect(fieldsNeedingRefiling(BEFORE, proposalWith({ personInCharge: person }))).toEqual(['personInCharge']);
  });
});

describe('what the public sees of a proposal', () => {
  it('is the plan, with the end of the account’s number only, and nobody’s mail address', () => {
    const shown = JSON.stringify(publicFields(BEFORE));
    expect(shown).toContain('••••0000');
    expect(shown).not.toContain(SAMPLE_PROPOSAL.bankAccount.number);
    expect(shown).not.toContain('@example.org');
    expect(publicFields(BEFORE)).toMatchObject({
      contact: { phone: '0818-0000000' },
      certificate: { number: '演示-公募-0001' },
    });
  });
});
