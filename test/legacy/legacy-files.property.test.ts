import { describe, expect, it } from 'vitest';
import { legacyFiles } from '../../local/demo/legacy/legacy-files.ts';
import { wrongValues } from '../../local/demo/legacy/scripted-person.ts';
import {
  GOODS_MINOR,
  MONEY_MINOR,
  PROJECT_COUNT,
  sumsOf,
  trueProjects,
} from '../../local/demo/legacy/true-projects.ts';
import { readAll } from './true-reading.ts';

const SEEDS = Array.from({ length: 25 }, (_, at) => at + 1);

describe('the old projects of the demo', () => {
  it('are 132, with funds and goods of exactly 50,000,000 yuan, whatever the seed', () => {
    for (const seed of SEEDS) {
      const projects = trueProjects(seed);
      expect(projects).toHaveLength(PROJECT_COUNT);
      expect(sumsOf(projects)).toEqual({ moneyMinor: MONEY_MINOR, goodsMinor: GOODS_MINOR });
      expect(MONEY_MINOR + GOODS_MINOR).toBe(5_000_000_000);
    }
  });
});

describe('lists as offices hand them in', () => {
  it('give no value that is wrong and not marked as inferred, whatever the seed', () => {
    for (const seed of SEEDS) {
      const made = legacyFiles(seed);
      const { held, strange } = readAll(made, []);
      expect(strange).toEqual([]);
      const silent = held.flatMap((one) =>
        wrongValues(one.truth, one.isCopy, one.facts)
          .filter(({ told }) => told.how !== 'inferred')
          .map((wrong) => ({ seed, file: one.fileName, row: one.row, ...wrong })),
      );
      expect(silent).toEqual([]);
    }
  });

  it('lose no row: each is a project, or a problem that names its cell', () => {
    for (const seed of SEEDS) {
      const made = legacyFiles(seed);
      const { held, problems } = readAll(made, []);
      const lost = made.rows.filter(
        ({ fileName, sheet, row }) =>
          !held.some((one) => one.fileName === fileName && one.sheet === sheet && one.row === row) &&
          !problems.some((one) => one.fileName === fileName && one.sheet === sheet && one.row === row),
      );
      expect(lost).toEqual([]);
      expect(problems.length).toBe(made.entries.length);
    }
  });

  it('are whole once somebody has written what nobody could read', () => {
    for (const seed of SEEDS) {
      const made = legacyFiles(seed);
      const { held, problems } = readAll(made, made.entries);
      expect(problems).toEqual([]);
      expect(new Set(held.map(({ truth }) => truth.number)).size).toBe(PROJECT_COUNT);
      expect(held).toHaveLength(made.rows.length);
    }
  });
});
