import {
  type CampaignWindow,
  dayCount,
  type Instant,
  localDateOf,
  plusDays,
  windowBounds,
} from '../../functions/kernel/time.ts';
import { generatedGifts } from '../../functions/matching/giving-day/generated-gifts.ts';
import type { GiftToMatch } from '../../functions/matching/matching-state.ts';
import type { WhatIfResult } from '../../functions/matching/what-if/figures.ts';
import { moveByDays } from '../../functions/matching/what-if/moved-days.ts';
import { type WhatIfNote, whatIfNotes } from '../../functions/matching/what-if/notes.ts';
import { WhatIf } from '../../functions/matching/what-if.ts';
import { shownPath } from '../places.ts';
import { type FileGift, readGifts } from './gifts-file.ts';
import type { WhatIfOptions } from './options.ts';
import { checkDrafts, type Draft, readDraft } from './plan-file.ts';

/** What was replayed and what came of it. */
export type Replayed = {
  readonly draftNames: readonly string[];
  readonly window: CampaignWindow;
  /** How far gifts of a file were moved; `undefined` for generated ones. */
  readonly movedDays: number | undefined;
  readonly seed: number | undefined;
  readonly notes: readonly WhatIfNote[];
  readonly result: WhatIfResult;
};

const DEFAULT_ZONE = 'Asia/Shanghai';
const DEFAULT_DAYS = 3;
/** Where neither draft nor file names units. */
const MADE_UP_UNITS = ['unit-1', 'unit-2', 'unit-3', 'unit-4', 'unit-5'];

/** Reads drafts and gifts, all of both, and only then replays. @throws StartupProblem for whatever is wrong in the files. */
export async function replay(options: WhatIfOptions): Promise<Replayed> {
  const drafts = options.plans.map(readDraft);
  const window = windowOf(drafts, options);
  return options.gifts.kind === 'file'
    ? replayFile(drafts, window, options, options.gifts)
    : replayGenerated(drafts, window, options, options.gifts);
}

function windowOf(drafts: readonly Draft[], { firstDay, days }: WhatIfOptions): CampaignWindow {
  const own = drafts.find(({ window }) => window !== undefined)?.window;
  const first = own?.firstDay ?? firstDay;
  const lastDay = own !== undefined && days === undefined ? own.lastDay : plusDays(first, (days ?? DEFAULT_DAYS) - 1);
  return { firstDay: first, lastDay, zone: own?.zone ?? DEFAULT_ZONE };
}

function openReplay(
  drafts: readonly Draft[],
  window: CampaignWindow,
  unitIds: readonly string[],
  lotSeed: number,
): WhatIf {
  checkDrafts(drafts, unitIds, window);
  const frame = { zone: window.zone, ...windowBounds(window) };
  return new WhatIf(
    drafts.map(({ plan }) => plan),
    { frame, unitIds, lotSeed },
  );
}

const unitsOf = (drafts: readonly Draft[]): string[] => [...new Set(drafts.flatMap(({ unitIds }) => unitIds))];

function replayGenerated(
  drafts: readonly Draft[],
  window: CampaignWindow,
  { lotSeed }: WhatIfOptions,
  { count, seed, averageMinor }: Extract<WhatIfOptions['gifts'], { kind: 'generated' }>,
): Replayed {
  const named = unitsOf(drafts);
  const unitIds = named.length === 0 ? MADE_UP_UNITS : named;
  const run = openReplay(drafts, window, unitIds, lotSeed);
  const made = { count, seed, averageMinor, window, unitIds, withStandings: run.needsStandings };
  for (const gift of generatedGifts(made)) run.take(gift);
  return { ...about(drafts, window, 'generated'), movedDays: undefined, seed, result: run.result() };
}

async function replayFile(
  drafts: readonly Draft[],
  window: CampaignWindow,
  { lotSeed }: WhatIfOptions,
  { path, moveDays }: Extract<WhatIfOptions['gifts'], { kind: 'file' }>,
): Promise<Replayed> {
  const gifts = await readGifts(path, window.zone);
  const unitIds = [...new Set([...unitsOf(drafts), ...gifts.flatMap(({ unitId }) => unitId ?? [])])];
  const run = openReplay(drafts, window, unitIds, lotSeed);
  const movedDays = moveDays ?? daysToWindow(gifts[0]?.paidAt, window);
  const move = moveByDays(movedDays, window.zone);
  for (const [position, gift] of gifts.entries()) run.take(placed(gift, position, move));
  return { ...about(drafts, window, 'replayed'), movedDays, seed: undefined, result: run.result() };
}

const about = (drafts: readonly Draft[], window: CampaignWindow, kind: 'replayed' | 'generated') => ({
  draftNames: namesOf(drafts),
  window,
  notes: whatIfNotes(
    drafts.map(({ plan }) => plan),
    kind,
  ),
});

/** Files of one name in two folders are told apart by their paths. */
const namesOf = (drafts: readonly Draft[]): string[] =>
  drafts.map(({ name, path }) => (drafts.filter((other) => other.name === name).length > 1 ? shownPath(path) : name));

function placed(
  { donorId, unitId, amountMinor, paidAt, reach, years }: FileGift,
  position: number,
  move: ReturnType<typeof moveByDays>,
): GiftToMatch {
  const giftId = `gft_row_${position + 1}`;
  return { giftId, donorId, unitId, amountMinor, standing: { reach, years }, ...move(paidAt) };
}

/** How far the first gift has to move to fall on the first day; not at all where it lies within the window. */
function daysToWindow(first: Instant | undefined, { firstDay, lastDay, zone }: CampaignWindow): number {
  if (first === undefined) return 0;
  const day = localDateOf(first, zone);
  return day >= firstDay && day <= lastDay ? 0 : dayCount(day, firstDay) - 1;
}
