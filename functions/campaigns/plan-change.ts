import { isDeepStrictEqual } from 'node:util';
import type { CampaignProposal, ProposalField } from './campaign-proposal.ts';
import { maskedAccount } from './legal-plan.ts';

/**
 * What changing a field of an approved campaign means. `plan`: it is in the plan that civil affairs have on file, so that the
 * changed plan is approved and filed again (Charity Law art. 24 and 56). `page`: only the published page changes, after
 * approval. `office`: how the organisation works with the campaign; nobody else is concerned. `fixed`: never changed in a
 * campaign that was approved, or only by a way of its own (units join, pools are raised).
 */
export type FieldMeaning = 'plan' | 'page' | 'office' | 'fixed';

export const FIELD_MEANINGS: Readonly<Record<ProposalField, FieldMeaning>> = {
  organisationId: 'fixed',
  parentCampaignId: 'fixed',
  partnerOrganisationIds: 'plan',
  title: 'plan',
  slogan: 'page',
  coverAttachmentId: 'page',
  purpose: 'plan',
  cause: 'plan',
  region: 'plan',
  window: 'plan',
  personInCharge: 'plan',
  waysToGive: 'plan',
  bankAccount: 'plan',
  certificate: 'plan',
  partner: 'plan',
  beneficiaries: 'plan',
  needEvidence: 'page',
  useOfProceeds: 'plan',
  fundraisingCost: 'plan',
  surplus: 'plan',
  executionPlan: 'page',
  receiptPolicy: 'page',
  refundPolicy: 'page',
  progressReportMonths: 'page',
  platforms: 'plan',
  mediaConsent: 'office',
  currency: 'fixed',
  targetMinor: 'plan',
  budgetLines: 'plan',
  units: 'fixed',
  matching: 'fixed',
  reportRecipients: 'office',
  language: 'office',
  generatedData: 'fixed',
};

/** The fields in which two proposals differ, in the order of the proposal's fields. */
export const changedFields = (before: CampaignProposal, after: CampaignProposal): ProposalField[] =>
  (Object.keys(FIELD_MEANINGS) as ProposalField[]).filter((field) => !isDeepStrictEqual(before[field], after[field]));

const changedOf = (meaning: FieldMeaning) => (before: CampaignProposal, after: CampaignProposal) =>
  changedFields(before, after).filter((field) => FIELD_MEANINGS[field] === meaning);

/** Changed fields for which the plan is filed again with the authority that has it. */
export const fieldsNeedingRefiling = changedOf('plan');
/** Changed fields that only the public page shows: approved again, not filed again. */
export const pageFields = changedOf('page');
/** Changed fields that may not change at all in a campaign that was approved. */
export const fixedFields = changedOf('fixed');

/** Everything of a proposal that the public may see: what art. 25 has shown at the point of asking, the account masked. */
export function publicFields(proposal: CampaignProposal) {
  const { bankAccount, partner, personInCharge } = proposal;
  return {
    title: proposal.title,
    slogan: proposal.slogan ?? null,
    purpose: proposal.purpose,
    cause: proposal.cause,
    region: proposal.region,
    window: proposal.window,
    contact: {
      name: personInCharge.name,
      officeAddress: personInCharge.officeAddress,
      phone: personInCharge.phone,
    },
    waysToGive: proposal.waysToGive,
    bankAccount: { ...bankAccount, number: maskedAccount(bankAccount.number) },
    certificate: proposal.certificate,
    partner: partner === undefined ? null : { name: partner.name, duties: partner.duties },
    beneficiaries: proposal.beneficiaries,
    needEvidence: proposal.needEvidence,
    useOfProceeds: proposal.useOfProceeds,
    fundraisingCost: proposal.fundraisingCost,
    surplus: proposal.surplus,
    executionPlan: proposal.executionPlan,
    receiptPolicy: proposal.receiptPolicy,
    refundPolicy: proposal.refundPolicy,
    progressReportMonths: proposal.progressReportMonths,
    platforms: proposal.platforms,
    targetMinor: proposal.targetMinor,
    budgetLines: proposal.budgetLines,
  };
}
