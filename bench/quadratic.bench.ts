import type { Minor } from '../functions/kernel/money.ts';
import { seededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import { recheckQuadraticRound } from '../functions/matching/rounds/quadratic-oracle.ts';
import {
  type GiftLine,
  type QuadraticShare,
  type QuadraticTerms,
  quadraticRound,
  totalsByDonor,
} from '../functions/matching/rounds/quadratic-round.ts';
import { type Benchmark, type FigureTable, number, spread, standingsTable, verdict } from './findings.ts';
import { type PeerRun, runPeer } from './quadratic-peer.ts';
import { type Contestant, compete, FEWEST_ROUNDS, spreadOf } from './rounds.ts';

const PROJECTS = 300;
const COMPETITION_GIFTS = 100_000;
const GROWTH = [10_000, 100_000, 1_000_000];
/** A donor for every two and a half gifts, each to any project: most pairs of donor and project are single gifts. */
const GIFTS_PER_DONOR = 2.5;
/** Gifts of 1 to 33.40 yuan, one in fifty 200 yuan more, as in the other benchmarks. */
const SMALLEST_MINOR = 100;
const RANGE_MINOR = 3_240;
const LARGE_SHARE = 0.02;
const LARGE_EXTRA_MINOR = 20_000;
/** A third of a percent is what each of 300 projects would get on average, so that a little above it caps many. */
const TERMS: QuadraticTerms = {
  poolMinor: 1_000_000_000 as Minor,
  variant: 'linear',
  scaleUp: true,
  capShareBasisPoints: 34,
};
/** The terms that the published implementation knows: it caps otherwise. */
const PEER_TERMS: QuadraticTerms = { poolMinor: TERMS.poolMinor, variant: 'linear', scaleUp: true };
const TARGET_SECONDS = 5;

/** A quadratic round from gift lines to shares, beside the oracle that checks it and beside what a spreadsheet does. */
export const quadratic: Benchmark = {
  title: 'Quadratic round: from gifts to shares of 300 projects, one core',
  async run() {
    const gifts = giftsOf(COMPETITION_GIFTS);
    const shares = roundOf(gifts).projects;
    const standings = await compete([
      over(gifts, 'ours (whole numbers, exact)', () => roundOf(gifts)),
      over(gifts, 'naive oracle (BigInt, pair by pair)', () => recheck(gifts, shares)),
      over(gifts, 'floats, as in a spreadsheet', () => floatShares(gifts)),
    ]);
    const { table, seconds } = growth();
    const peer = await runPeer(gifts, PEER_TERMS.poolMinor, FEWEST_ROUNDS);
    return {
      tables: [
        standingsTable('gifts', standings),
        differences(gifts, shares),
        ...('absent' in peer ? [] : [besidePeer(gifts, peer)]),
        table,
      ],
      notes: [
        verdict('seconds for a million gifts', seconds, TARGET_SECONDS, 'at most'),
        'The rule keeps 30 decimals of every root; the floats keep 16 digits and round each share by itself.',
        'absent' in peer
          ? `pluralistic-rs does not stand beside it: ${peer.absent}`
          : 'pluralistic-rs 0.2.0 (crates.io) is native code in floats; nothing of the kind was on npm or PyPI on 2026-11-24.',
      ],
      figures: { secondsOfMillion: seconds },
    };
  },
};

function giftsOf(count: number, seed = 1): GiftLine[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({
    unitId: `unit-${random.below(PROJECTS)}`,
    donorId: `dnr_${random.below(count / GIFTS_PER_DONOR)}`,
    amountMinor: (SMALLEST_MINOR +
      random.below(RANGE_MINOR) +
      (random.happens(LARGE_SHARE) ? LARGE_EXTRA_MINOR : 0)) as Minor,
  }));
}

const roundOf = (gifts: readonly GiftLine[]) => quadraticRound(TERMS, totalsByDonor(gifts));

function over(gifts: readonly GiftLine[], name: string, work: () => unknown): Contestant {
  return {
    name,
    run() {
      work();
      return gifts.length;
    },
  };
}

/** The oracle must agree, or the comparison is worth nothing. */
function recheck(gifts: readonly GiftLine[], shares: readonly QuadraticShare[]): void {
  if (recheckQuadraticRound(TERMS, gifts, shares).kind !== 'agrees') throw new Error('the oracle disagrees');
}

/** The formula in doubles, each share rounded by itself: what is written down where nobody asks for the last fen. */
function floatShares(gifts: readonly GiftLine[]): Map<string, number> {
  const units = new Map<string, Map<string, number>>();
  for (const { unitId, donorId, amountMinor } of gifts) {
    const donors = units.get(unitId) ?? new Map<string, number>();
    donors.set(donorId, (donors.get(donorId) ?? 0) + amountMinor);
    units.set(unitId, donors);
  }
  const raw = new Map<string, number>();
  for (const [unitId, donors] of units) {
    let roots = 0;
    let totals = 0;
    for (const total of donors.values()) {
      roots += Math.sqrt(total);
      totals += total;
    }
    raw.set(unitId, roots ** 2 - totals);
  }
  const cap = (TERMS.poolMinor * (TERMS.capShareBasisPoints ?? 0)) / 10_000;
  const capped = new Set<string>();
  for (;;) {
    const left = TERMS.poolMinor - cap * capped.size;
    let open = 0;
    for (const [unitId, amount] of raw) if (!capped.has(unitId)) open += amount;
    const above = [...raw].filter(([unitId, amount]) => !capped.has(unitId) && (left * amount) / open > cap);
    if (above.length === 0) {
      return new Map(
        [...raw].map(([unitId, amount]) => [unitId, Math.round(capped.has(unitId) ? cap : (left * amount) / open)]),
      );
    }
    for (const [unitId] of above) capped.add(unitId);
  }
}

function differences(gifts: readonly GiftLine[], shares: readonly QuadraticShare[]): FigureTable {
  const floats = floatShares(gifts);
  const apart = shares.map(({ unitId, shareMinor }) => Math.abs(shareMinor - (floats.get(unitId) ?? 0)));
  const total = [...floats.values()].reduce((all, share) => all + share, 0);
  return {
    head: ['floats beside ours', 'fen'],
    rows: [
      ['largest difference of a share', number(apart.reduce((most, fen) => Math.max(most, fen), 0))],
      ['projects that differ', `${apart.filter((fen) => fen > 0).length} of ${shares.length}`],
      ['what their shares sum to, less the pool (ours: 0)', number(total - TERMS.poolMinor)],
    ],
  };
}

/** The published implementation beside ours, uncapped, each round in its own process's time. */
function besidePeer(gifts: readonly GiftLine[], peer: PeerRun): FigureTable {
  const seconds: number[] = [];
  const totals = totalsByDonor(gifts);
  let { projects } = quadraticRound(PEER_TERMS, totals);
  for (let round = 0; round < peer.seconds.length; round += 1) {
    const began = performance.now();
    ({ projects } = quadraticRound(PEER_TERMS, totalsByDonor(gifts)));
    seconds.push((performance.now() - began) / 1_000);
  }
  const rounded = projects.map(({ unitId }) => Math.round(peer.shares.get(unitId) ?? Number.NaN));
  const apart = projects.filter(({ shareMinor }, position) => shareMinor !== rounded[position]).length;
  const sum = rounded.reduce((total, share) => total + share, 0);
  return {
    head: ['uncapped, scaled up', 'seconds: median (range)', 'projects a fen apart', 'shares less the pool, fen'],
    rows: [
      ['ours', spread(spreadOf(seconds)), '', '0'],
      ['pluralistic-rs, rounded', spread(spreadOf(peer.seconds)), String(apart), number(sum - PEER_TERMS.poolMinor)],
    ],
  };
}

function growth(): { table: FigureTable; seconds: number } {
  const sizes = GROWTH.map((count) => {
    const gifts = giftsOf(count);
    const seconds = Array.from({ length: FEWEST_ROUNDS }, () => {
      const began = performance.now();
      roundOf(gifts);
      return (performance.now() - began) / 1_000;
    });
    return { count, seconds: spreadOf(seconds) };
  });
  return {
    table: {
      head: ['gifts', 'seconds: median (range)'],
      rows: sizes.map(({ count, seconds }) => [number(count), spread(seconds)]),
    },
    seconds: sizes.at(-1)?.seconds.median ?? 0,
  };
}
