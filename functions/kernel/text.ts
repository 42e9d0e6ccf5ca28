const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Strict UTF-8, or `undefined`. */
export function utf8TextOf(bytes: Buffer): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Parsed JSON, boxed because JSON may be `null`; `undefined` where the text is no JSON. */
export function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
