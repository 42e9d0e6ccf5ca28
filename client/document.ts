import type * as z from 'zod';
import type { AreaContract, RouteContract } from '../functions/platform/contract.ts';
import { type JsonSchema, JsonSchemas } from './json-schemas.ts';
import { PROBLEM_TYPE, problemCodesOf, problemSchema } from './problems.ts';

/** Who may call a route: roles of staff, or anybody. */
export type RouteAccess = { readonly kind: 'public' } | { readonly kind: 'staff'; readonly roles: readonly string[] };
/** `GET /campaigns/{campaignId}` -> who may call it. */
export type AccessOf = (route: string) => RouteAccess;

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;
export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
};
export type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** Roles of which a caller needs one, in the organisation that the call is about. */
  readonly 'x-roles'?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly headers?: unknown; readonly content?: Content }>
  >;
};
/** As much of an OpenAPI 3.1 document as ours have. */
export type OpenApiDocument = {
  readonly openapi: '3.1.1';
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly unknown[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
};

const PARAMETERS: Readonly<Record<string, string>> = {
  organisationId: 'The readable id of an organisation, such as `dazhou-xuanhan`',
  campaignId: 'The id of a campaign',
  giftId: 'The id of a gift',
};
const TEXT: JsonSchema = { type: 'string' };
const KEY: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };

/** The OpenAPI 3.1 document of all contracts. Throws where two contracts have one operation, one route or one name. */
export function openApiDocument(
  contracts: readonly AreaContract[],
  accessOf: AccessOf,
  version: string,
): OpenApiDocument {
  refuseRepeated(contracts);
  const schemas = new JsonSchemas({
    Problem: problemSchema,
    ...Object.assign({}, ...contracts.map(({ named }) => named ?? {})),
  });
  const routes = contracts.flatMap((contract) => contract.routes.map((route) => ({ tag: contract.tag, route })));
  for (const schema of [problemSchema, ...routes.flatMap(({ route }) => schemasIn(route))]) schemas.want(schema);
  const built = schemas.built();

  const paths = new Map<string, Record<string, Operation>>();
  for (const { tag, route } of routes) {
    const access = accessOf(`${route.method} ${route.path}`);
    const method = { [route.method.toLowerCase()]: operationOf(tag, route, access, built.of) };
    paths.set(route.path, { ...paths.get(route.path), ...method });
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Yiqi',
      version,
      summary: 'Campaigns from proposal to closeout: gifts, matching, disclosure.',
      description:
        'JSON in UTF-8, at most 64 KB a request. Amounts are whole numbers of the smallest unit of the currency (`…Minor`), instants are ISO 8601 in UTC, days `YYYY-MM-DD` in the zone of the campaign. Fields that are not named here are refused. Errors are problem documents (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      { url: '{apiUrl}', variables: { apiUrl: { default: 'http://127.0.0.1', description: 'The output ApiUrl' } } },
    ],
    tags: contracts.map(({ tag }) => ({ name: tag })),
    paths: Object.fromEntries([...paths].toSorted(([left], [right]) => (left < right ? -1 : 1))),
    components: {
      schemas: built.components,
      securitySchemes: {
        staff: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of the user pool.' },
      },
    },
  };
}

const schemasIn = ({ body, query, answers }: RouteContract): z.ZodType[] => [
  ...(body === undefined ? [] : [body]),
  ...(query === undefined ? [] : Object.values(query.shape as Record<string, z.ZodType>)),
  ...Object.values(answers).flatMap((answer) => (answer.body === undefined ? [] : [answer.body])),
];

type SchemaOf = (schema: z.ZodType) => JsonSchema;

function operationOf(tag: string, route: RouteContract, access: RouteAccess, schemaOf: SchemaOf): Operation {
  const isStaff = access.kind === 'staff';
  const parameters = parametersOf(route, schemaOf);
  return {
    operationId: route.operation,
    tags: [tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: isStaff ? [{ staff: [] }] : [],
    ...(isStaff ? { 'x-roles': access.roles } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse(undefined).success,
            content: { [route.bodyType ?? 'application/json']: { schema: schemaOf(route.body) } },
          },
        }),
    responses: { ...answersOf(route, schemaOf), ...problemsOf(route, isStaff, schemaOf) },
  };
}

function parametersOf(route: RouteContract, schemaOf: SchemaOf): readonly Parameter[] {
  const names = [...route.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
  return [
    ...names.map((name) => parameter(name, 'path', true, TEXT, PARAMETERS[name])),
    ...Object.entries((route.query?.shape ?? {}) as Record<string, z.ZodType>).map(([name, schema]) =>
      parameter(name, 'query', !schema.safeParse(undefined).success, schemaOf(schema), schema.description),
    ),
    ...(route.idempotencyKey === undefined
      ? []
      : [
          parameter('Idempotency-Key', 'header', route.idempotencyKey === 'needed', KEY, 'The same again is done once'),
        ]),
    ...Object.entries(route.headers ?? {}).map(([name, holds]) => parameter(name, 'header', true, TEXT, holds)),
    ...(route.ifMatch === undefined ? [] : [parameter('If-Match', 'header', true, TEXT, 'The ETag of what was read')]),
  ];
}

function parameter(
  name: string,
  place: Parameter['in'],
  required: boolean,
  schema: JsonSchema,
  description: string | undefined,
): Parameter {
  return { name, in: place, required, ...(description === undefined ? {} : { description }), schema };
}

function answersOf(route: RouteContract, schemaOf: SchemaOf): Operation['responses'] {
  const etag = { ETag: { description: 'For If-Match or If-None-Match', schema: TEXT } };
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, body, contentType }]) => {
      const type = contentType ?? (body === undefined ? undefined : 'application/json');
      return [
        status,
        {
          description,
          ...(route.etag === true && Number(status) < 300 ? { headers: etag } : {}),
          ...(type === undefined
            ? {}
            : { content: { [type]: { schema: body === undefined ? TEXT : schemaOf(body) } } }),
        },
      ];
    }),
  );
}

function problemsOf(route: RouteContract, isStaff: boolean, schemaOf: SchemaOf): Operation['responses'] {
  const content = { [PROBLEM_TYPE]: { schema: schemaOf(problemSchema) } };
  const told = Object.entries(problemCodesOf(route, isStaff)).map(([status, codes]) => [
    status,
    { description: codes.map((code) => `\`${code}\``).join(', '), content },
  ]);
  return {
    ...(isStaff ? { 401: { description: 'No token, or one that has ended' } } : {}),
    ...Object.fromEntries(told),
  };
}

function refuseRepeated(contracts: readonly AreaContract[]): void {
  const routes = contracts.flatMap((contract) => contract.routes);
  const names = {
    operation: routes.map(({ operation }) => operation),
    route: routes.map(({ method, path }) => `${method} ${path}`),
    schema: ['Problem', ...contracts.flatMap(({ named }) => Object.keys(named ?? {}))],
    tag: contracts.map(({ tag }) => tag),
  };
  for (const [what, list] of Object.entries(names)) {
    const repeated = list.filter((name, place) => list.indexOf(name) !== place);
    if (repeated.length > 0) throw new Error(`two contracts have the ${what} ${repeated.join(', ')}`);
  }
}
