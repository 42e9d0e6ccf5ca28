import type { ExplainedEvent, Lot, MatchExplanation } from './explanation.ts';
import type { Step } from './explanation-offer.ts';
import type { ExplanationWords, Written } from './explanation-words.ts';
import { holdClause } from './hold-words.ts';
import type { RuleOf } from './matching-rule.ts';
import { percent } from './rule-words.ts';
import type { Cap } from './rules/caps.ts';

const CAPS: Record<Cap, string> = {
  'per-gift': 'the cap a gift',
  'per-donor': 'the cap a donor',
  'per-donor-day': 'the cap a donor and day',
  'per-donor-year': 'the cap a donor and programme year',
  'per-unit': 'the cap a unit',
  multiple: 'the most that all rules together may give to this gift',
};

const cutNote = (cut: boolean): string => (cut ? ' (the fraction of a fen is cut off, never rounded up)' : '');

function step(one: Step, { money }: Written): string {
  switch (one.kind) {
    case 'ratio':
      return `${money(one.ofMinor)} × ${one.numerator}/${one.denominator} = ${money(one.resultMinor)}${cutNote(one.cut)}`;
    case 'share':
      return `${money(one.ofMinor)} × ${percent(one.basisPoints)} by lot = ${money(one.resultMinor)}${cutNote(one.cut)}`;
    case 'times':
      return `${one.times} times that more for having moved ${one.reach} people = ${money(one.resultMinor)}`;
    case 'band':
      return `${money(one.ofMinor)} × ${percent(one.basisPoints)} bonus for having moved ${one.reach} people = ${money(one.resultMinor)}${cutNote(one.cut)}`;
    case 'streak':
      return `${money(one.resultMinor)} once for ${one.years} years of giving`;
  }
}

function happened(event: ExplainedEvent, written: Written): string {
  const why = event.reason === null ? '' : `, because: ${event.reason}`;
  switch (event.kind) {
    case 'refund':
      return `${written.money(event.refundMinor ?? 0)} of the gift went back to the donor (refund ${event.refundId}); the match goes back in proportion`;
    case 'release':
      return `${event.by} looked at the held match and released it${why}`;
    case 'void':
      return `${event.by} took the match away${why}`;
    case 'claim':
      return `${event.by} approved the employer's match${why}`;
    default:
      return `${event.kind} by ${event.by}${why}`;
  }
}

const STAGES: Record<MatchExplanation['result']['stage'], string> = {
  none: 'Nothing stands, so there is nothing to confirm or to pay.',
  held: 'It is held until a person has looked at it.',
  void: 'The match was taken away.',
  provisional:
    'It is provisional: gifts still draw from the pool, and matching is checked and closed after the campaign.',
  publicised: 'It is publicised: the recomputation agreed to the fen, and the public may object',
  confirmed: 'It is confirmed: the sponsors owe it.',
  paid: 'It is paid.',
};

export const ENGLISH: ExplanationWords = {
  gift: ({ giftId, gift, place, plan, zone }, { money, time }) => ({
    heading: `Gift of ${money(gift.amountMinor)} (${giftId})`,
    lines: [
      `Paid ${time(gift.occurredAt)} by the clocks of ${zone}, ${gift.unitId === null ? 'for no unit' : `for unit ${gift.unitId}`}, with order ${gift.orderNo}.`,
      `It was counted ${time(place.countedAt)} as gift no. ${place.sequence} of the campaign, by version ${plan.planVersion} of the plan (${plan.planId}). Gifts draw in the order in which they are counted.`,
      ...(place.afterFinalisation ? ['By then matching had been closed, so it draws nothing.'] : []),
    ],
  }),
  rule: (position, sponsor, ruleId) => `Rule ${position}: ${sponsor} (${ruleId})`,
  terms: (sentence) => `Terms: ${sentence}`,
  inForce: ({ window }, { time }) =>
    window === null
      ? 'In force: no. The gift was paid outside the times of this rule.'
      : `In force: yes, from ${time(window.from)} until before ${time(window.until)}${window.subPoolId === null ? '' : `, out of the part "${window.subPoolId}" of its pool`}.`,
  nothing: ({ outcome, rule }, { money }) => {
    switch (outcome) {
      case 'below-minimum':
        return `Offer: none. The smallest gift of this rule is ${money('perGift' in rule ? (rule.perGift?.minMinor ?? 0) : 0)}.`;
      case 'not-drawn':
        return 'Offer: none. The lot did not fall on this gift.';
      case 'not-eligible':
        return 'Offer: none. The donor has given for fewer years than the lowest tier asks for.';
      case 'awaits-claim':
        return "Offer: none yet. An employer's match is drawn when the donor's claim for it is approved.";
      default:
        return undefined;
    }
  },
  lot: (lot, { rule }) => [
    ...(rule.kind !== 'random' ? [] : [lotLine(lot, rule)]),
    lot.seedHash === null
      ? 'The seed of the lots was fixed before the campaign opened.'
      : `The hash of the seed was published before the campaign opened: ${lot.seedHash}.`,
    ...(lot.seed === null
      ? ['The seed is revealed when matching is finalised; then anybody can make this draw again.']
      : [
          `The seed, revealed since: ${lot.seed}.`,
          'Check it by hand; the digest begins with the four words, eight hexadecimal digits each:',
          `$ printf '%s' '${lot.message}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:${lot.seed}`,
        ]),
  ],
  step,
  offer: (lines, total) => `Offer: ${lines.join('; ')}${lines.length > 1 ? `; together ${total}` : ''}.`,
  cap: (cap, limit, used, left) =>
    cap === 'per-gift'
      ? `Cap: ${CAPS[cap]} is ${limit}, which is less than the offer.`
      : `Cap: ${CAPS[cap]} is ${limit}; ${used === undefined ? 'nothing of it was left' : `${used} of it was used, so ${left} was left`}.`,
  pool: (outcome, left, matched) => {
    if (outcome === 'exhausted') return 'Pool: it was empty before this gift.';
    if (outcome === 'partly') return `Pool: ${left} was left before this gift, less than was due; it gave all of that.`;
    return `Pool: ${left} was left before this gift; it gave ${matched}.`;
  },
  drew: (match) => `Match by this rule: ${match}.`,
  challenge: (counts) =>
    `Challenge: pays a lump sum and nothing to single gifts. This gift ${counts ? 'counts' : 'does not count'} towards it.`,
  round: 'Round: shared over the units once after the close, and nothing goes to single gifts.',
  most: ({ numerator, denominator, mostMinor, reached }, { money }) =>
    `All rules together give at most ${numerator}/${denominator} of a gift, here ${money(mostMinor)}; ${reached ? 'that held this match back' : 'that was not reached'}.`,
  hold: ({ reason, gifts, waiting }) =>
    `Held: ${holdClause(reason, gifts, 'en')}, so the match was drawn and kept back for a person to look at${waiting ? '; it is still waiting' : ''}.`,
  together: 'All rules together',
  since: 'Since then',
  event: (event, _, written) => `${written.time(event.at)}: ${happened(event, written)}.`,
  change: (ruleId, amountMinor, { money }) =>
    amountMinor < 0
      ? `${money(-amountMinor)} went back into the pool of ${ruleId}.`
      : `${money(amountMinor)} was drawn from ${ruleId}.`,
  turned: (kind, ruleId, lump) => `Challenge ${ruleId} was ${kind} by it (${lump}).`,
  refundWaiting: (amount, at) => `${at}: a refund of ${amount} has arrived and is being settled.`,
  now: 'What stands',
  result: ({ result, gift }, { money, time }) => [
    `${money(result.matchMinor)} when counted${result.claimedMinor === 0 ? '' : `, ${money(result.claimedMinor)} by claim`}${result.takenBackMinor === 0 ? '' : `, less ${money(result.takenBackMinor)} taken back`}: the match is ${money(result.netMinor)}${result.refundedMinor === 0 ? '' : `, on a gift of ${money(gift.amountMinor - result.refundedMinor)} after refunds`}.`,
    result.stage === 'publicised'
      ? `${STAGES.publicised}${result.noticeUntil === null ? '' : ` until ${time(result.noticeUntil)}`}.`
      : STAGES[result.stage],
  ],
};

function lotLine({ won, words, shareBasisPoints, multiple }: Lot, rule: RuleOf<'random'>): string {
  const [win, share, , times] = words ?? [];
  const chance = `${rule.winNumerator}/${rule.winDenominator}`;
  const first =
    win === undefined
      ? ''
      : `: word 1 is ${win}, and ${win} × ${rule.winDenominator} is ${won ? 'less' : 'not less'} than ${rule.winNumerator} × 4294967296`;
  if (!won) return `Lot: ${chance} of the gifts win; this one did not${first}.`;
  const drawn = `the lot drew ${percent(shareBasisPoints ?? 0)} of ${percent(rule.lowBasisPoints)} to ${percent(rule.highBasisPoints)}${share === undefined ? '' : ` by word 2, ${share}`}`;
  const more =
    multiple === null
      ? ''
      : `, and ${multiple} times the base on top${times === undefined ? '' : ` by word 4, ${times}`}`;
  return `Lot: ${chance} of the gifts win, and this one did${first}; ${drawn}${more}.`;
}
