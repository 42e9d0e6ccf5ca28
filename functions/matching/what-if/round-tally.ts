import { add, type Minor, minor, ZERO } from '../../kernel/money.ts';
import type { RoundRule } from '../matching-rule.ts';
import type { GiftToMatch } from '../matching-state.ts';
import { performanceRound } from '../rounds/performance-round.ts';
import { quadraticRound } from '../rounds/quadratic-round.ts';

type Project = { gifts: number; readonly donors: Map<string, Minor> };

/**
 * What rounds need to know at the end: what each donor gave to each unit. Takes the gifts that would count if nobody decided
 * anything else: paid in time, for a unit, not held.
 */
export class RoundTally {
  readonly #projects = new Map<string, Project>();
  readonly #unitIds: readonly string[];

  constructor(unitIds: readonly string[]) {
    this.#unitIds = unitIds;
  }

  take({ unitId, donorId, amountMinor }: GiftToMatch): void {
    if (unitId === undefined) return;
    let project = this.#projects.get(unitId);
    if (project === undefined) {
      project = { gifts: 0, donors: new Map() };
      this.#projects.set(unitId, project);
    }
    project.gifts += 1;
    project.donors.set(donorId, add(project.donors.get(donorId) ?? ZERO, amountMinor));
  }

  /** What a round would share, by unit: the round itself, by the same code that pays it. */
  sharesOf(rule: RoundRule): readonly { readonly unitId: string; readonly shareMinor: Minor }[] {
    if (rule.kind === 'quadratic') {
      const projects = [...this.#projects].map(([unitId, { donors }]) => ({
        unitId,
        donorTotalsMinor: [...donors.values()],
      }));
      return quadraticRound(rule, projects).projects;
    }
    const results = this.#unitIds.map((unitId) => {
      const project = this.#projects.get(unitId);
      const totals = [...(project?.donors.values() ?? [])];
      return {
        unitId,
        raisedMinor: minor(totals.reduce((total, amountMinor) => total + amountMinor, 0)),
        donors: totals.length,
        gifts: project?.gifts ?? 0,
      };
    });
    return performanceRound(rule, results).projects;
  }
}
