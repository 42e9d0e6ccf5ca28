import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { PermanentError, reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { Replacement } from './http.ts';
import { log } from './log.ts';
import { count, flushMetrics, METRICS } from './metrics.ts';
import { tellTime } from './open-table.ts';

export type TaskDefinition<Input, Use> = {
  readonly name: string;
  /** What the workflow hands over; anything else is a PermanentError before the task begins. */
  readonly input: z.ZodType<Input>;
  readonly open: () => Use;
  /** Returns the outcome that the workflow routes on: an object with a `kind`. */
  readonly handle: (input: Input, use: Use, now: Instant) => Promise<{ readonly kind: string }>;
};
export type TaskHandler = (input: unknown, context: Context) => Promise<{ readonly kind: string }>;

/** The stack of every workflow task. What it throws keeps its name, because the workflow's retriers match on it. */
export function taskFunction<Input, Use>(
  definition: TaskDefinition<Input, Use>,
  replacement?: Replacement<Use>,
): TaskHandler {
  let use: Use | undefined = replacement?.use;
  const base = async (event: unknown): Promise<{ readonly kind: string }> => {
    const input = definition.input.safeParse(event);
    if (!input.success)
      throw new PermanentError(`${definition.name} was started with a wrong input: ${input.error.message}`);
    use ??= definition.open();
    const now = await (replacement?.tellTime ?? tellTime)();
    return definition.handle(input.data, use, now);
  };
  return middy<unknown, { readonly kind: string }>(base)
    .before((request) => {
      log.addContext(request.context);
      log.resetKeys();
      log.appendKeys({ function: definition.name });
    })
    .after((request) => {
      log.info('task done', { outcome: request.response?.kind });
      flushMetrics();
    })
    .onError((request) => {
      log.error('task failed', { reason: reasonOf(request.error) });
      count(METRICS.unexpectedError);
      flushMetrics();
    }) as unknown as TaskHandler;
}
