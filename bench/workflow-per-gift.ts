/** Of the Amazon States Language, what a count of transitions needs. */
type Machine = {
  readonly StartAt: string;
  readonly States: Readonly<
    Record<string, { readonly Type: string; readonly Resource: string; readonly Next?: string }>
  >;
};

/**
 * The least that a Standard workflow per gift can be: read what the gift draws from, decide, and write match, pool and
 * totals in one transaction. No thank-you, no choice for gifts counted before, and no retry when the pool has moved
 * meanwhile, which at more than a few gifts a second most of them would need.
 */
export const WORKFLOW_PER_GIFT: Machine = {
  StartAt: 'ReadPool',
  States: {
    ReadPool: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:getItem', Next: 'DecideMatch' },
    DecideMatch: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Next: 'WriteMatch' },
    WriteMatch: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:dynamodb:transactWriteItems' },
  },
};

/** Transitions of an execution that nothing goes wrong in: into every state on the way, and one to the end. */
export function workflowTransitions({ StartAt, States }: Machine): number {
  let transitions = 1;
  for (let state = States[StartAt]; state !== undefined; state = States[state.Next ?? '']) transitions += 1;
  return transitions;
}
