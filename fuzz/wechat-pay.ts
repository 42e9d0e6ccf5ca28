import { definition } from '../functions/donations/receive-wechat-pay.lambda.ts';
import { parseMerchants } from '../functions/donations/wechat-pay-merchant.ts';
import { instantOf } from '../functions/kernel/time.ts';
import { makeSandboxKeys, merchantSecretOf } from '../local/sandbox/keys.ts';
import { signedEvent } from '../local/sandbox/notification.ts';
import { transactionOf } from '../local/sandbox/transaction.ts';
import type { FuzzedDoor } from './door.ts';
import { ORDER_NO, postTo, putOrder } from './post.ts';

const NOW = instantOf('2026-09-07T20:00:05+08:00');

export function wechatPayDoor(): FuzzedDoor {
  const keys = makeSandboxKeys();
  const merchants = parseMerchants(merchantSecretOf(keys));
  const payment = {
    transactionId: '4200002026202609071234567890',
    orderNo: ORDER_NO,
    amountMinor: 1770,
    payerAmountMinor: 1770,
    openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
    paidAt: instantOf('2026-09-07T20:00:00+08:00'),
    tradeType: 'JSAPI',
  } as const;
  // A payment and a refund at once: by its event type each message is one of them, and the other's fields are strangers.
  const refund = {
    refund_id: '50000000382019052709732678859',
    out_refund_no: 'R1',
    refund_status: 'SUCCESS',
    amount: { ...transactionOf(keys, payment).amount, refund: 770 },
  };
  let turn = 0;
  return {
    name: 'wechat-pay',
    content: { ...transactionOf(keys, payment), ...refund },
    signed: (content) => {
      const isRefund = turn++ % 3 === 2;
      const { headers, body } = signedEvent(
        keys,
        {
          eventType: isRefund ? 'REFUND.SUCCESS' : 'TRANSACTION.SUCCESS',
          summary: '支付成功',
          originalType: isRefund ? 'refund' : 'transaction',
          resource: content as object,
        },
        { sentAt: NOW, keyMode: turn % 2 === 0 ? 'certificate' : 'public-key', notificationId: 'EV-1' },
      );
      return {
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        body,
      };
    },
    post: postTo(definition, NOW, '/webhooks/wechat-pay', (table) => ({
      table,
      readMerchants: async () => merchants,
      readDonorKey: async () => 'donor key',
    })),
    prepare: putOrder,
    isInShape: ({ status, body }) => {
      const { code } = JSON.parse(body) as { code?: unknown };
      return code === (status === 200 ? 'SUCCESS' : 'FAIL');
    },
  };
}
