/** What the platform takes of an amount in fen: thousandths of a fen, as its trade bills state it. Charities pay none. */
export const feeMilliFen = (amountMinor: number, feeBasisPoints: number): number =>
  Math.round((amountMinor * feeBasisPoints) / 10);

/** What it moves: whole fen, half a fen upwards. */
export const feeFen = (amountMinor: number, feeBasisPoints: number): number =>
  Math.round(feeMilliFen(amountMinor, feeBasisPoints) / 1000);
