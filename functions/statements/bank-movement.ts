import { type Minor, minor } from '../kernel/money.ts';
import type { BankTerms } from './bank-terms.ts';
import { amountOf, type CellOf, Unreadable } from './statement-cells.ts';
import type { StatementMapping } from './statement-mapping.ts';

/** Which way money went, and how much of it: above zero either way. */
export type Movement = { readonly direction: 'in' | 'out'; readonly amountMinor: Minor };

/** Which way a row's money went, and how much; `undefined` for an empty line. */
export function movementOf(cell: CellOf, mapping: StatementMapping, { direction }: BankTerms): Movement | undefined {
  const { amount: column, paidAt } = mapping.columns;
  const isEmpty = (name: string): boolean => cell(name) === '';
  if (isEmpty(paidAt) && isEmpty(column) && (direction.by !== 'column' || isEmpty(direction.column))) return undefined;
  const amountIn = (name: string): Minor => {
    const amountMinor = amountOf(cell(name), name, mapping);
    if (amountMinor === 0) throw new Unreadable(name, 'is zero', 'leave the row out, or correct the amount');
    return amountMinor;
  };
  const whole = (amountMinor: Minor, name: string): Minor => {
    if (amountMinor < 0) throw new Unreadable(name, 'is below zero', 'set bank.direction of the mapping to by sign');
    return amountMinor;
  };
  if (direction.by === 'sign') {
    const amountMinor = amountIn(column);
    return { direction: amountMinor < 0 ? 'out' : 'in', amountMinor: minor(Math.abs(amountMinor)) };
  }
  if (direction.by === 'column') {
    const isOut = !(isEmpty(direction.column) || amountOf(cell(direction.column), direction.column, mapping) === 0);
    if (isOut && !isEmpty(column) && amountOf(cell(column), column, mapping) !== 0)
      throw new Unreadable(column, `has an amount, and so has ${direction.column}`, 'correct the row');
    const name = isOut ? direction.column : column;
    return { direction: isOut ? 'out' : 'in', amountMinor: whole(amountIn(name), name) };
  }
  const value = cell(direction.column);
  const isIn = direction.incoming.includes(value);
  if (!isIn && !direction.outgoing.includes(value))
    throw new Unreadable(
      direction.column,
      `says neither that the money came nor that it left: ${value.slice(0, 30)}`,
      'add the value to bank.direction of the mapping',
    );
  return { direction: isIn ? 'in' : 'out', amountMinor: whole(amountIn(column), column) };
}
