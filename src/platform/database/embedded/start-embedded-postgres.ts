import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { types } from 'node:util';
import type { EmbeddedPostgres, ServerWatch } from './embedded-postgres.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { ServerOpener } from './open-server.js';
import { superviseServer } from './supervise-server.js';
import { codeOf } from '../../../kernel/errors/code-of.js';

/** How to start the embedded PostgreSQL. */
export interface EmbeddedPostgresOptions {
  /** Directory of the cluster; it is created, and its parent takes the log, the lock and the socket directory. */
  readonly directory: string;
  /** Extra server settings, `name=value` as `postgres -c` takes them. */
  readonly settings?: readonly string[];
  /** Time for an earlier server to end and for this one to be ready, recovery included; 60 000 ms unless told. */
  readonly readyTimeoutMs?: number;
  /** Who is told when it ends by itself; unless given, a server that does not come back is an unhandled error. */
  readonly watch?: ServerWatch;
}

const READY_TIMEOUT_MS = 60_000;

const UNWATCHED: ServerWatch = {
  lost: () => undefined,
  restored: () => undefined,
  givenUp: (reason) => {
    throw reason;
  },
};

/**
 * Starts the PostgreSQL server of a directory, or joins the one that already runs there, and starts it again when it ends by
 * itself. The server ends with this process, even if that is killed.
 * @throws EmbeddedPostgresError when it cannot be started or is not ready in time.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory);
  const { settings = [], readyTimeoutMs = READY_TIMEOUT_MS, watch = UNWATCHED } = options;
  try {
    mkdirSync(dirname(directory), { recursive: true, mode: 0o755 });
    return await superviseServer(new ServerOpener(directory, { settings, readyTimeoutMs }), watch);
  } catch (cause) {
    if (!types.isNativeError(cause) || codeOf(cause) === undefined) throw cause;
    throw new EmbeddedPostgresError(`${directory} cannot hold the embedded PostgreSQL: ${cause.message}.`, { cause });
  }
}
