import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { closeoutReportSchema } from '../../functions/closeout/closeout-report.ts';
import { eventful, sampleReport } from './sample-report.ts';

const FILE = join(import.meta.dirname, '../../docs/closeout-report.schema.json');
/** `VITEST_UPDATE=true npx vitest run test/closeout/report-schema.test.ts` writes it anew; `npx biome format --write` lays it out. */
const isUpdate = process.env['VITEST_UPDATE'] === 'true';

const jsonSchema = () => ({
  ...z.toJSONSchema(closeoutReportSchema, { io: 'input', target: 'draft-2020-12' }),
  $id: 'urn:yiqi:closeout-report:3',
  title: 'Closeout report, version 3',
  description:
    'Amounts are fen, instants UTC, days and hours those of campaign.zone. What people sign is the SHA-256 of such a document.',
});

describe('the JSON schema of the report', () => {
  it('is the one that is published', () => {
    const schema = JSON.parse(JSON.stringify(jsonSchema()));
    if (isUpdate) writeFileSync(FILE, `${JSON.stringify(schema, null, 2)}\n`);
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(schema);
  });

  it.each(['zh-CN', 'en'] as const)(
    'takes every %s report as it is written, and none with a member more or less',
    (language) => {
      const schema = z.fromJSONSchema(JSON.parse(readFileSync(FILE, 'utf8')));
      for (const change of [undefined, eventful]) {
        const written: Record<string, unknown> = JSON.parse(JSON.stringify(sampleReport(language, change)));
        expect(schema.safeParse(written).error?.issues).toBeUndefined();
        const { summary: _, ...less } = written;
        expect(schema.safeParse(less).success).toBe(false);
        expect(schema.safeParse({ ...written, more: 1 }).success).toBe(false);
      }
    },
  );
});
