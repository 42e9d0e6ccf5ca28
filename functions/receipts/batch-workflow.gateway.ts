import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** Starts one attempt at a batch, once: the attempt names it. Throws TransientError when Step Functions cannot be reached. */
export type StartBatch = (batch: { readonly batchId: string; readonly attempts: number }) => Promise<void>;

const openStepFunctions = once(() => new SFNClient(clientSettings));

export const openBatchWorkflow = once(
  (): StartBatch =>
    async ({ batchId, attempts }) => {
      try {
        await openStepFunctions().send(
          new StartExecutionCommand({
            stateMachineArn: environment('RECEIPT_BATCH_ARN'),
            name: `${batchId}-${attempts}`,
            input: JSON.stringify({ batchId }),
          }),
        );
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return;
        throw new TransientError(`cannot start the batch of receipts: ${reasonOf(error)}`, { cause: error });
      }
    },
);
