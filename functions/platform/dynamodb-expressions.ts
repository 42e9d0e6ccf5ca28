import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Question } from './keys.ts';
import type { Condition, TransactWrite } from './table.ts';

export type Attributes = Record<string, AttributeValue>;
type Expression = { readonly names: Record<string, string>; readonly values: Record<string, unknown> };

/** A plain object as DynamoDB's attribute values; `undefined` attributes are left out. */
export const marshalled = (value: object): Attributes => marshall({ ...value }, { removeUndefinedValues: true });

/** The expression fields of a request for a write's condition and changes; attribute names are always placeholders, so reserved words cannot bite. */
export function expressionInput(write: TransactWrite) {
  const expression: Expression = { names: {}, values: {} };
  const condition = conditionText(write.when, expression);
  const update = 'update' in write ? updateText(write, expression) : undefined;
  return {
    ConditionExpression: condition,
    UpdateExpression: update,
    ...(Object.keys(expression.names).length === 0 ? {} : { ExpressionAttributeNames: expression.names }),
    ...(Object.keys(expression.values).length === 0
      ? {}
      : { ExpressionAttributeValues: marshalled(expression.values) }),
  };
}

function named(expression: Expression, attribute: string): string {
  const known = Object.entries(expression.names).find(([, name]) => name === attribute);
  if (known !== undefined) return known[0];
  const placeholder = `#n${Object.keys(expression.names).length}`;
  expression.names[placeholder] = attribute;
  return placeholder;
}

function valued(expression: Expression, value: unknown): string {
  const placeholder = `:v${Object.keys(expression.values).length}`;
  expression.values[placeholder] = value;
  return placeholder;
}

function conditionText(condition: Condition | undefined, expression: Expression): string | undefined {
  if (condition === undefined) return undefined;
  const parts: string[] = [];
  if (condition.absent === true) parts.push(`attribute_not_exists(${named(expression, 'pk')})`);
  for (const [attribute, expected] of Object.entries(condition.equals ?? {})) {
    if (expected === null) {
      parts.push(`attribute_exists(${named(expression, 'pk')})`);
      parts.push(`attribute_not_exists(${named(expression, attribute)})`);
    } else {
      parts.push(`${named(expression, attribute)} = ${valued(expression, expected)}`);
    }
  }
  for (const [attribute, bound] of Object.entries(condition.atLeast ?? {})) {
    parts.push(`${named(expression, attribute)} >= ${valued(expression, bound)}`);
  }
  return parts.length === 0 ? undefined : parts.join(' AND ');
}

function updateText(write: { set?: object; add?: object }, expression: Expression): string {
  const set = Object.entries(write.set ?? {}).map(
    ([name, value]) => `${named(expression, name)} = ${valued(expression, value)}`,
  );
  const add = Object.entries(write.add ?? {}).map(
    ([name, amount]) => `${named(expression, name)} ${valued(expression, amount)}`,
  );
  return [set.length === 0 ? '' : `SET ${set.join(', ')}`, add.length === 0 ? '' : `ADD ${add.join(', ')}`]
    .join(' ')
    .trim();
}

/** The key condition of a query for a question: a whole partition, what begins alike, or that between bounds. */
export function questionInput({ index, partition, beginsWith, from, upTo }: Question) {
  const [pk, sk] = index === undefined ? (['pk', 'sk'] as const) : (['indexPk', 'indexSk'] as const);
  if (beginsWith === undefined) {
    return {
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': pk },
      ExpressionAttributeValues: marshalled({ ':pk': partition }),
    };
  }
  const isBounded = from !== undefined || upTo !== undefined;
  return {
    KeyConditionExpression: !isBounded
      ? '#pk = :pk AND begins_with(#sk, :from)'
      : '#pk = :pk AND #sk BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#pk': pk, '#sk': sk },
    ExpressionAttributeValues: marshalled({
      ':pk': partition,
      ':from': from ?? beginsWith,
      // What begins with something sorts before it with the last character there is behind it.
      ':to': isBounded ? (upTo ?? `${beginsWith}\uffff`) : undefined,
    }),
  };
}
