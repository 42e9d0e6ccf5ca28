import { checkAgainstContract } from '../../client/answer-check.ts';
import { type StaffDefinition, staffFunction } from '../../functions/access/staff-function.ts';
import {
  type HttpDefinition,
  type HttpHandler,
  httpFunction,
  type Replacement,
} from '../../functions/platform/http.ts';
import type { Table } from '../../functions/platform/table.ts';

type ForStaff<Use> = StaffDefinition<Use & { readonly table: Table }>;
/** What a lambda defines, for the public or for staff. */
export type AnyHttpDefinition<Use> = HttpDefinition<Use> | ForStaff<Use>;

/** The deployed stack of either kind, with other parts. What it answers is held against its contract. */
export function anyHttpFunction<Use>(definition: AnyHttpDefinition<Use>, replacement: Replacement<Use>): HttpHandler {
  const handler =
    'access' in definition
      ? staffFunction(definition, replacement as Replacement<Use & { readonly table: Table }>)
      : httpFunction(definition, replacement);
  return async (event, context) => {
    const result = await handler(event, context);
    checkAgainstContract(event.routeKey, result);
    return result;
  };
}
