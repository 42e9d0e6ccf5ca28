declare module 'wawoff2/decompress.js' {
  /** The TrueType file that a WOFF2 file holds. Throws Error for anything else. */
  export default function decompress(woff2: Uint8Array): Promise<Uint8Array>;
}
