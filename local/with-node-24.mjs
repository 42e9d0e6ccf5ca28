// Runs a TypeScript file of ours as it is: `node local/with-node-24.mjs <file.ts> [arguments]`. Plain JavaScript
// that any Node can read, because an older Node would answer with a stack trace about the file's ending instead of
// saying what to do. npm puts the Node of the package `node` first on the PATH of every script, if it was installed.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const OLDEST_NODE = 24;

const [file, ...args] = process.argv.slice(2);
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `This runs on Node ${OLDEST_NODE}, which npm ci brings along, but this is Node ${process.versions.node}: ` +
      'run "npm rebuild node" (npm was probably told to ignore install scripts) and start again.\n',
  );
  process.exitCode = 1;
} else if (file === undefined) {
  process.stderr.write('Which file? node local/with-node-24.mjs <file.ts> [arguments]\n');
  process.exitCode = 1;
} else {
  process.argv = [process.argv[0] ?? 'node', resolve(file), ...args];
  await import(pathToFileURL(resolve(file)).href);
}
