import type { CampaignFunds } from './campaign-funds.ts';
import type { SpendingEntry } from './spending-entry.ts';
import type { SpendingFigures } from './spending-figures.ts';
import type { StandingRequest } from './spending-request.ts';

/** An entry as staff see it. */
export function entryView(entry: SpendingEntry) {
  const { type: _type, campaignId: _campaignId, ...shown } = entry;
  return shown;
}

/** A request as staff see it; `number` is that of its entry once it is booked. */
export function requestView(request: StandingRequest) {
  const { type: _type, ...shown } = request;
  return shown;
}

/** The figures of a campaign with what every line has left, and the money that it has. */
export function figuresView({ lines, ...figures }: SpendingFigures, funds: CampaignFunds) {
  return {
    ...figures,
    lines: lines.map((line) => ({ ...line, leftMinor: line.currentMinor - line.spentMinor })),
    surplus: figures.surplus ?? null,
    funds,
  };
}
