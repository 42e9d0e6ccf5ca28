import { accessContract } from '../functions/access/access.contract.ts';
import { approvalsContract } from '../functions/approvals/approvals.contract.ts';
import { auditContract } from '../functions/audit/audit.contract.ts';
import { campaignsContract } from '../functions/campaigns/campaigns.contract.ts';
import { lifeContract } from '../functions/campaigns/life.contract.ts';
import { closeoutContract } from '../functions/closeout/closeout.contract.ts';
import { disclosureContract } from '../functions/disclosure/disclosure.contract.ts';
import { disclosuresContract } from '../functions/disclosure/disclosures.contract.ts';
import { donationsContract } from '../functions/donations/donations.contract.ts';
import { refundsContract } from '../functions/donations/refunds.contract.ts';
import { unassignedContract } from '../functions/donations/unassigned.contract.ts';
import { webhooksContract } from '../functions/donations/webhooks.contract.ts';
import { dutiesContract } from '../functions/duties/duties.contract.ts';
import { filingContract } from '../functions/filing/filing.contract.ts';
import { goodsContract } from '../functions/goods/goods.contract.ts';
import { legacyContract } from '../functions/legacy/legacy.contract.ts';
import { matchingContract } from '../functions/matching/matching.contract.ts';
import { noticesContract } from '../functions/notices/notices.contract.ts';
import { openApiContract } from '../functions/openapi/openapi.contract.ts';
import { organisationsContract } from '../functions/organisations/organisations.contract.ts';
import type { AreaContract } from '../functions/platform/contract.ts';
import { proofsContract } from '../functions/proofs/proofs.contract.ts';
import { receiptsContract } from '../functions/receipts/receipts.contract.ts';
import { reconciliationContract } from '../functions/reconciliation/reconciliation.contract.ts';
import { schedulesContract } from '../functions/schedules/schedules.contract.ts';
import { spendingContract } from '../functions/spending/spending.contract.ts';
import { statementsContract } from '../functions/statements/statements.contract.ts';

/** Every area that has routes, in the order in which the document shows them. */
export const CONTRACTS: readonly AreaContract[] = [
  accessContract,
  approvalsContract,
  auditContract,
  campaignsContract,
  lifeContract,
  closeoutContract,
  disclosureContract,
  disclosuresContract,
  donationsContract,
  refundsContract,
  unassignedContract,
  webhooksContract,
  dutiesContract,
  filingContract,
  goodsContract,
  legacyContract,
  matchingContract,
  noticesContract,
  organisationsContract,
  proofsContract,
  receiptsContract,
  reconciliationContract,
  schedulesContract,
  spendingContract,
  statementsContract,
  openApiContract,
];
