import { accessContract } from '../functions/access/access.contract.ts';
import { approvalsContract } from '../functions/approvals/approvals.contract.ts';
import { auditContract } from '../functions/audit/audit.contract.ts';
import { campaignsContract } from '../functions/campaigns/campaigns.contract.ts';
import { disclosureContract } from '../functions/disclosure/disclosure.contract.ts';
import { matchingContract } from '../functions/matching/matching.contract.ts';
import { openApiContract } from '../functions/openapi/openapi.contract.ts';
import { organisationsContract } from '../functions/organisations/organisations.contract.ts';
import type { AreaContract } from '../functions/platform/contract.ts';

/** Every area that has routes, in the order in which the document shows them. */
export const CONTRACTS: readonly AreaContract[] = [
  organisationsContract,
  accessContract,
  auditContract,
  approvalsContract,
  campaignsContract,
  matchingContract,
  disclosureContract,
  openApiContract,
];
