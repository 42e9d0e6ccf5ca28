import { describe, expect, it } from 'vitest';
import { EMPLOYER_EXAMPLE } from '../../../functions/matching/rule-examples.ts';
import { isEligible } from '../../../functions/matching/rules/employer.ts';

const RULE = { ...EMPLOYER_EXAMPLE, codes: ['works-2026'], emailDomains: ['works.example'], unitIds: [] as string[] };

describe('a gift may be claimed for', () => {
  it.each([
    ['by a code of the enterprise', { code: 'works-2026' }],
    ['by a mail address of its domain', { emailDomain: 'works.example' }],
    ['by standing on its list', { listed: true }],
  ])('%s', (_how, proof) => {
    expect(isEligible(RULE, undefined, proof)).toBe(true);
  });

  it.each([
    ['nothing', {}],
    ['another code', { code: 'works-2025' }],
    ['a domain inside the enterprise’s', { emailDomain: 'mail.works.example' }],
    ['a domain that ends alike', { emailDomain: 'notworks.example' }],
    ['a list on which one does not stand', { listed: false }],
  ])('but not by %s', (_how, proof) => {
    expect(isEligible(RULE, undefined, proof)).toBe(false);
  });

  it('only for the units that the enterprise names, whatever the proof', () => {
    const forOneUnit = { ...RULE, unitIds: ['wanyuan'] };
    expect(isEligible(forOneUnit, 'wanyuan', { code: 'works-2026' })).toBe(true);
    expect(isEligible(forOneUnit, 'xuanhan', { code: 'works-2026' })).toBe(false);
    expect(isEligible(forOneUnit, undefined, { listed: true })).toBe(false);
    // The right unit alone proves nothing.
    expect(isEligible(forOneUnit, 'wanyuan', {})).toBe(false);
  });
});
