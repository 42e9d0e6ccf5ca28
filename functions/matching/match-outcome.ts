/**
 * Why a gift drew from a rule what it drew.
 * `matched`: all that the rule gives. `capped`: a cap held it back. `partly`: the last money of the pool, less than the
 * rule gives. `exhausted`: the pool was empty. `outside-window`: paid when the rule was not in force. `below-minimum`: less
 * than the rule's smallest gift. `too-small`: the rule gives less than one minor unit for it. `not-drawn`: a random rule
 * did not choose it. `not-eligible`: the rule is not for this donor. `awaits-claim`: the donor may ask for the match.
 * `pool-finalised`: counted after matching was closed. `no-rule`: the campaign has no rule that follows gifts.
 */
export const MATCH_OUTCOMES = [
  'matched',
  'capped',
  'partly',
  'exhausted',
  'outside-window',
  'below-minimum',
  'too-small',
  'not-drawn',
  'not-eligible',
  'awaits-claim',
  'pool-finalised',
  'no-rule',
] as const;
export type MatchOutcome = (typeof MATCH_OUTCOMES)[number];
