import type { Actor } from '../../functions/platform/http.ts';
import { SAMPLE_PROPOSAL } from '../campaigns/sample-proposal.ts';

/** Who acts in the stories. */
export const ADMIN: Actor = { id: 'admin-zhao', groups: ['admin'] };
export const MANAGER: Actor = { id: 'manager-li', groups: ['manager'] };
export const APPROVER: Actor = { id: 'approver-wang', groups: ['approver'] };
export const FINANCE: Actor = { id: 'finance-chen', groups: ['finance'] };
export const BOTH: Actor = { id: 'manager-li', groups: ['manager', 'approver'] };

/** What is proposed in most stories. */
export const PROPOSAL = SAMPLE_PROPOSAL;
