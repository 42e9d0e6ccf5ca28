import * as z from 'zod';
import { currencySchema } from '../kernel/money.ts';
import { localDateSchema } from '../kernel/time.ts';
import { type AreaContract, amountAnswer as amount, countAnswer as count, nextAnswer } from '../platform/contract.ts';
import { goodsEntrySchema } from './goods-entry.ts';
import { goodsDecisionSchema, goodsRequestSchema, standingGoodsRequestSchema } from './goods-request.ts';

const unseen = { type: true, campaignId: true } as const;
const [received, issued, moved, writtenOff, returned] = goodsEntrySchema.options;
const entry = z.discriminatedUnion('kind', [
  received.omit(unseen),
  issued.omit(unseen),
  moved.omit(unseen),
  writtenOff.omit(unseen),
  returned.omit(unseen),
]);
const untyped = { type: true } as const;
const [receive, issue, move, writeOff, giveBack] = standingGoodsRequestSchema.options;
const request = z.discriminatedUnion('kind', [
  receive.omit(untyped),
  issue.omit(untyped),
  move.omit(untyped),
  writeOff.omit(untyped),
  giveBack.omit(untyped),
]);

const figure = z.object({
  item: z.string(),
  unit: z.string(),
  received: count,
  issued: count.describe('Less what came back'),
  writtenOff: count,
  onHand: count.describe('Received less issued and written off'),
  receivedMinor: amount,
  issuedMinor: amount,
  writtenOffMinor: amount,
});
const lot = z.object({
  lotId: z.string(),
  item: z.string(),
  unit: z.string(),
  received: count,
  valueMinor: amount,
  receivedOn: localDateSchema,
  expiresOn: localDateSchema.nullable(),
  onHand: count,
  onHandMinor: amount,
  places: z.array(z.object({ place: z.string(), quantity: count })),
});

const afterEntry = z.object({ after: z.string().optional().describe('Number of the last entry of the page before') });

export const goodsContract = {
  tag: 'Goods',
  named: { GoodsEntry: entry, GoodsRequest: request, GoodsLot: lot },
  routes: [
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/goods',
      operation: 'getGoods',
      summary:
        'What became of a campaign’s goods, the stock by place, what waits for a second person, and the entries, 100 a page.',
      query: afterEntry,
      answers: {
        200: {
          description: 'Figures of all entries, and one page of these',
          body: z.object({
            campaignId: z.string(),
            currency: currencySchema,
            goods: z.array(figure),
            receivedMinor: amount.describe('What goods are worth; never in one sum with money'),
            issuedMinor: amount,
            lots: z.array(lot).describe('Of which something is there'),
            waiting: z.array(request),
            page: z.array(entry),
            next: nextAnswer,
          }),
        },
      },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/goods.csv',
      operation: 'exportGoods',
      summary: 'The book of goods as CSV, 1,000 entries a file; a Link header names the following one.',
      query: afterEntry,
      answers: { 200: { description: 'A row for each entry', contentType: 'text/csv' } },
      problems: { 400: ['bad-cursor'], 404: ['unknown-campaign'] },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/goods-requests',
      operation: 'enterGoods',
      summary: 'Receives, issues, moves, writes off or takes back goods.',
      description: 'A write-off and a return wait for a second person; everything else is booked at once.',
      idempotencyKey: 'needed',
      body: goodsRequestSchema,
      answers: {
        200: { description: 'It was there before', body: request },
        201: { description: 'The request, which waits or is booked', body: request },
      },
      problems: {
        404: ['unknown-campaign'],
        409: ['campaign-not-open', 'idempotency-key-reused'],
        422: ['impossible-goods'],
      },
    },
    {
      method: 'POST',
      path: '/campaigns/{campaignId}/goods-requests/{requestId}/decisions',
      operation: 'decideGoods',
      summary: 'A second person’s word on a write-off or a return. The same again answers what stands.',
      body: goodsDecisionSchema,
      answers: { 200: { description: 'What stands', body: request } },
      problems: {
        403: ['own-entry'],
        404: ['unknown-campaign', 'unknown-request'],
        409: ['already-decided', 'nothing-to-confirm'],
        422: ['impossible-goods'],
      },
    },
  ],
} as const satisfies AreaContract;
