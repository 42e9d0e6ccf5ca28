import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** The import workflow, as far as functions start it. Throws TransientError when it cannot be reached. */
export type ImportWorkflow = {
  /** Starts one try, once: `attempt` names it, so that a repeated request starts nothing twice. */
  start(input: {
    readonly importId: string;
    readonly mode: 'check' | 'book';
    readonly attempt: string;
    readonly parts: readonly number[];
  }): Promise<void>;
};

const openStepFunctions = once(() => new SFNClient(clientSettings));

export const openImportWorkflow = once(
  (): ImportWorkflow => ({
    async start({ importId, mode, attempt, parts }) {
      try {
        await openStepFunctions().send(
          new StartExecutionCommand({
            stateMachineArn: environment('STATEMENT_IMPORT_ARN'),
            name: `${importId}-${mode}-${attempt}`,
            input: JSON.stringify({ importId, mode, parts }),
          }),
        );
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return;
        throw new TransientError(`cannot start the import: ${reasonOf(error)}`, { cause: error });
      }
    },
  }),
);
