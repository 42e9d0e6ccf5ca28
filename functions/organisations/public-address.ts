import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';

/** Where public pages are reached: https, or a local run's own address. No query, no slash at the end. */
export const addressSchema = z
  .url()
  .max(200)
  .refine((text) => /^https:\/\/|^http:\/\/(?:localhost|127\.0\.0\.1)(?:[:/]|$)/.test(text), {
    message: 'must begin with https://',
  })
  .refine((text) => !/[?#@]|\/$/.test(text), { message: 'must have no query, no name in it, and no slash at the end' });

export const publicAddressRequestSchema = z.strictObject({ address: addressSchema });

/** What an organisation says itself; all below it that say nothing have the same. */
export const publicAddressSchema = z.object({
  type: z.literal('public-address'),
  organisationId: z.string(),
  address: addressSchema,
  version: z.number().int().min(1),
  savedBy: z.string(),
  updatedAt: instantSchema,
});
export type PublicAddress = z.infer<typeof publicAddressSchema>;

/** The address in force, and the organisation that says so. */
export type AddressInForce = { readonly address: string; readonly from: string };
