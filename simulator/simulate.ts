import './surroundings.ts';

const { runCommand } = await import('./command.ts');
process.exitCode = await runCommand(process.argv);
