import type { ProposalField } from './campaign-proposal.ts';

type Source = {
  /** What to give where the field is missing. */
  readonly give: string;
  /** Who asks for it. */
  readonly rule?: string;
};

const PLAN = 'Charity Law art. 24: what a fundraising plan holds';
const ART_22 = 'Charity Law art. 22 and 25: public fundraising needs a certificate, shown at the point of asking';
const ART_25 = 'Charity Law art. 24 and 25: who is in charge, where their office is, how to reach them';
const ART_26 = 'Charity Law art. 26: a partner is assessed, bound by a written agreement and named in the plan';
const ART_27 = 'Charity Law art. 27: online only on designated platforms and the organisation’s own site';
const ART_38 = 'Charity Law art. 38: a donation receipt, or a record that the donor waived it';
const ART_58 = 'Charity Law art. 24 and 58: what becomes of a surplus';
const ART_79 = 'Charity Law art. 79: progress is told at least every three months';
const ORDER_74 = 'MCA order 74 (2024): the plan states the expected amount';
const PIPL = 'Personal Information Protection Law art. 25, 29 and 31: consent to be shown';
const PLATFORM = 'asked for by fundraising platforms when a project is set up';

/** Of every field: what to give, and the source of the rule that asks for it. */
export const PROPOSAL_SOURCES: Readonly<Record<ProposalField, Source>> = {
  organisationId: { give: 'name the organisation whose campaign it is' },
  parentCampaignId: { give: 'name the parent project, or leave it out' },
  partnerOrganisationIds: { give: 'name the organisations that may hang a sub-plan under this project', rule: ART_26 },
  title: { give: 'name the campaign', rule: PLAN },
  slogan: { give: 'give one sentence for the page' },
  coverAttachmentId: { give: 'name a photo among the attachments' },
  purpose: { give: 'say why money is raised', rule: PLAN },
  cause: { give: 'choose the field of charity', rule: 'Charity Law art. 3: the fields of charity' },
  region: { give: 'name the region', rule: PLAN },
  window: { give: 'give first and last day and the time zone', rule: PLAN },
  personInCharge: { give: 'name who is in charge, their office and telephone', rule: ART_25 },
  waysToGive: { give: 'list the ways in which gifts are taken', rule: PLAN },
  bankAccount: { give: 'give holder, bank and number of the account', rule: PLAN },
  certificate: { give: 'give holder and number of the certificate', rule: ART_22 },
  partner: { give: 'name the partner and the agreement', rule: ART_26 },
  beneficiaries: { give: 'say who is helped, how many, and how they are chosen', rule: PLAN },
  needEvidence: { give: 'say what shows the need', rule: PLATFORM },
  useOfProceeds: { give: 'say what the money is used for', rule: PLAN },
  fundraisingCost: { give: 'say what raising the money costs and who bears it', rule: PLAN },
  surplus: { give: 'say what becomes of money that is left', rule: ART_58 },
  executionPlan: { give: 'list the stages with their days', rule: PLATFORM },
  receiptPolicy: { give: 'say how donors get their receipt', rule: ART_38 },
  refundPolicy: { give: 'say when gifts are given back', rule: PLATFORM },
  progressReportMonths: { give: 'say every how many months progress is told', rule: ART_79 },
  platforms: { give: 'list the sites where gifts are asked for', rule: ART_27 },
  mediaConsent: { give: 'say whether pictures show people, and that they agreed', rule: PIPL },
  currency: { give: 'leave it out, or send CNY' },
  targetMinor: { give: 'give the amount that is expected', rule: ORDER_74 },
  budgetLines: { give: 'list what the money is spent on', rule: PLAN },
  units: { give: 'list who mobilises, or leave it out' },
  matching: { give: 'give the matching plan; {"rules": []} is none' },
  reportRecipients: { give: 'name who gets the closeout report' },
  language: { give: 'send zh-CN or en' },
  generatedData: { give: 'send true for made-up data, or leave it out' },
};
