import * as z from 'zod';
import { ID_PREFIXES } from '../kernel/ids.ts';

/** The id of a file that belongs to a campaign. */
export const attachmentIdSchema = z
  .string()
  .regex(new RegExp(`^${ID_PREFIXES.attachment}_[0-9a-z]{20}$`), 'must be the id of an attachment');
