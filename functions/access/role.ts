import * as z from 'zod';

/**
 * What a person may do in an organisation. `admin` looks after people and the tree, `manager` proposes and runs campaigns,
 * `finance` handles money, `approver` decides, `auditor` reads everything and changes nothing.
 */
export const ROLES = ['admin', 'manager', 'finance', 'approver', 'auditor'] as const;
export type Role = (typeof ROLES)[number];
export const roleSchema = z.enum(ROLES);
