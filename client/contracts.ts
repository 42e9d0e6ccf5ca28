import { accessContract } from '../functions/access/access.contract.ts';
import { approvalsContract } from '../functions/approvals/approvals.contract.ts';
import { auditContract } from '../functions/audit/audit.contract.ts';
import { campaignsContract } from '../functions/campaigns/campaigns.contract.ts';
import { lifeContract } from '../functions/campaigns/life.contract.ts';
import { disclosureContract } from '../functions/disclosure/disclosure.contract.ts';
import { donationsContract } from '../functions/donations/donations.contract.ts';
import { refundsContract } from '../functions/donations/refunds.contract.ts';
import { webhooksContract } from '../functions/donations/webhooks.contract.ts';
import { dutiesContract } from '../functions/duties/duties.contract.ts';
import { filingContract } from '../functions/filing/filing.contract.ts';
import { matchingContract } from '../functions/matching/matching.contract.ts';
import { openApiContract } from '../functions/openapi/openapi.contract.ts';
import { organisationsContract } from '../functions/organisations/organisations.contract.ts';
import type { AreaContract } from '../functions/platform/contract.ts';
import { receiptsContract } from '../functions/receipts/receipts.contract.ts';
import { statementsContract } from '../functions/statements/statements.contract.ts';

/** Every area that has routes, in the order in which the document shows them. */
export const CONTRACTS: readonly AreaContract[] = [
  accessContract,
  approvalsContract,
  auditContract,
  campaignsContract,
  lifeContract,
  disclosureContract,
  donationsContract,
  refundsContract,
  webhooksContract,
  dutiesContract,
  filingContract,
  matchingContract,
  organisationsContract,
  receiptsContract,
  statementsContract,
  openApiContract,
];
