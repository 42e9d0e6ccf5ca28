export const ROLES = ['admin', 'manager', 'finance', 'approver', 'auditor'] as const;
export type Role = (typeof ROLES)[number];
