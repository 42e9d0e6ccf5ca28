import * as z from 'zod';
import type { AreaContract } from '../platform/contract.ts';

export const openApiContract = {
  tag: 'This document',
  routes: [
    {
      method: 'GET',
      path: '/openapi.json',
      operation: 'getOpenApi',
      summary: 'This document, of the version that answers.',
      etag: true,
      answers: {
        200: { description: 'OpenAPI 3.1', body: z.looseObject({ openapi: z.string() }) },
        304: { description: 'You have it' },
      },
    },
  ],
} as const satisfies AreaContract;
