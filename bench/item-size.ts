import type { AttributeValue } from '@aws-sdk/client-dynamodb';

const UNIT_BYTES = 1024;
/** A list or a map costs this much, and one more for every element. */
const NESTING_BYTES = 3;

/** The write units of one item of this size outside a transaction: one a kilobyte, begun ones whole. */
export const writeUnitsOf = (item: Readonly<Record<string, AttributeValue>>): number =>
  Math.ceil(bytesOf(item) / UNIT_BYTES);

/** An item's size by the rule of DynamoDB's developer guide ("DynamoDB item sizes and formats"). */
export function bytesOf(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  // About one byte for two digits, and one more.
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + 1 + valueBytes(one), NESTING_BYTES);
  if (value.M !== undefined) return NESTING_BYTES + Object.keys(value.M).length + bytesOf(value.M);
  throw new TypeError('items of ours hold JSON and nothing else');
}
