import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { reasonOf } from '../kernel/errors.ts';
import { hurriedSettings, once } from '../platform/clients.ts';
import { log } from '../platform/log.ts';
import { ASSUMED_QUOTA, type SendingQuota } from './sending-pace.ts';

const openSes = once(() => new SESv2Client(hurriedSettings));

/** The account's rate and quota (SES v2, GetAccount). What cannot be read is assumed: mail does not stop for a figure. */
export async function readSendingQuota(): Promise<SendingQuota> {
  try {
    const { SendQuota } = await openSes().send(new GetAccountCommand({}));
    return {
      ratePerSecond: SendQuota?.MaxSendRate ?? ASSUMED_QUOTA.ratePerSecond,
      perDay: SendQuota?.Max24HourSend ?? ASSUMED_QUOTA.perDay,
      sentLastDay: SendQuota?.SentLast24Hours ?? ASSUMED_QUOTA.sentLastDay,
    };
  } catch (error) {
    log.warn('the sending quota could not be read', { reason: reasonOf(error) });
    return ASSUMED_QUOTA;
  }
}
