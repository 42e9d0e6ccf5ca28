import * as z from 'zod';
import type { OpenApiDocument, Operation } from './document.ts';
import type { JsonSchema } from './json-schemas.ts';

/**
 * TypeScript types of a document, in the form that openapi-fetch reads (`paths`, with `parameters`, `requestBody` and
 * `responses`). Our own because the well-known generator needs the programming interface of TypeScript 5, which 7 has not.
 * Knows the JSON Schema that our documents hold, and throws on any other rather than writing `unknown`.
 */
export function typesOf(document: OpenApiDocument): string {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `    ${name}: ${typeOf(schema)};`,
  );
  const paths = Object.entries(document.paths).map(([path, methods]) => {
    const operations = Object.entries(methods).map(
      ([method, operation]) => `    ${method}: ${operationType(operation)};`,
    );
    return `  '${path}': {\n${operations.join('\n')}\n  };`;
  });
  return [
    '// Written by `npm run openapi` from functions/openapi/openapi.json. Change the contracts, not this file.',
    '',
    'export interface paths {',
    ...paths,
    '}',
    '',
    'export interface components {',
    '  schemas: {',
    ...schemas,
    '  };',
    '}',
    '',
  ].join('\n');
}

function operationType({ parameters = [], requestBody, responses }: Operation): string {
  const places = ['path', 'query', 'header'] as const;
  const groups = places.flatMap((place) => {
    const found = parameters.filter((parameter) => parameter.in === place);
    if (found.length === 0) return [];
    const isOptional = found.every(({ required }) => !required);
    const members = found.map(
      ({ name, required, schema }) => `${quoted(name)}${required ? '' : '?'}: ${typeOf(schema)}`,
    );
    return [`${place}${isOptional ? '?' : ''}: { ${members.join('; ')} }`];
  });
  const answers = Object.entries(responses).map(
    ([status, { content }]) =>
      `${status}: { ${content === undefined ? 'content?: never' : `content: ${contentType(content)}`} }`,
  );
  return [
    `{ parameters: { ${groups.join('; ')} }`,
    ...(requestBody === undefined
      ? []
      : [`requestBody${requestBody.required ? '' : '?'}: { content: ${contentType(requestBody.content)} }`]),
    `responses: { ${answers.join('; ')} } }`,
  ].join('; ');
}

function contentType(content: Readonly<Record<string, { readonly schema: JsonSchema }>>): string {
  return `{ ${Object.entries(content)
    .map(([type, { schema }]) => `${quoted(type)}: ${typeOf(schema)}`)
    .join('; ')} }`;
}

const shape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.record(z.string(), z.unknown())).optional(),
  oneOf: z.array(z.record(z.string(), z.unknown())).optional(),
  allOf: z.array(z.record(z.string(), z.unknown())).optional(),
  items: z.union([z.record(z.string(), z.unknown()), z.boolean()]).optional(),
  prefixItems: z.array(z.record(z.string(), z.unknown())).optional(),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
});

/** The TypeScript type of one schema. */
export function typeOf(schema: JsonSchema): string {
  const known = shape.parse(schema);
  if (known.$ref !== undefined) return `components['schemas'][${quoted(known.$ref.split('/').at(-1) ?? '', true)}]`;
  if (known.const !== undefined) return literal(known.const);
  if (known.enum !== undefined) return known.enum.map(literal).join(' | ');
  const choices = known.anyOf ?? known.oneOf;
  if (choices !== undefined) return `(${[...new Set(choices.map(typeOf))].join(' | ')})`;
  if (known.allOf !== undefined) return `(${known.allOf.map(typeOf).join(' & ')})`;
  if (known.type === undefined) return 'unknown';
  const types = typeof known.type === 'string' ? [known.type] : known.type;
  return types.map((type) => typeNamed(type, known)).join(' | ');
}

function typeNamed(type: string, known: z.infer<typeof shape>): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      if (known.prefixItems !== undefined) return `[${known.prefixItems.map(typeOf).join(', ')}]`;
      return typeof known.items === 'object' ? `(${typeOf(known.items)})[]` : 'unknown[]';
    case 'object':
      return objectType(known);
    default:
      throw new Error(`no TypeScript type is known for the JSON Schema type ${type}`);
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: z.infer<typeof shape>): string {
  const members = Object.entries(properties).map(
    ([name, schema]) => `${quoted(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  const rest =
    typeof additionalProperties === 'object'
      ? typeOf(additionalProperties)
      : additionalProperties === true
        ? 'unknown'
        : '';
  // An index signature would have to fit every member; where there are both, the members say more.
  if (members.length === 0) return rest === '' ? 'Record<string, unknown>' : `Record<string, ${rest}>`;
  return `{ ${members.join('; ')} }`;
}

const literal = (value: unknown): string => (typeof value === 'string' ? quoted(value, true) : JSON.stringify(value));

const quoted = (name: string, always = false): string =>
  !always && /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
