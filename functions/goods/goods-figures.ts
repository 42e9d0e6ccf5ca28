import { add, type Minor, subtract, ZERO } from '../kernel/money.ts';
import type { GoodsEntry } from './goods-entry.ts';

/** What became of goods of one kind, counted in one unit. Received is issued, written off and on hand together. */
export type GoodsFigure = {
  readonly item: string;
  readonly unit: string;
  readonly received: number;
  readonly issued: number;
  readonly writtenOff: number;
  readonly onHand: number;
  readonly receivedMinor: Minor;
  readonly issuedMinor: Minor;
  readonly writtenOffMinor: Minor;
};

/** All entries of a campaign, by kind and unit of goods, in the order in which they first came. What was returned was not issued. */
export function goodsFigures(entries: readonly GoodsEntry[]): GoodsFigure[] {
  const figures = new Map<string, GoodsFigure>();
  for (const entry of entries) {
    const name = JSON.stringify([entry.item, entry.unit]);
    figures.set(name, withEntry(figures.get(name) ?? nothing(entry), entry));
  }
  return [...figures.values()];
}

const nothing = ({ item, unit }: GoodsEntry): GoodsFigure => ({
  item,
  unit,
  received: 0,
  issued: 0,
  writtenOff: 0,
  onHand: 0,
  receivedMinor: ZERO,
  issuedMinor: ZERO,
  writtenOffMinor: ZERO,
});

function withEntry(figure: GoodsFigure, entry: GoodsEntry): GoodsFigure {
  const { quantity } = entry;
  switch (entry.kind) {
    case 'received':
      return {
        ...figure,
        received: figure.received + quantity,
        onHand: figure.onHand + quantity,
        receivedMinor: add(figure.receivedMinor, entry.valueMinor),
      };
    case 'issued':
      return {
        ...figure,
        issued: figure.issued + quantity,
        onHand: figure.onHand - quantity,
        issuedMinor: add(figure.issuedMinor, entry.valueMinor),
      };
    case 'returned':
      return {
        ...figure,
        issued: figure.issued - quantity,
        onHand: figure.onHand + quantity,
        issuedMinor: subtract(figure.issuedMinor, entry.valueMinor),
      };
    case 'written-off':
      return {
        ...figure,
        writtenOff: figure.writtenOff + quantity,
        onHand: figure.onHand - quantity,
        writtenOffMinor: add(figure.writtenOffMinor, entry.valueMinor),
      };
    case 'moved':
      return figure;
  }
}
