import { parseAlipayAccounts } from '../functions/donations/alipay-merchant.ts';
import { definition } from '../functions/donations/receive-alipay.lambda.ts';
import { instantOf } from '../functions/kernel/time.ts';
import { alipaySectionOf, alipayTrade, makeAlipayKeys, signedForm } from '../local/sandbox/alipay.ts';
import type { FuzzedDoor } from './door.ts';
import { ORDER_NO, postTo, putOrder } from './post.ts';

const NOW = instantOf('2026-09-07T20:00:05+08:00');

export function alipayDoor(): FuzzedDoor {
  const keys = makeAlipayKeys();
  const accounts = parseAlipayAccounts(JSON.stringify({ alipay: [alipaySectionOf(keys)] }));
  const trade = { tradeNo: '2026090722001400001234567890', orderNo: ORDER_NO, totalAmount: '17.70' };
  return {
    name: 'alipay',
    content: { ...alipayTrade(keys, trade), refund_fee: '5.00', gmt_refund: '2026-09-08 10:00:00.000' },
    signed: (content) => ({
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: signedForm(fieldsOf(content), keys.alipayPrivateKey),
    }),
    post: postTo(definition, NOW, '/webhooks/alipay', (table) => ({
      table,
      readAccounts: async () => accounts,
      readDonorKey: async () => 'donor key',
    })),
    prepare: putOrder,
    isInShape: ({ status, body }) => body === (status === 200 ? 'success' : 'fail'),
  };
}

/** A form knows only names and texts. */
function fieldsOf(content: unknown): Record<string, string> {
  if (typeof content !== 'object' || content === null) return { app_id: String(content) };
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [
      name.toWellFormed(),
      (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed(),
    ]),
  );
}
