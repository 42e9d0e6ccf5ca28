import * as z from 'zod';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { type AreaContract, afterQuery, countAnswer as count, nextAnswer } from '../platform/contract.ts';
import { giftProofSchema, proofKeySchema } from './gift-proof.ts';

const signedDay = z.object({
  number: count.describe('From 1, without gaps'),
  day: localDateSchema,
  statement: z.string().describe('The exact text that was signed: JSON with its names in order'),
  signature: z.string().describe('ECDSA P-256 over SHA-256 of the statement, DER, base64'),
  hash: z.string().describe('SHA-256 of the statement; the next day’s statement holds it as `previous`'),
  signedAt: instantSchema,
});

const unknown = { 404: ['unknown-campaign'] };

export const proofsContract = {
  tag: 'Proofs',
  named: { GiftProof: giftProofSchema, SignedDay: signedDay, ProofKey: proofKeySchema },
  routes: [
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/gifts/{gift}/proof',
      operation: 'getGiftProof',
      summary:
        'The proof that a gift is in the total published for its day, by its number in the list, its id, or its order’s number.',
      description:
        '`gift` is the number in the public list, the gift’s id (`gft_…`, as letters and receipts print it) or the number of its order. By the latter two, which only the donor has, the answer also opens the leaf, which shows whose the gift is. A regular gift’s order is that of its first charge; the others are found by their ids. docs/disclosure.md says how to check it without us.',
      answers: { 200: { description: 'The proof', body: giftProofSchema } },
      problems: { 404: ['unknown-campaign', 'unknown-gift'], 409: ['not-signed-yet'] },
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/proof',
      operation: 'getProofPage',
      summary: 'A page that fetches a proof and checks it in the browser.',
      etag: true,
      query: z.object({ lang: z.enum(['zh-CN', 'en']).optional() }),
      answers: { 200: { description: 'The page', contentType: 'text/html' }, 304: { description: 'You have it' } },
      problems: unknown,
    },
    {
      method: 'GET',
      path: '/public/campaigns/{campaignId}/signed-days',
      operation: 'listSignedDays',
      summary: 'The signed days of a campaign in order, 50 a page: each holds the hash of the one before.',
      etag: true,
      query: z.object({ after: afterQuery }),
      answers: {
        200: {
          description: 'One page',
          body: z.object({ campaignId: z.string(), days: z.array(signedDay), next: nextAnswer }),
        },
        304: { description: 'You have it' },
      },
      problems: { 400: ['bad-cursor'], ...unknown },
    },
    {
      method: 'GET',
      path: '/public/proof-keys',
      operation: 'listProofKeys',
      summary: 'The public keys that days were signed with.',
      etag: true,
      answers: {
        200: { description: 'The keys', body: z.object({ keys: z.array(proofKeySchema) }) },
        304: { description: 'You have it' },
      },
    },
  ],
} as const satisfies AreaContract;
