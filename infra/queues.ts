import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** Days that a failed message waits for a person: SQS's own limit, a campaign manager's holiday. */
const FAILED_KEPT_DAYS = 14;
/** AWS asks for six times the function's timeout: a batch that was throttled is not seen twice meanwhile. */
const VISIBILITY_PER_TIMEOUT = 6;
/**
 * Ten deliveries before a message counts as failed. At a timeout of 30 s they are 180 s apart, so mail may be away
 * for half an hour before thank-yous leave the queue.
 */
const DELIVERIES = 10;

/** Everything that waits. Messages name gifts by id and hold no contact data, so SQS's own encryption is enough. */
export class Queues extends Construct {
  /** Thank-yous to send. */
  readonly notice: Queue;
  /** Thank-yous that failed ten times. */
  readonly noticeDeadLetters: Queue;
  /** Stream records that no consumer could take. */
  readonly poison: Queue;
  /** Runs of jobs that EventBridge Scheduler could not start. */
  readonly scheduleDeadLetters: Queue;

  constructor(scope: Construct, id: string, props: { readonly noticeTimeoutSeconds: number }) {
    super(scope, id);
    const sealed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    const forFailed = { ...sealed, retentionPeriod: Duration.days(FAILED_KEPT_DAYS) };
    this.poison = new Queue(this, 'Poison', forFailed);
    acknowledge(
      this.poison,
      'SQS3',
      'It is the end of the line itself: streams put aside here what nobody could take.',
    );
    this.scheduleDeadLetters = new Queue(this, 'ScheduleDeadLetters', forFailed);
    acknowledge(
      this.scheduleDeadLetters,
      'SQS3',
      'It is the end of the line itself: what EventBridge Scheduler could not start is put aside here.',
    );
    this.noticeDeadLetters = new Queue(this, 'NoticeDeadLetters', forFailed);
    this.notice = new Queue(this, 'Notice', {
      ...sealed,
      visibilityTimeout: Duration.seconds(VISIBILITY_PER_TIMEOUT * props.noticeTimeoutSeconds),
      deadLetterQueue: { queue: this.noticeDeadLetters, maxReceiveCount: DELIVERIES },
    });
  }
}
