import * as z from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * JSON Schemas (2020-12, as OpenAPI 3.1 has them) of zod schemas. Those that are `named` become components, and wherever
 * another holds one of them it refers to it.
 */
export class JsonSchemas {
  readonly #registry = z.registry<{ id: string }>();
  readonly #named = new Set<string>();
  readonly #inline = new Map<z.ZodType, string>();

  /** `ids` under which schemas are components. */
  constructor(named: Readonly<Record<string, z.ZodType>>) {
    for (const [id, schema] of Object.entries(named)) {
      this.#named.add(id);
      this.#registry.add(schema, { id });
    }
  }

  /** Asks for the schema of something that a route takes or answers; it is there after `built`. */
  want(schema: z.ZodType): void {
    if (this.#registry.has(schema)) return;
    const id = `inline-${this.#inline.size}`;
    this.#inline.set(schema, id);
    this.#registry.add(schema, { id });
  }

  /** Everything that was asked for. What is sent and what is received are written alike: as JSON, before any of it is read. */
  built(): {
    readonly components: Readonly<Record<string, JsonSchema>>;
    readonly of: (schema: z.ZodType) => JsonSchema;
  } {
    const { schemas } = z.toJSONSchema(this.#registry, {
      io: 'input',
      target: 'draft-2020-12',
      unrepresentable: 'any',
      uri: (id) => `${COMPONENTS}${id}`,
    });
    const raw = new Map(Object.entries(schemas).map(([id, schema]) => [id, withoutHeader(schema)]));
    // One that is asked for by itself and stands in another too is referred to there by a name that nobody knows.
    const inlined = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(inlined);
      if (typeof value !== 'object' || value === null) return value;
      const { $ref, ...rest } = value as Record<string, unknown>;
      const id = typeof $ref === 'string' ? $ref.slice(COMPONENTS.length) : undefined;
      if (id !== undefined && !this.#named.has(id)) return inlined({ ...raw.get(id), ...rest });
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inlined(member)]));
    };
    const plain = Object.fromEntries([...raw].map(([id, schema]) => [id, inlined(schema) as JsonSchema]));
    const components = Object.fromEntries(Object.entries(plain).filter(([id]) => this.#named.has(id)));
    return {
      components,
      of: (schema) => {
        const id = this.#registry.get(schema)?.id ?? '';
        return this.#named.has(id) ? { $ref: `${COMPONENTS}${id}` } : (plain[id] ?? {});
      },
    };
  }
}

const COMPONENTS = '#/components/schemas/';

const withoutHeader = ({ $schema: _, $id: __, ...schema }: Record<string, unknown>): JsonSchema => schema;
