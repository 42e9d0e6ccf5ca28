/** Where in a body a value stands, as people write it: `budgetLines[2].amountMinor`; `(body)` for the whole. */
export function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || '(body)';
}
