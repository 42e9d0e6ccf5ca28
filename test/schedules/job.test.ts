import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { readScheduleExpression } from '../../functions/kernel/schedule-expression.ts';
import { instantOf, timeZoneSchema } from '../../functions/kernel/time.ts';
import { MANIFEST } from '../../functions/manifest.ts';
import { organisationIdSchema } from '../../functions/organisations/organisation.ts';
import { JOB_NAMES, jobOf, USUAL_ZONE } from '../../functions/schedules/job.ts';
import { checkedExpression, placedName } from '../../functions/schedules/schedule.ts';

const NOW = instantOf('2026-11-24T00:00:00Z');
const jobs = (Object.entries(MANIFEST) as [string, FunctionSpec][]).flatMap(([name, { trigger }]) =>
  trigger.kind === 'job' ? [{ name, job: trigger.job }] : [],
);

describe('the catalogue of jobs', () => {
  it('names every function that a schedule starts, by the name of the function, and no other', () => {
    expect(jobs.map(({ job }) => job).toSorted()).toEqual([...JOB_NAMES].toSorted());
    for (const { name, job } of jobs) expect(job).toBe(name);
  });

  it('gives every job a schedule that EventBridge Scheduler reads, in a zone that there is', () => {
    expect(timeZoneSchema.parse(USUAL_ZONE)).toBe(USUAL_ZONE);
    for (const job of JOB_NAMES) expect(readScheduleExpression(jobOf(job).expression).kind, job).toBe('read');
  });

  it('gives organisations none that they could not have set themselves', () => {
    const ofOrganisations = JOB_NAMES.filter((job) => jobOf(job).of === 'organisation');
    expect(ofOrganisations.length).toBeGreaterThan(2);
    for (const job of ofOrganisations)
      expect(checkedExpression({ expression: jobOf(job).expression, zone: USUAL_ZONE }, NOW).kind, job).toBe('checked');
  });

  it('is told to people as a whole', () => {
    const told = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'schedules.md'), 'utf8');
    const listed = [...told.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, job]) => job);
    expect(listed.toSorted()).toEqual([...JOB_NAMES].toSorted());
  });

  it('keeps the names of copies within the 64 characters of EventBridge Scheduler, whatever the organisation', () => {
    const longest = 'x'.repeat(40);
    expect(organisationIdSchema.safeParse(longest).success).toBe(true);
    expect(organisationIdSchema.safeParse(`${longest}x`).success).toBe(false);
    for (const job of JOB_NAMES) expect(placedName({ organisationId: longest, job })).toMatch(/^[a-z0-9-]+\.[a-z-]+$/);
    for (const job of JOB_NAMES)
      expect(placedName({ organisationId: longest, job }).length, job).toBeLessThanOrEqual(64);
  });
});
