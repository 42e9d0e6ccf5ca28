import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import { disclosureSettingsKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import type { DisclosureSettingsRequest } from './disclosure-settings.ts';

const disclosureSettingsSchema = z.object({
  type: z.literal('disclosure-settings'),
  organisationId: z.string(),
  publishesProgress: z.enum(['by-hand', 'by-schedule']),
  responsible: z.string(),
  version: z.number().int().min(1),
  updatedAt: instantSchema,
});
export type DisclosureSettings = z.infer<typeof disclosureSettingsSchema>;

/** `undefined` until somebody has said something: then a person publishes everything. */
export async function findDisclosureSettings(
  table: Table,
  organisationId: string,
): Promise<DisclosureSettings | undefined> {
  return disclosureSettingsSchema.optional().parse(await table.get(disclosureSettingsKey(organisationId)));
}

/** Puts settings in place of version `version`, or where there were none (0); says the version that stands where that is another. */
export async function saveDisclosureSettings(
  table: Table,
  organisationId: string,
  request: DisclosureSettingsRequest,
  version: number,
  now: Instant,
): Promise<
  | { readonly kind: 'saved'; readonly settings: DisclosureSettings }
  | { readonly kind: 'changed-meanwhile'; readonly version: number }
> {
  const settings: DisclosureSettings = {
    type: 'disclosure-settings',
    organisationId,
    ...request,
    version: version + 1,
    updatedAt: now,
  };
  const outcome = await table.write({
    put: { ...disclosureSettingsKey(organisationId), ...settings },
    when: version === 0 ? { absent: true } : { equals: { version } },
  });
  if (outcome.kind === 'written') return { kind: 'saved', settings };
  const standing = disclosureSettingsSchema.optional().parse(outcome.existing);
  return { kind: 'changed-meanwhile', version: standing?.version ?? 0 };
}
