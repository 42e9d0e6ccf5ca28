import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** What the workflow is to do: read a file, import what was read, or close what is decided. */
export type LegacyRun =
  | { readonly mode: 'read' | 'import'; readonly exerciseId: string; readonly fileId: string; readonly attempt: string }
  | { readonly mode: 'close'; readonly exerciseId: string; readonly round: number; readonly attempt: string };

/** The workflow of an exercise, as far as functions start it. Throws TransientError when it cannot be reached. */
export type LegacyWorkflow = {
  /** Starts one try, once: `attempt` names it, so that a repeated request starts nothing twice. */
  start(run: LegacyRun): Promise<void>;
};

const openStepFunctions = once(() => new SFNClient(clientSettings));

export const openLegacyWorkflow = once(
  (): LegacyWorkflow => ({
    async start({ attempt, ...input }) {
      const about = input.mode === 'close' ? `${input.exerciseId}-${input.round}` : input.fileId;
      try {
        await openStepFunctions().send(
          new StartExecutionCommand({
            stateMachineArn: environment('LEGACY_CLOSEOUT_ARN'),
            name: `${about}-${input.mode}-${attempt}`,
            input: JSON.stringify(input),
          }),
        );
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return;
        throw new TransientError(`cannot start the workflow of old projects: ${reasonOf(error)}`, { cause: error });
      }
    },
  }),
);
