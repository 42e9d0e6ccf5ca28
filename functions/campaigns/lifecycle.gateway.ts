import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** The lifecycle workflow, as far as functions talk to it. Throws TransientError when it cannot be reached. */
export type Lifecycle = {
  /** Starts a round of a campaign, once: the execution's name is the campaign and its round. */
  start(campaignId: string, round: number): Promise<void>;
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
  }),
);
