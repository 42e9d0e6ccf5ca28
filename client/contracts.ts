import { approvalsContract } from '../functions/approvals/approvals.contract.ts';
import { campaignsContract } from '../functions/campaigns/campaigns.contract.ts';
import { lifeContract } from '../functions/campaigns/life.contract.ts';
import { disclosureContract } from '../functions/disclosure/disclosure.contract.ts';
import { refundsContract } from '../functions/donations/refunds.contract.ts';
import { dutiesContract } from '../functions/duties/duties.contract.ts';
import { filingContract } from '../functions/filing/filing.contract.ts';
import { matchingContract } from '../functions/matching/matching.contract.ts';
import { openApiContract } from '../functions/openapi/openapi.contract.ts';
import type { AreaContract } from '../functions/platform/contract.ts';

/** Every area that has routes, in the order in which the document shows them. */
export const CONTRACTS: readonly AreaContract[] = [
  approvalsContract,
  campaignsContract,
  lifeContract,
  disclosureContract,
  refundsContract,
  dutiesContract,
  filingContract,
  matchingContract,
  openApiContract,
];
