import 'reflect-metadata';
import { runCommand } from './commands/run-command.js';
import { endWith } from './process-end.js';

try {
  process.exitCode = await runCommand(process.argv.slice(2));
} catch (error) {
  endWith(error);
}
