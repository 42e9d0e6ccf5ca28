import { writeFileSync } from 'node:fs';
import { sentenceOf } from './startup-problem.ts';
import { parseWhatIfOptions } from './what-if/options.ts';
import { replay } from './what-if/replay.ts';
import { whatIfText } from './what-if/tables.ts';

// What `npm run what-if` runs: gifts of last year, or generated ones, against drafts of a matching plan. Nothing is written
// but the file that --json names.

const options = parseWhatIfOptions(process.argv.slice(2), (text) => process.stderr.write(text));
if ('exitCode' in options) process.exitCode = options.exitCode;
else
  try {
    const replayed = await replay(options);
    process.stdout.write(whatIfText(replayed, options.language));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(replayed, null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
