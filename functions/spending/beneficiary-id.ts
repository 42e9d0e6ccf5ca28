import * as z from 'zod';
import { ID_PREFIXES } from '../kernel/ids.ts';

/** The id of a beneficiary: a keyed hash of who they are. */
export const beneficiaryIdSchema = z
  .string()
  .regex(new RegExp(`^${ID_PREFIXES.beneficiary}_[0-9a-z]{20}$`), 'must be the id of a beneficiary');
