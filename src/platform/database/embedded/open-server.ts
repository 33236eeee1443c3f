import { setTimeout as sleep } from 'node:timers/promises';
import { locateBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import type { ServerRun } from './embedded-postgres.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { endOrphans } from './end-orphans.js';
import { joinServer } from './join-server.js';
import { choosePlacement, findDataDirectory } from './placement.js';
import { runServer } from './run-server.js';
import { openServerLog } from './server-log.js';
import { tryStartLock, type StartLock } from './start-lock.js';

/** How a server is opened. */
interface OpeningOptions {
  readonly settings: readonly string[];
  readonly readyTimeoutMs: number;
}

const POLL_MS = 25;

/**
 * Opens the server of one data directory, again after it has ended. Only the holder of the lock changes the directory; who
 * has started a server keeps the lock from one run to the next.
 */
export class ServerOpener {
  private lock: StartLock | undefined;

  constructor(
    private readonly directory: string,
    private readonly options: OpeningOptions,
  ) {}

  /** Starts the server, or joins the one that another start owns. @throws EmbeddedPostgresError */
  async open(): Promise<ServerRun> {
    const { readyTimeoutMs } = this.options;
    const deadline = Date.now() + readyTimeoutMs;
    while (Date.now() < deadline) {
      this.lock ??= tryStartLock(`${this.directory}.lock`);
      if (this.lock) return this.start(deadline);
      const running = joinServer(findDataDirectory(this.directory));
      if (running) return running;
      await sleep(POLL_MS);
    }
    throw new EmbeddedPostgresError(
      `Another process owns ${this.directory}, and its PostgreSQL was not ready within ${readyTimeoutMs} ms.`,
    );
  }

  /** Lets another start own the directory; the server has ended. */
  release(): void {
    this.lock?.release();
    this.lock = undefined;
  }

  private async start(deadline: number): Promise<ServerRun> {
    const placement = await choosePlacement(this.directory, locateBinaries());
    const log = openServerLog(`${placement.dataDirectory}.log`);
    try {
      await endOrphans(placement.dataDirectory, deadline);
      await ensureCluster(placement.dataDirectory, placement.binaries, placement.runAs, log);
      return await runServer(placement, { settings: this.options.settings, deadline, log });
    } finally {
      log.close();
    }
  }
}
