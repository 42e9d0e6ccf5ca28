import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { breakingChanges } from '../../client/breaking-changes.ts';
import { CONTRACTS } from '../../client/contracts.ts';
import type { OpenApiDocument, Operation } from '../../client/document.ts';
import { breaksOfRelease, DOCUMENT_FILE, generated, TYPES_FILE } from '../../client/openapi.ts';
import { mayBreak, unannouncedBreaks } from '../../client/release.ts';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { MANIFEST } from '../../functions/manifest.ts';

let now: Awaited<ReturnType<typeof generated>>;
const document = (): OpenApiDocument => JSON.parse(now.document) as OpenApiDocument;
beforeAll(async () => {
  now = await generated();
}, 60_000);

describe('the OpenAPI document', () => {
  it('that is committed and served is the one that the contracts make now: `npm run openapi` writes it', () => {
    expect(readFileSync(DOCUMENT_FILE, 'utf8')).toBe(now.document);
    expect(readFileSync(TYPES_FILE, 'utf8')).toBe(now.types);
  });

  it('is an OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(now.document) as Record<string, unknown>);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('has every route of the API, and none that is not there', () => {
    const deployed = (Object.values(MANIFEST) as FunctionSpec[]).flatMap(({ trigger }) =>
      trigger.kind === 'http' ? trigger.routes.map(({ method, path }) => `${method} ${path}`) : [],
    );
    const told = CONTRACTS.flatMap(({ routes }) => routes).map(({ method, path }) => `${method} ${path}`);
    expect(told.toSorted()).toEqual(deployed.toSorted());
  });

  it('says of every staff route which roles may call it', () => {
    const operations = Object.values(document().paths).flatMap((methods) => Object.values(methods));
    const staff = operations.filter(({ security }) => security.length > 0);
    for (const operation of staff) expect(operation['x-roles'], operation.operationId).not.toEqual([]);
  });

  it('breaks nothing for callers of the last release, unless its version says so', () => {
    expect(breaksOfRelease(now.document)).toEqual([]);
  });
});

describe('a breaking change', () => {
  /** A document with one route, in which one thing is different. */
  const changed = (change: (copy: OpenApiDocument) => void): OpenApiDocument => {
    const copy = structuredClone(document());
    change(copy);
    return copy;
  };
  const figures = '/public/campaigns/{campaignId}';
  const at = (copy: OpenApiDocument, path: string): Partial<Operation> => copy.paths[path]?.['get'] ?? {};

  it('is not seen where there is none', () => {
    expect(breakingChanges(document(), document())).toEqual([]);
  });

  it.each([
    ['a route that is gone', (copy: OpenApiDocument) => Reflect.deleteProperty(copy.paths, figures), /figures|is gone/],
    [
      'an answer that lost a member',
      (copy: OpenApiDocument) =>
        Reflect.deleteProperty(
          (copy.components.schemas['PublicFigures'] as { properties: object }).properties,
          'raised',
        ),
      /raised is no longer answered/,
    ],
    [
      'an answer in which a member may be missing',
      (copy: OpenApiDocument) => (copy.components.schemas['PublicFigures'] as { required: string[] }).required.shift(),
      /may be missing from the answer/,
    ],
    [
      'an answer in which a member has another type',
      (copy: OpenApiDocument) =>
        Object.assign((copy.components.schemas['PublicGift'] as { properties: object }).properties, {
          no: { type: 'string' },
        }),
      /no can now be of type string/,
    ],
    [
      'a parameter that is needed now',
      (copy: OpenApiDocument) =>
        Object.assign(at(copy, `${figures}/gifts`), {
          parameters: [{ name: 'before', in: 'query', required: true, schema: { type: 'string' } }],
        }),
      /needs the query parameter before/,
    ],
    [
      'a token that is needed now',
      (copy: OpenApiDocument) => Object.assign(at(copy, figures), { security: [{ staff: [] }] }),
      /needs a token/,
    ],
    [
      'another name',
      (copy: OpenApiDocument) => Object.assign(at(copy, figures), { operationId: 'figures' }),
      /is now called figures/,
    ],
    [
      'a status that is gone',
      (copy: OpenApiDocument) => Object.assign(at(copy, figures), { responses: {} }),
      /no longer answers 200/,
    ],
    [
      'a value that is no longer taken',
      (copy: OpenApiDocument) =>
        Object.assign(at(copy, `${figures}/page`), {
          parameters: [{ name: 'lang', in: 'query', required: false, schema: { type: 'string', enum: ['en'] } }],
        }),
      /lang may no longer be zh-CN/,
    ],
  ])('is %s', (_, change, sentence) => {
    const found = breakingChanges(document(), changed(change as (copy: OpenApiDocument) => void));
    expect(found.join('\n')).toMatch(sentence);
  });

  it('is no new route, no new answer and no new member of an answer', () => {
    const more = changed((copy) => {
      Object.assign(copy.paths, { '/new': copy.paths[figures] });
      Object.assign((copy.components.schemas['PublicFigures'] as { properties: object }).properties, { more: {} });
      Object.assign(at(copy, figures).responses ?? {}, { 202: { description: 'Later' } });
    });
    expect(breakingChanges(document(), more)).toEqual([]);
  });

  it.each([
    ['0.1.0', '0.1.1', false],
    ['0.1.0', '0.2.0', true],
    ['0.9.3', '1.0.0', true],
    ['1.4.0', '1.5.0', false],
    ['1.4.0', '2.0.0', true],
    ['0.2.0', '0.1.9', false],
    ['1.0.0', '0.9.0', false],
  ])('of what was released as %s may come with %s: %s', (released, current, allowed) => {
    expect(mayBreak(released, current)).toBe(allowed);
  });

  it('is refused with each of its sentences until the version is raised', () => {
    const before = changed((copy) => Object.assign(copy.info, { version: '0.1.0' }));
    const next = (version: string) =>
      changed((copy) => {
        Object.assign(copy.info, { version });
        Reflect.deleteProperty(copy.paths, figures);
        Reflect.deleteProperty(copy.paths, `${figures}/gifts`);
      });
    expect(unannouncedBreaks(before, next('0.1.1'))).toEqual([
      `GET ${figures} is gone`,
      `GET ${figures}/gifts is gone`,
    ]);
    expect(unannouncedBreaks(before, next('0.2.0'))).toEqual([]);
  });

  it('is not that a body may be left out which was needed, and is that one is needed which was not', () => {
    const bookings = '/statement-imports/{importId}/bookings';
    const needed = changed((copy) =>
      Object.assign(copy.paths[bookings]?.['post']?.requestBody ?? {}, { required: true }),
    );
    expect(breakingChanges(needed, document())).toEqual([]);
    expect(breakingChanges(document(), needed)).toEqual([`POST ${bookings}: needs a body`]);
  });
});
