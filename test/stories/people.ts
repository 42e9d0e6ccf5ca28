import type { Actor } from '../../functions/platform/http.ts';
import { SAMPLE_PROPOSAL } from '../campaigns/sample-proposal.ts';

/** Who acts in the stories. */
export const ADMIN: Actor = { id: 'admin-zhao', groups: ['admin'] };
export const MANAGER: Actor = { id: 'manager-li', groups: ['manager'] };
export const APPROVER: Actor = { id: 'approver-wang', groups: ['approver'] };
export const FINANCE: Actor = { id: 'finance-chen', groups: ['finance'] };
export const AUDITOR: Actor = { id: 'auditor-sun', groups: ['auditor'] };
export const BOTH: Actor = { id: 'manager-li', groups: ['manager', 'approver'] };

/** What the authority answers to a plan handed in on the day on which stories begin. */
export const FILING = { number: '51170020260001', filedOn: '2026-08-20', authority: '达州市民政局' } as const;

/** What is proposed in most stories. */
export const PROPOSAL = SAMPLE_PROPOSAL;
