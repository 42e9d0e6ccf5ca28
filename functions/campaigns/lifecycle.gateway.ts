import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** What an approval's waiting workflow is told. */
export type ApprovalAnswer = { readonly kind: 'approved' | 'returned'; readonly reason: string };

/** The lifecycle workflow, as far as functions talk to it. All throw TransientError when it cannot be reached. */
export type Lifecycle = {
  /** Starts a round of a campaign, once: the execution's name is the campaign and its round. */
  start(campaignId: string, round: number): Promise<void>;
  /** Completes a waiting approval. `gone` when nothing waits on this token any more. */
  answer(taskToken: string, answer: ApprovalAnswer): Promise<'answered' | 'gone'>;
};

const openStepFunctions = once(() => new SFNClient(clientSettings));

export const openLifecycle = once(
  (): Lifecycle => ({
    async start(campaignId, round) {
      try {
        await openStepFunctions().send(
          new StartExecutionCommand({
            stateMachineArn: environment('LIFECYCLE_ARN'),
            name: `${campaignId}-${round}`,
            input: JSON.stringify({ campaignId, round }),
          }),
        );
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return;
        throw new TransientError(`cannot start the lifecycle: ${reasonOf(error)}`, { cause: error });
      }
    },
    async answer(taskToken, answer) {
      try {
        await openStepFunctions().send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer) }));
        return 'answered';
      } catch (error) {
        if (error instanceof TaskDoesNotExist || error instanceof TaskTimedOut || error instanceof InvalidToken)
          return 'gone';
        throw new TransientError(`cannot answer the approval: ${reasonOf(error)}`, { cause: error });
      }
    },
  }),
);
