import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { wrongInput } from './command-problem.ts';

/** The person's terminal. What is asked goes to the error stream, so that output can be piped on. */
export type Terminal = {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** @throws CommandProblem where nobody is there to answer. */
  readonly ask: (question: string) => Promise<string>;
  /** The same without showing what is typed. */
  readonly askUnseen: (question: string) => Promise<string>;
};

/** The terminal that this process was started in. */
export function processTerminal(): Terminal {
  return {
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    ask: (question) => asked(question, true),
    askUnseen: (question) => asked(question, false),
  };
}

async function asked(question: string, isSeen: boolean): Promise<string> {
  if (!process.stdin.isTTY)
    throw wrongInput(`There is no terminal to ask at: "${question.trim()}" has to be answered on the command line.`);
  // Readline echoes what is typed to its output: one that lets nothing through shows nothing.
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: isSeen ? process.stderr : unseen, terminal: true });
  const interrupted = new AbortController();
  lines.once('SIGINT', () => interrupted.abort());
  try {
    if (!isSeen) process.stderr.write(question);
    return (await lines.question(isSeen ? question : '', { signal: interrupted.signal })).trim();
  } catch (error) {
    if (interrupted.signal.aborted) throw wrongInput('Nothing was done.');
    throw error;
  } finally {
    if (!isSeen) process.stderr.write('\n');
    lines.close();
  }
}

const YES = /^(y|yes|是)$/i;

/** Whether a person agrees; anything but yes is no. */
export async function agrees(terminal: Terminal, question: string): Promise<boolean> {
  return YES.test(await terminal.ask(`${question} [y/N] `));
}
