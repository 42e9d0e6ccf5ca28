import { InvalidToken, SendTaskSuccessCommand, SFNClient, TaskDoesNotExist, TaskTimedOut } from '@aws-sdk/client-sfn';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';

/**
 * The workflow that waits for decisions, as far as functions talk to it. It is told only that there is something to see; what
 * was decided it reads from the approval. `gone` when nothing waits on this token any more.
 * Throws TransientError when it cannot be reached: it looks by itself within the hour.
 */
export type TellApprovalTask = (taskToken: string) => Promise<'told' | 'gone'>;

const openStepFunctions = once(() => new SFNClient(clientSettings));

export const openApprovalTask = once(
  (): TellApprovalTask => async (taskToken) => {
    try {
      const output = JSON.stringify({ kind: 'look-again' });
      await openStepFunctions().send(new SendTaskSuccessCommand({ taskToken, output }));
      return 'told';
    } catch (error) {
      if (error instanceof TaskDoesNotExist || error instanceof TaskTimedOut || error instanceof InvalidToken)
        return 'gone';
      throw new TransientError(`cannot tell the approval's workflow: ${reasonOf(error)}`, { cause: error });
    }
  },
);
