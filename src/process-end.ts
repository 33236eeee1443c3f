import type { Running } from './bootstrap.js';
import { codeOf } from './kernel/errors/code-of.js';
import { ConfigError } from './platform/config/index.js';
import { EmbeddedPostgresError } from './platform/database/embedded/index.js';

/** How long running requests may take to end after a signal, in milliseconds. */
const DRAIN_DEADLINE_MS = 20_000;

/** Stops on SIGTERM or SIGINT: no new requests, running ones end, then the database; a second signal ends at once. */
export function stopOnSignal(running: Running): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // whoever asks twice does not want to wait for requests or the database
    if (isStopping) process.exit(1);
    isStopping = true;
    running.log.info({ signal }, 'stopping');
    // a request that never ends must not keep the process from its restart
    setTimeout(() => process.exit(1), DRAIN_DEADLINE_MS).unref();
    running.stop().then(
      // all has ended that matters; a library's timer or socket must not keep the process
      () => process.exit(0),
      (error: unknown) => endWith(error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Ends the process with a sentence for faults that an operator can mend, with everything known for the others. */
export function endWith(error: unknown): never {
  const isOperators = error instanceof ConfigError || error instanceof EmbeddedPostgresError || hasSystemCode(error);
  const text = error instanceof Error ? (isOperators ? error.message : error.stack) : String(error);
  process.stderr.write(`\nKindly API could not start.\n${text}\n`);
  process.exit(1);
}

function hasSystemCode(error: unknown): boolean {
  return ['EADDRINUSE', 'EACCES', 'ECONNREFUSED'].includes(codeOf(error) ?? '');
}
