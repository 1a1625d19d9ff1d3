import { environmentOf, runCommand } from './program';
import { processTerminal } from './terminal';

void runCommand(process.argv.slice(2), processTerminal, environmentOf(process.env)).then((code) => {
  // What a command has left open must not keep a shell waiting for its failure.
  if (code === 0) process.exitCode = 0;
  else process.exit(code);
});
