import { type FunctionSpec, steering } from '../function-spec.ts';

/** The functions of `goods`. */
export const goodsFunctions = {
  'manage-goods': {
    entry: 'goods/manage-goods.lambda.ts',
    purpose:
      'Keeps the book of goods: what came in, was moved, issued, written off and came back, and the stock by place.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/goods' },
        { method: 'GET', path: '/campaigns/{campaignId}/goods.csv' },
        { method: 'POST', path: '/campaigns/{campaignId}/goods-requests' },
        { method: 'POST', path: '/campaigns/{campaignId}/goods-requests/{requestId}/decisions' },
      ],
      access: 'staff',
    },
    ...steering, // waits for its turn at the book of goods
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'delete', 'check'],
        partitions: ['GOODS#', 'SPENDING#'],
      },
      // Of a beneficiary only that it is known who they are.
      reads: ['AID#', 'OFFLINE#', 'CAMPAIGN#', 'ORGANISATION#', 'DELEGATIONS#'],
    },
  },
} as const satisfies Record<string, FunctionSpec>;
