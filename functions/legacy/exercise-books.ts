import type { FieldProblem } from '../kernel/errors.ts';
import { formatMoney, minor } from '../kernel/money.ts';
import { type CandidatePair, candidatePairs } from './duplicate-pairs.ts';
import type { Exercise, LegacyClosing, LegacyDecision, PairDecision, Selection, Standing } from './legacy-exercise.ts';
import {
  isSettled,
  isUnconfirmed,
  type LegacyProject,
  MUST_BE_CONFIRMED,
  unconfirmedOf,
  valuesBy,
  valuesSeen,
} from './legacy-project.ts';
import { DOCUMENT_NAMES, type LegacySettings } from './legacy-settings.ts';

/** An exercise with everything in it, as it stood at one version. */
export type ExerciseBooks = {
  readonly exercise: Exercise;
  readonly projects: readonly LegacyProject[];
  readonly pairs: readonly PairDecision[];
  readonly decisions: readonly LegacyDecision[];
  readonly closings: readonly LegacyClosing[];
};

/** What is asked of an exercise again and again, looked up once. */
export class Books {
  readonly books: ExerciseBooks;
  readonly #closed: ReadonlyMap<string, LegacyClosing>;
  readonly #decisions = new Map<string, LegacyDecision>();
  readonly #seen: ReadonlyMap<string, string>;
  readonly #pairs: readonly CandidatePair[];
  readonly #paired: ReadonlySet<string>;

  constructor(books: ExerciseBooks) {
    this.books = books;
    this.#closed = new Map(books.closings.map((closing) => [closing.projectId, closing]));
    // The last decision on a project counts.
    for (const decision of books.decisions)
      for (const projectId of decision.projectIds) this.#decisions.set(projectId, decision);
    this.#seen = new Map(books.projects.map((project) => [project.projectId, valuesSeen(project)]));
    const decided = new Set(books.pairs.map(({ pairId }) => pairId));
    this.#pairs = candidatePairs(books.projects).filter(({ pairId }) => !decided.has(pairId));
    this.#paired = new Set(this.#pairs.flatMap(({ projectIds }) => projectIds));
  }

  /** Pairs about which nobody has decided. */
  get openPairs(): readonly CandidatePair[] {
    return this.#pairs;
  }

  /** Projects that count: all but the copies of others. */
  get counted(): readonly LegacyProject[] {
    return this.books.projects.filter(({ sameAs }) => sameAs === undefined);
  }

  closingOf = (projectId: string): LegacyClosing | undefined => this.#closed.get(projectId);
  /** The last decision on a project, as far as its values are still those that were decided on. */
  decisionOf = (projectId: string): LegacyDecision | undefined => {
    const decision = this.#decisions.get(projectId);
    return decision?.seen[projectId] === this.#seen.get(projectId) ? decision : undefined;
  };
  /** The last decision on a project whose values have changed since, so that it holds no more. */
  outdatedDecisionOf = (projectId: string): LegacyDecision | undefined =>
    this.decisionOf(projectId) === undefined ? this.#decisions.get(projectId) : undefined;
  isInOpenPair = (projectId: string): boolean => this.#paired.has(projectId);

  standingOf(project: LegacyProject): Standing {
    if (project.sameAs !== undefined) return 'same';
    if (this.closingOf(project.projectId) !== undefined) return 'closed';
    if (MUST_BE_CONFIRMED.some((field) => isUnconfirmed(project.facts[field])) || this.isInOpenPair(project.projectId))
      return 'unconfirmed';
    if (!project.papers.every(isSettled))
      return this.decisionOf(project.projectId)?.decision === 'keep-open' ? 'decided' : 'papers-missing';
    return this.decisionOf(project.projectId) === undefined ? 'ready' : 'decided';
  }

  isSelected(project: LegacyProject, selection: Selection): boolean {
    const { facts, projectId, papers } = project;
    const { projectIds, fromYear, untilYear, county, source, kind, standing, assignee } = selection;
    const is = (wanted: string | undefined, value: string): boolean => wanted === undefined || wanted === value;
    return (
      (projectIds === undefined || projectIds.includes(projectId)) &&
      (fromYear === undefined || facts.year.value >= fromYear) &&
      (untilYear === undefined || facts.year.value <= untilYear) &&
      is(county, facts.county.value) &&
      is(source, facts.source.value) &&
      is(kind, facts.kind.value) &&
      (standing === undefined || this.#stands(project, standing)) &&
      (assignee === undefined || papers.some((paper) => paper.assignee === assignee && !isSettled(paper)))
    );
  }

  #stands(project: LegacyProject, standing: Standing): boolean {
    const own = this.standingOf(project);
    return standing === 'undecided'
      ? own !== 'same' && own !== 'closed' && this.decisionOf(project.projectId) === undefined
      : own === standing;
  }

  /** Copies are among them only where they are named, or asked for as such: nothing is done to them. */
  selected(selection: Selection): LegacyProject[] {
    const isMeant = ({ sameAs }: LegacyProject): boolean =>
      sameAs === undefined || selection.projectIds !== undefined || selection.standing === 'same';
    return this.books.projects.filter((project) => isMeant(project) && this.isSelected(project, selection));
  }

  /** Projects that were named and are not there. */
  unknownIn = ({ projectIds = [] }: Selection): string[] => {
    const known = new Set(this.books.projects.map(({ projectId }) => projectId));
    return projectIds.filter((projectId) => !known.has(projectId));
  };

  /**
   * Everything that stands between a project and its closing by a decision; empty where nothing does. One that is kept open
   * needs nothing, because nothing ends.
   */
  obstaclesTo(project: LegacyProject, decision: LegacyDecision['decision'] | undefined): FieldProblem[] {
    const { projectId, facts, papers, sameAs } = project;
    const field = `projects.${projectId}`;
    if (sameAs !== undefined)
      return [{ field, problem: `is the same as ${sameAs}`, fix: 'leave it out of the selection' }];
    if (this.closingOf(projectId) !== undefined)
      return [{ field, problem: 'is closed', fix: 'leave it out of the selection' }];
    if (decision === 'keep-open') return [];
    const missing = papers.filter((paper) => !isSettled(paper)).map(({ kind }) => DOCUMENT_NAMES[kind]);
    return [
      ...MUST_BE_CONFIRMED.filter((name) => isUnconfirmed(facts[name])).map((name) => ({
        field: `${field}.${name}`,
        problem: `of “${facts.name.value}” was inferred, and nobody has confirmed it`,
        fix: 'look at the cell it is from, then confirm or correct it',
      })),
      ...(this.isInOpenPair(projectId)
        ? [{ field, problem: `“${facts.name.value}” may stand in two lists`, fix: 'decide on the pair first' }]
        : []),
      ...(missing.length === 0
        ? []
        : [
            {
              field: `${field}.papers`,
              problem: `of “${facts.name.value}” are missing: ${missing.join('、')}`,
              fix: 'upload them, or have two people say that they are lost',
            },
          ]),
    ];
  }
}

/**
 * What keeps a decision from being taken on projects, and later from being carried out: all of it at once. Nobody decides on values
 * that they wrote or confirmed themselves; one that is kept open ends nothing, and so that is no matter.
 */
export function decisionProblems(
  books: Books,
  projects: readonly LegacyProject[],
  { decision, hasMinutes, by }: DecisionTerms,
  { collectiveFromMinor }: Pick<LegacySettings, 'collectiveFromMinor'>,
): FieldProblem[] {
  const problems = projects.flatMap((project) => books.obstaclesTo(project, decision));
  if (decision !== 'keep-open') problems.push(...projects.flatMap((project) => ownValues(project, by)));
  const large = projects.filter(
    ({ facts }) => (facts.moneyMinor?.value ?? 0) + (facts.goodsMinor?.value ?? 0) >= collectiveFromMinor,
  );
  if (!hasMinutes && decision !== 'keep-open' && large.length > 0)
    problems.push({
      field: 'minutes',
      problem: `are missing, while ${large.length} of the projects are large sums (from ${formatMoney(minor(collectiveFromMinor), 'CNY')} on)`,
      fix: 'give the meeting that decided on them, or leave them out',
    });
  return problems;
}

type DecisionTerms = {
  readonly decision: LegacyDecision['decision'];
  readonly hasMinutes: boolean;
  /** Who takes it, or took it. */
  readonly by: string;
};

function ownValues(project: LegacyProject, by: string): FieldProblem[] {
  const own = valuesBy(project, by);
  if (own.length === 0) return [];
  const { projectId, facts } = project;
  return [
    {
      field: `projects.${projectId}`,
      problem: `“${facts.name.value}” has values that were written or confirmed by whoever decides: ${own.join(', ')}`,
      fix: 'have somebody else decide on it',
    },
  ];
}

/** How far an exercise has come. */
export function progressOf(books: Books) {
  const { projects } = books.books;
  const standings = Object.groupBy(projects, (project) => books.standingOf(project));
  const count = (standing: Standing): number => standings[standing]?.length ?? 0;
  const papers = books.counted.flatMap((project) => project.papers);
  return {
    projects: books.counted.length,
    moneyMinor: books.counted.reduce((all, { facts }) => all + (facts.moneyMinor?.value ?? 0), 0),
    goodsMinor: books.counted.reduce((all, { facts }) => all + (facts.goodsMinor?.value ?? 0), 0),
    unconfirmedValues: books.counted.flatMap(({ facts }) => unconfirmedOf(facts)).length,
    openPairs: books.openPairs.length,
    missingPapers: papers.filter((paper) => !isSettled(paper)).length,
    standings: {
      unconfirmed: count('unconfirmed'),
      papersMissing: count('papers-missing'),
      ready: count('ready'),
      decided: count('decided'),
      closed: count('closed'),
      same: count('same'),
    },
    byYear: tally(books, ({ facts }) => String(facts.year.value)),
    byCounty: tally(books, ({ facts }) => facts.county.value),
    byAssignee: byAssignee(books),
  };
}

function tally(books: Books, nameOf: (project: LegacyProject) => string) {
  return [...Map.groupBy(books.counted, nameOf)]
    .map(([name, projects]) => ({
      name,
      projects: projects.length,
      closed: projects.filter(({ projectId }) => books.closingOf(projectId) !== undefined).length,
      moneyMinor: projects.reduce((all, { facts }) => all + (facts.moneyMinor?.value ?? 0), 0),
      goodsMinor: projects.reduce((all, { facts }) => all + (facts.goodsMinor?.value ?? 0), 0),
    }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function byAssignee(books: Books) {
  const open = books.counted.flatMap(({ papers }) => papers.filter((paper) => !isSettled(paper)));
  return [...Map.groupBy(open, ({ assignee }) => assignee ?? '')]
    .map(([assignee, papers]) => ({
      assignee: assignee === '' ? null : assignee,
      papers: papers.length,
      firstDueOn:
        papers
          .map(({ dueOn }) => dueOn ?? '')
          .filter((day) => day !== '')
          .sort()[0] ?? null,
    }))
    .toSorted((left, right) => ((left.assignee ?? '') < (right.assignee ?? '') ? -1 : 1));
}
