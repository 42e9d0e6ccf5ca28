import { type Refusal, refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { receiptCodeKey, receiptSettingsKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type ReceiptSettings, type ReceiptSettingsRequest, receiptSettingsSchema } from './receipt-settings.ts';

export async function findReceiptSettings(table: Table, organisationId: string): Promise<ReceiptSettings | undefined> {
  const item = await table.get(receiptSettingsKey(organisationId));
  return item === undefined ? undefined : receiptSettingsSchema.parse(item);
}

/** Whose receipts begin with these six digits. */
export async function ownerOfCode(table: Table, codePrefix: string): Promise<string | undefined> {
  const item = await table.get(receiptCodeKey(codePrefix));
  return item === undefined ? undefined : String(item['organisationId']);
}

export type SaveSettingsOutcome =
  | { readonly kind: 'saved'; readonly settings: ReceiptSettings }
  | { readonly kind: 'changed-meanwhile'; readonly version: number }
  | Refusal;

/**
 * Puts settings in place of version `version`, or where there were none (0). The code prefix becomes the organisation's for good, so that no
 * two receipts of one deployment share code and number; a prefix that another one has is refused.
 */
export async function saveReceiptSettings(
  table: Table,
  organisationId: string,
  request: ReceiptSettingsRequest & Pick<ReceiptSettings, 'publicUrl'>,
  version: number,
  by: string,
  now: Instant,
): Promise<SaveSettingsOutcome> {
  const settings: ReceiptSettings = {
    type: 'receipt-settings',
    organisationId,
    ...request,
    version: version + 1,
    savedBy: by,
    updatedAt: now,
  };
  const owner = await ownerOfCode(table, request.codePrefix);
  if (owner !== undefined && owner !== organisationId) return CODE_TAKEN;
  const outcome = await table.transact([
    {
      put: { ...receiptSettingsKey(organisationId), ...settings },
      when: version === 0 ? { absent: true } : { equals: { version } },
    },
    {
      put: { ...receiptCodeKey(request.codePrefix), type: 'receipt-code', organisationId },
      when: owner === undefined ? { absent: true } : { equals: { organisationId } },
    },
  ]);
  if (outcome.kind === 'committed') return { kind: 'saved', settings };
  const standing = await findReceiptSettings(table, organisationId);
  return { kind: 'changed-meanwhile', version: standing?.version ?? 0 };
}

const CODE_TAKEN = refuse('code-taken', "Another organisation's receipts begin with these digits.", [
  {
    field: 'codePrefix',
    problem: 'is taken',
    fix: 'send the digits that the finance authority gave to this organisation',
  },
]);
