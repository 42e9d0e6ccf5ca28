import { accessFunctions } from './access/access.manifest.ts';
import { approvalsFunctions } from './approvals/approvals.manifest.ts';
import { auditFunctions } from './audit/audit.manifest.ts';
import { campaignsFunctions } from './campaigns/campaigns.manifest.ts';
import { closeoutFunctions } from './closeout/closeout.manifest.ts';
import { disclosureFunctions } from './disclosure/disclosure.manifest.ts';
import { donationsFunctions } from './donations/donations.manifest.ts';
import { dutiesFunctions } from './duties/duties.manifest.ts';
import { filingFunctions } from './filing/filing.manifest.ts';
import type { FunctionSpec } from './function-spec.ts';
import { goodsFunctions } from './goods/goods.manifest.ts';
import { legacyFunctions } from './legacy/legacy.manifest.ts';
import { matchingFunctions } from './matching/matching.manifest.ts';
import { noticesFunctions } from './notices/notices.manifest.ts';
import { openapiFunctions } from './openapi/openapi.manifest.ts';
import { organisationsFunctions } from './organisations/organisations.manifest.ts';
import { proofsFunctions } from './proofs/proofs.manifest.ts';
import { receiptsFunctions } from './receipts/receipts.manifest.ts';
import { reconciliationFunctions } from './reconciliation/reconciliation.manifest.ts';
import { schedulesFunctions } from './schedules/schedules.manifest.ts';
import { spendingFunctions } from './spending/spending.manifest.ts';
import { statementsFunctions } from './statements/statements.manifest.ts';

/** Every deployed function, by its name; each area says what its own are. Data only. */
export const MANIFEST = {
  ...organisationsFunctions,
  ...accessFunctions,
  ...auditFunctions,
  ...campaignsFunctions,
  ...approvalsFunctions,
  ...filingFunctions,
  ...dutiesFunctions,
  ...donationsFunctions,
  ...spendingFunctions,
  ...goodsFunctions,
  ...reconciliationFunctions,
  ...matchingFunctions,
  ...noticesFunctions,
  ...openapiFunctions,
  ...disclosureFunctions,
  ...schedulesFunctions,
  ...receiptsFunctions,
  ...statementsFunctions,
  ...legacyFunctions,
  ...proofsFunctions,
  ...closeoutFunctions,
} as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof MANIFEST;

/** The state machines: file in workflows/, and how long one execution may run at most. */
export const WORKFLOWS = {
  'campaign-lifecycle': {
    definition: 'campaign-lifecycle.asl.json',
    purpose: 'One execution per campaign, from submission to archive.',
    timeoutDays: 365,
  },
  'campaign-approval': {
    definition: 'campaign-approval.asl.json',
    purpose: 'The approval of one round of a proposal or of one change, step by step.',
    timeoutDays: 32,
  },
  'campaign-amendment': {
    definition: 'campaign-amendment.asl.json',
    purpose: 'One amendment of an approved campaign: decided, filed again, applied.',
    timeoutDays: 100,
  },
  'campaign-closeout': {
    definition: 'campaign-closeout.asl.json',
    purpose: 'Reconciles, summarises and reports a closed campaign, has the report signed, and publishes it.',
    timeoutDays: 180,
  },
  'report-addendum': {
    definition: 'report-addendum.asl.json',
    purpose:
      'One addendum to a signed closeout report: signed as the report was, and written anew when the books move.',
    timeoutDays: 180,
  },
  'receipt-batch': {
    definition: 'receipt-batch.asl.json',
    purpose: 'Issues the receipts of all gifts of some campaigns, a share at a time.',
    timeoutDays: 2,
  },
  'statement-import': {
    definition: 'statement-import.asl.json',
    purpose: 'Reads an uploaded statement, or books one that was read, part by part.',
    timeoutDays: 2,
  },
  'legacy-closeout': {
    definition: 'legacy-closeout.asl.json',
    purpose: 'Reads and imports lists of old projects, and closes what is decided of them in one exercise.',
    timeoutDays: 2,
  },
} as const;
export type WorkflowName = keyof typeof WORKFLOWS;
