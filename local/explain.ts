import { explain, parseExplainOptions } from './explain-command.ts';
import { sentenceOf } from './startup-problem.ts';

// What `npm run explain` runs: how one gift's match came to be, for whoever answers a donor's call.

/** Longer lines are tiring to read, however wide the terminal is. */
const WIDEST_COLUMNS = 110;

const options = parseExplainOptions(process.argv.slice(2), process.env, (text) => process.stderr.write(text));
if ('exitCode' in options) process.exitCode = options.exitCode;
else
  try {
    process.stdout.write(await explain(options, Math.min(process.stdout.columns ?? WIDEST_COLUMNS, WIDEST_COLUMNS)));
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
