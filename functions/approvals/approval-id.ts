import * as z from 'zod';
import { approvalSubjectSchema } from './approval-route.ts';

/** What the workflow says of the approval that it is about. */
export const approvalIdSchema = z.object({
  campaignId: z.string().min(1),
  subject: approvalSubjectSchema,
  /** Round of the proposal or of the closeout's statement, or number of the amendment. */
  round: z.number().int().min(1),
});
/** Which approval: of a campaign, its `round`-th proposal, the change of that number, or the report with its `round`-th statement. */
export type ApprovalId = z.infer<typeof approvalIdSchema>;
