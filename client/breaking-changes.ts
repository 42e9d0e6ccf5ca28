import * as z from 'zod';
import type { OpenApiDocument, Operation } from './document.ts';
import type { JsonSchema } from './json-schemas.ts';

/**
 * What a caller of the older document would stumble over in the newer one, a sentence each. A caller sends what it always
 * sent and reads what it always read: so less may not be asked nor answered differently, while more answers and more
 * optional input are no break. Our own, because no tool for it can be had from npm that also looks at removed answers.
 */
export function breakingChanges(older: OpenApiDocument, newer: OpenApiDocument): readonly string[] {
  return Object.entries(older.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, before]) => {
      const place = `${method.toUpperCase()} ${path}`;
      const after = newer.paths[path]?.[method];
      if (after === undefined) return [`${place} is gone`];
      return [
        ...operationChanges(before, after),
        ...requestChanges(before, after, older, newer),
        ...answerChanges(before, after, older, newer),
      ].map((change) => `${place}: ${change}`);
    }),
  );
}

function operationChanges(before: Operation, after: Operation): string[] {
  const lost = (before['x-roles'] ?? []).filter(
    (role) => after['x-roles'] !== undefined && !after['x-roles'].includes(role),
  );
  return [
    ...(before.operationId === after.operationId ? [] : [`is now called ${after.operationId}`]),
    ...(before.security.length === 0 && after.security.length > 0 ? ['needs a token'] : []),
    ...lost.map((role) => `is refused to the role ${role}`),
  ];
}

function requestChanges(before: Operation, after: Operation, older: OpenApiDocument, newer: OpenApiDocument): string[] {
  const known = new Map((before.parameters ?? []).map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
  const asked = (after.parameters ?? []).flatMap((parameter) => {
    const was = known.get(`${parameter.in} ${parameter.name}`);
    if (was === undefined) return parameter.required ? [`needs the ${parameter.in} parameter ${parameter.name}`] : [];
    const needed = parameter.required && !was.required ? [`needs the ${parameter.in} parameter ${parameter.name}`] : [];
    return [...needed, ...narrowed(was.schema, parameter.schema, { older, newer, at: parameter.name, sent: true })];
  });
  const bodies = Object.entries(before.requestBody?.content ?? {}).flatMap(([type, { schema }]) => {
    const now = after.requestBody?.content[type];
    return now === undefined
      ? [`no longer takes ${type}`]
      : narrowed(schema, now.schema, { older, newer, at: 'body', sent: true });
  });
  const isNew = before.requestBody?.required !== true && after.requestBody?.required === true;
  return [...asked, ...bodies, ...(isNew ? ['needs a body'] : [])];
}

function answerChanges(before: Operation, after: Operation, older: OpenApiDocument, newer: OpenApiDocument): string[] {
  return Object.entries(before.responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([status, { content }]) => {
      const now = after.responses[status];
      if (now === undefined) return [`no longer answers ${status}`];
      return Object.entries(content ?? {}).flatMap(([type, { schema }]) => {
        const told = now.content?.[type];
        return told === undefined
          ? [`no longer answers ${type}`]
          : narrowed(schema, told.schema, { older, newer, at: status, sent: false });
      });
    });
}

type Place = {
  readonly older: OpenApiDocument;
  readonly newer: OpenApiDocument;
  readonly at: string;
  readonly sent: boolean;
};

const shape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.record(z.string(), z.unknown())).optional(),
  oneOf: z.array(z.record(z.string(), z.unknown())).optional(),
  items: z.union([z.record(z.string(), z.unknown()), z.boolean()]).optional(),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
  additionalProperties: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
});
type Known = z.infer<typeof shape>;

/** How deep schemas are compared: rules of rules are the deepest that ours go. */
const DEEPEST = 12;

/** What is sent may not be refused that was taken; what is answered may not be missing or another that was there. */
function narrowed(before: JsonSchema, after: JsonSchema, place: Place, depth = 0): string[] {
  if (depth > DEEPEST) return [];
  const was = resolved(before, place.older);
  const now = resolved(after, place.newer);
  const choices = { was: was.anyOf ?? was.oneOf, now: now.anyOf ?? now.oneOf };
  if (choices.was !== undefined && choices.now !== undefined) return fewerChoices(choices.was, choices.now, place);
  return [
    ...valueChanges(was, now, place),
    ...memberChanges(was, now, place, depth),
    ...(typeof was.items === 'object' && typeof now.items === 'object'
      ? narrowed(was.items, now.items, { ...place, at: `${place.at}[]` }, depth + 1)
      : []),
  ];
}

function resolved(schema: JsonSchema, document: OpenApiDocument): Known {
  const known = shape.parse(schema);
  if (known.$ref === undefined) return known;
  return shape.parse(document.components.schemas[known.$ref.split('/').at(-1) ?? ''] ?? {});
}

// Of unions only the number is compared: which choice stands for which cannot be told in general.
function fewerChoices(was: readonly unknown[], now: readonly unknown[], { at, sent }: Place): string[] {
  if (sent ? now.length < was.length : now.length > was.length)
    return [`${at} has ${now.length} forms where it had ${was.length}`];
  return [];
}

function valueChanges(was: Known, now: Known, { at, sent }: Place): string[] {
  const typesOf = ({ type }: Known): readonly string[] =>
    type === undefined ? [] : typeof type === 'string' ? [type] : type;
  const valuesOf = (known: Known): readonly unknown[] | undefined =>
    known.const === undefined ? known.enum : [known.const];
  const [beforeTypes, afterTypes] = [typesOf(was), typesOf(now)];
  const missingTypes = sent
    ? beforeTypes.filter((type) => afterTypes.length > 0 && !afterTypes.includes(type))
    : afterTypes.filter((type) => beforeTypes.length > 0 && !beforeTypes.includes(type));
  const [beforeValues, afterValues] = [valuesOf(was), valuesOf(now)];
  const refused =
    sent && afterValues !== undefined
      ? (beforeValues ?? ['any value']).filter((value) => !afterValues.includes(value))
      : [];
  return [
    ...missingTypes.map((type) => `${at} ${sent ? 'may no longer be' : 'can now be'} of type ${type}`),
    ...refused.map((value) => `${at} may no longer be ${String(value)}`),
  ];
}

function memberChanges(was: Known, now: Known, place: Place, depth: number): string[] {
  const at = (name: string): string => `${place.at}.${name}`;
  const members = Object.entries(was.properties).flatMap(([name, schema]) => {
    const told = now.properties[name];
    if (told !== undefined) return narrowed(schema, told, { ...place, at: at(name) }, depth + 1);
    if (!place.sent) return [`${at(name)} is no longer answered`];
    return now.additionalProperties === false ? [`${at(name)} is no longer taken`] : [];
  });
  const asked = place.sent ? now.required.filter((name) => !was.required.includes(name)) : [];
  const dropped = place.sent
    ? []
    : was.required.filter((name) => name in now.properties && !now.required.includes(name));
  return [
    ...members,
    ...asked.map((name) => `${at(name)} is needed`),
    ...dropped.map((name) => `${at(name)} may be missing from the answer`),
  ];
}
