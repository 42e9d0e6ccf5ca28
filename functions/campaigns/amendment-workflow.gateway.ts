import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** The workflow of one amendment, as far as functions start it. Throws TransientError when it cannot be reached. */
export type AmendmentWorkflow = {
  /** Starts it, once: the execution's name is the campaign and the amendment's number. */
  start(campaignId: string, number: number): Promise<void>;
};

const openStepFunctions = once(() => new SFNClient(clientSettings));

export const openAmendmentWorkflow = once(
  (): AmendmentWorkflow => ({
    async start(campaignId, number) {
      try {
        await openStepFunctions().send(
          new StartExecutionCommand({
            stateMachineArn: environment('AMENDMENT_ARN'),
            name: `${campaignId}-amendment-${number}`,
            input: JSON.stringify({ campaignId, number }),
          }),
        );
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return;
        throw new TransientError(`cannot start the amendment: ${reasonOf(error)}`, { cause: error });
      }
    },
  }),
);
