import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';
import type { JobInput } from '../platform/job.ts';

/**
 * Starts a job's function and does not wait for it: it is queued with Lambda, which repeats what fails. Throws TransientError
 * where that cannot be done; to start the same run twice does no harm.
 */
export type StartJob = (input: JobInput) => Promise<void>;

const openClient = once(() => new LambdaClient(clientSettings));

export const openJobStart = once(
  (): StartJob => async (input) => {
    try {
      await openClient().send(
        new InvokeCommand({
          FunctionName: `${environment('FUNCTION_ARN_PREFIX')}${input.job}`,
          InvocationType: 'Event',
          Payload: JSON.stringify(input),
        }),
      );
    } catch (error) {
      throw new TransientError(`cannot start ${input.job}: ${reasonOf(error)}`, { cause: error });
    }
  },
);
