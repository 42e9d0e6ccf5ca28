import type { MemoryTable } from '../functions/platform/table.memory.ts';

/** What is posted to a door. */
export type Message = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
export type Answer = { readonly status: number; readonly body: string };

/** One door of the intake as the fuzzer sees it. Another door is another file of this folder and a line in doors.ts. */
export type FuzzedDoor = {
  readonly name: string;
  /** What the provider would say of a payment: the fields that are changed before it signs them. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The provider's own message of any content, as odd as it may be: signed, and whatever else belongs to it. */
  readonly signed: (content: unknown) => Message;
  /** One message through the door's whole stack. */
  readonly post: (message: Message, table: MemoryTable) => Promise<Answer>;
  /** Puts the order that `content` pays into an empty table. */
  readonly prepare: (table: MemoryTable) => Promise<void>;
  /** Whether an answer has the door's own shape, success or failure. */
  readonly isInShape: (answer: Answer) => boolean;
};
