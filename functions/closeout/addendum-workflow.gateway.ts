import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** The workflow that has an addendum signed, as far as functions start it. Throws TransientError when it cannot be reached. */
export type AddendumWorkflow = {
  /** Starts it, once: the execution's name is the campaign and the round of the draft. */
  start(campaignId: string, round: number): Promise<void>;
};

const openStepFunctions = once(() => new SFNClient(clientSettings));

export const openAddendumWorkflow = once(
  (): AddendumWorkflow => ({
    async start(campaignId, round) {
      try {
        await openStepFunctions().send(
          new StartExecutionCommand({
            stateMachineArn: environment('ADDENDUM_ARN'),
            name: `${campaignId}-addendum-${round}`,
            input: JSON.stringify({ campaignId, draft: { round } }),
          }),
        );
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return;
        throw new TransientError(`cannot start the signing of the addendum: ${reasonOf(error)}`, { cause: error });
      }
    },
  }),
);
