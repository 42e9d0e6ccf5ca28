import * as z from 'zod';
import { ID_PREFIXES } from '../kernel/ids.ts';
import { type Minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';

export const teamIdSchema = z
  .string()
  .regex(new RegExp(`^${ID_PREFIXES.team}_[0-9a-z]{20}$`), 'must be the id of a team');

/**
 * Teams (一起捐) of one campaign: six times as many as a province had over 29 campaigns in 2020. And how many may wait for a
 * word of the campaign's manager at once, since anybody may ask for one: whoever floods it stops at a hundred.
 */
export const MOST_TEAMS = 2_000;
export const MOST_WAITING_TEAMS = 100;

/** What a captain sends to begin a team. */
export const teamRequestSchema = z.strictObject({
  name: lineSchema(40),
  slogan: lineSchema(120).optional(),
  targetMinor: positiveAmountMinorSchema,
  /** For the campaign's staff alone; nobody else ever sees it. */
  captain: z
    .strictObject({ name: lineSchema(40), email: z.email().max(254).optional(), phone: lineSchema(30).optional() })
    .refine(({ email, phone }) => email !== undefined || phone !== undefined, {
      path: ['phone'],
      message: 'is needed where there is no email: the manager has to reach the captain',
    }),
});
export type TeamRequest = z.infer<typeof teamRequestSchema>;

export const TEAM_STATES = ['waiting', 'approved', 'declined', 'closed'] as const;
export type TeamState = (typeof TEAM_STATES)[number];

/** A team as everybody may know it once it is approved: nothing of its captain is in it. */
export const teamSchema = z.object({
  type: z.literal('team'),
  campaignId: z.string(),
  teamId: teamIdSchema,
  name: z.string(),
  slogan: z.string().optional(),
  targetMinor: positiveAmountMinorSchema,
  state: z.enum(TEAM_STATES),
  createdAt: instantSchema,
  decidedBy: z.string().optional(),
  decidedAt: instantSchema.optional(),
  reason: z.string().optional(),
});
export type Team = z.infer<typeof teamSchema>;

/** Who leads a team, in an item of its own that can be deleted alone. */
export const captainSchema = z.object({
  type: z.literal('team-captain'),
  campaignId: z.string(),
  teamId: z.string(),
  name: z.string(),
  email: z.string().optional(),
  phone: z.string().optional(),
});
export type Captain = z.infer<typeof captainSchema>;

export const teamDecisionSchema = z
  .strictObject({
    /** `close`: an approved team takes no more gifts; what it raised stays its. */
    decision: z.enum(['approve', 'decline', 'close']),
    reason: paragraphsSchema(500).optional(),
  })
  .refine(({ decision, reason }) => decision === 'approve' || reason !== undefined, {
    path: ['reason'],
    message: 'is needed unless the team is approved',
  });
export type TeamDecision = z.infer<typeof teamDecisionSchema>;

const STEPS: Readonly<Record<TeamDecision['decision'], { readonly from: TeamState; readonly to: TeamState }>> = {
  approve: { from: 'waiting', to: 'approved' },
  decline: { from: 'waiting', to: 'declined' },
  close: { from: 'approved', to: 'closed' },
};

export type DecidedTeam =
  | { readonly kind: 'decided'; readonly team: Team }
  | { readonly kind: 'already-so' }
  | { readonly kind: 'not-possible' };

/** The team after a decision, or that it is so already, or that it cannot be decided so. */
export function decidedTeam(team: Team, { decision, reason }: TeamDecision, by: string, now: Instant): DecidedTeam {
  const { from, to } = STEPS[decision];
  if (team.state === to) return { kind: 'already-so' };
  if (team.state !== from) return { kind: 'not-possible' };
  return {
    kind: 'decided',
    team: { ...team, state: to, decidedBy: by, decidedAt: now, ...(reason === undefined ? {} : { reason }) },
  };
}

/**
 * Whether a gift of this moment may be a team's, for gifts that come long after they were agreed or made: a closed team keeps what was
 * given before, and what comes later is its campaign's alone.
 */
export const tookGiftsAt = ({ state, decidedAt }: Pick<Team, 'state' | 'decidedAt'>, at: Instant): boolean =>
  state === 'approved' || (state === 'closed' && decidedAt !== undefined && at < decidedAt);

/** How far a team has come: money given and what went back, goods and the match apart. */
export type TeamFigures = {
  readonly gifts: number;
  readonly giftsMinor: number;
  readonly refundedMinor: number;
  readonly goodsMinor: number;
  readonly goodsBackMinor: number;
  readonly matchMinor: number;
};

/** A team as everybody sees it. */
export const publicTeam = ({ teamId, campaignId, name, slogan, targetMinor, state }: Team, figures: TeamFigures) => ({
  teamId,
  campaignId,
  name,
  slogan: slogan ?? null,
  targetMinor: targetMinor as Minor,
  takesGifts: state === 'approved',
  raised: figures,
  /** What a member's order carries, and the page to hand on. */
  invitation: { teamId, path: `/public/campaigns/${campaignId}/teams/${teamId}` },
});
