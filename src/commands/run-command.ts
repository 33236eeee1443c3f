import { backUp } from './back-up.js';
import { createAdministrator } from './create-administrator.js';
import { migrate } from './migrate.js';
import { restore } from './restore.js';
import { rotateSecrets } from './rotate-secrets.js';
import { rotateSigningKey } from './rotate-signing-key.js';
import { pruneAudit } from './prune-audit.js';
import { verifyAudit } from './verify-audit.js';
import { writeErrorPage } from './write-error-page.js';

const ROTATE_USAGE = 'make new secrets and seal everything anew; --finish drops the old ones';

interface Command {
  readonly words: readonly string[];
  readonly usage: string;
  run(rest: readonly string[]): Promise<number>;
}

const COMMANDS: readonly Command[] = [
  {
    words: ['admin', 'create'],
    usage:
      'admin create <email> [--name <name>]   make an administrator; the password is asked for, or read from standard input',
    run: createAdministrator,
  },
  {
    words: ['secrets', 'rotate'],
    usage: `secrets rotate [--finish]              ${ROTATE_USAGE}`,
    run: rotateSecrets,
  },
  {
    words: ['oauth', 'rotate-signing-key'],
    usage:
      'oauth rotate-signing-key [--leaked]    announce a new key for tokens; --leaked withdraws the old ones at once',
    run: rotateSigningKey,
  },
  {
    words: ['migrate'],
    usage: 'migrate                                bring the database schema up to date',
    run: migrate,
  },
  {
    words: ['audit', 'verify'],
    usage: 'audit verify                           check that the audit trail is as it was written',
    run: verifyAudit,
  },
  {
    words: ['audit', 'prune'],
    usage: 'audit prune                            delete the months of the audit trail that are no longer kept',
    run: pruneAudit,
  },
  {
    words: ['backup'],
    usage: 'backup <file> [--with-secrets]         copy the embedded database to a file while it is used',
    run: backUp,
  },
  {
    words: ['restore'],
    usage:
      'restore <file> [--force]               put the embedded database of a backup in place; --force replaces one',
    run: restore,
  },
  {
    words: ['docs', 'errors'],
    usage: 'docs errors                            write docs/errors.md from the error catalogue',
    run: writeErrorPage,
  },
];

/** Runs the command that the arguments name. @returns the exit code: 0 done, 1 failed, 2 called wrongly */
export async function runCommand(words: readonly string[]): Promise<number> {
  const command = COMMANDS.find((candidate) => candidate.words.every((word, position) => words[position] === word));
  if (!command) return calledWrongly(COMMANDS);
  try {
    return await command.run(words.slice(command.words.length));
  } catch (error) {
    if (!isArgumentFault(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return calledWrongly([command]);
  }
}

function calledWrongly(commands: readonly Command[]): number {
  const usages = commands.map(({ usage }) => `  npm run kindly -- ${usage}`);
  process.stderr.write(`Usage:\n${usages.join('\n')}\n`);
  return 2;
}

/** What `parseArgs` throws for words that the command does not take. */
function isArgumentFault(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS_');
}
