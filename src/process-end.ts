import { codeOf } from './kernel/errors/code-of.js';
import { ConfigError } from './platform/config/index.js';
import { EmbeddedPostgresError } from './platform/database/embedded/index.js';
import { DatabaseStartError } from './platform/database/index.js';
import type { Log } from './platform/log/index.js';

/** How long an orderly end may take after a signal, beside the delay for load balancers, in milliseconds. */
const STOP_DEADLINE_MS = 20_000;

const TLS_ADVICE =
  'Look at sslmode and sslrootcert in DATABASE_URL and DATABASE_MIGRATION_URL, and at the certificate of the server.';

/** Something that runs until it is stopped. */
export interface Running {
  readonly log: Log;
  /** How long it still serves after it was asked to stop, in milliseconds. */
  readonly stopDelayMs: number;
  stop(): Promise<void>;
}

/** Faults that an operator can mend: their message says how. */
const OPERATORS_FAULTS = [ConfigError, EmbeddedPostgresError, DatabaseStartError];

/** Stops in order on SIGTERM or SIGINT; a second signal ends at once. */
export function stopOnSignal(running: Running): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // whoever asks twice does not want to wait for requests or the database
    if (isStopping) process.exit(1);
    isStopping = true;
    running.log.info({ signal }, 'stopping');
    // what never ends must not keep the process from its restart
    setTimeout(() => process.exit(1), running.stopDelayMs + STOP_DEADLINE_MS).unref();
    running.stop().then(
      // all has ended that matters; a library's timer or socket must not keep the process
      () => process.exit(0),
      (error: unknown) => endWith(error, 'could not stop in order'),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Ends the process with a sentence for faults that an operator can mend, with everything known for the others. */
export function endWith(error: unknown, what = 'could not start'): never {
  process.stderr.write(`\nKindly API ${what}.\n${textOf(error)}\n`);
  process.exit(1);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isTlsFault(error)) return `${error.message}\n${TLS_ADVICE}`;
  const isOperators = OPERATORS_FAULTS.some((fault) => error instanceof fault) || hasSystemCode(error);
  return isOperators ? error.message : (error.stack ?? error.message);
}

/** Ends a process whose embedded database does not come back: only a new start, or an operator, can help then. */
export function endWithoutDatabase(reason: Error): never {
  endWith(reason, 'cannot go on: its embedded PostgreSQL has ended and does not start again');
}

/** Codes of OpenSSL and Node for a certificate that does not pass: of the fault itself, or of what it came from. */
function isTlsFault(error: Error): boolean {
  return [error, error.cause].some((fault) => /CERT|^UNABLE_TO_|^ERR_TLS_|SELF_SIGNED/.test(codeOf(fault) ?? ''));
}

function hasSystemCode(error: unknown): boolean {
  return ['EADDRINUSE', 'EACCES', 'ECONNREFUSED'].includes(codeOf(error) ?? '');
}
