import * as z from 'zod';

/** What is done past the API, because the rights of the AWS account are the point. Throws CommandProblem for want of them. */
export type Operator = {
  /** The answer of the function that makes a top of a tree together with its first admin. */
  appoint(appointment: Appointment): Promise<unknown>;
  /** Where the workflow of a campaign's round stands; `undefined` where there is none, or no right to see it. */
  workflowStep(campaignId: string, round: number): Promise<WorkflowStep | undefined>;
  /** The letters of a queue, left in it; at most as many as `most`. */
  deadLetters(queue: DeadLetterQueue, most: number): Promise<readonly RawLetter[]>;
  /** Puts failed notices back into the queue from which they came. */
  returnNotices(): Promise<void>;
  /** Hands an item of the table to a function again, as the stream did; gives the function's answer. */
  replayItem(functionName: string, key: { readonly pk: string; readonly sk: string }): Promise<Replayed>;
  /** Takes a letter out for ever. */
  discard(queue: DeadLetterQueue, receipt: string): Promise<void>;
};

export type Appointment = {
  readonly organisationId: string;
  readonly organisationName: string;
  readonly email: string;
  readonly name: string;
};

export type WorkflowStep = {
  readonly execution: string;
  readonly status: string;
  /** The state that was entered last. */
  readonly state: string | undefined;
};

export const DEAD_LETTER_QUEUES = ['notice', 'poison'] as const;
export type DeadLetterQueue = (typeof DEAD_LETTER_QUEUES)[number];

export type RawLetter = {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  /** When it was put into the queue, in milliseconds since 1970. */
  readonly sentAt: number;
};

export type Replayed = 'replayed' | 'no-such-item' | 'failed-again';

/** What the function answers: its own kinds, or a refusal with a sentence. */
export const appointmentAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['appointed', 'already-appointed']), organisationId: z.string(), personId: z.string() }),
  z.object({ kind: z.literal('refused'), code: z.string(), message: z.string() }),
]);
