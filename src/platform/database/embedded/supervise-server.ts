import type { EmbeddedPostgres, ServerRun, ServerWatch } from './embedded-postgres.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** How often a server that has ended is tried again before it is given up. */
const ATTEMPTS_MAX = 5;
/** The pause before the first attempt; doubled for each further one. In milliseconds. */
const PAUSE_FIRST_MS = 250;
/** A server that has run for so long counts as a success, and the attempts begin anew. In milliseconds. */
const LASTING_MS = 60_000;

/** What opens a server, again and again. */
interface Opener {
  open(): Promise<ServerRun>;
  release(): void;
}

/** Opens a server and keeps it running. @throws EmbeddedPostgresError when the first attempt fails */
export async function superviseServer(opener: Opener, watch: ServerWatch): Promise<EmbeddedPostgres> {
  try {
    return new SupervisedServer(opener, watch, await opener.open());
  } catch (error) {
    opener.release();
    throw error;
  }
}

/** A server that is opened again, after a pause that grows, when it ends by itself: five times, then it is given up. */
class SupervisedServer implements EmbeddedPostgres {
  private attempts = 0;
  private readyAt = performance.now();
  private recovery: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | undefined;
  private endPause: () => void = () => undefined;

  constructor(
    private readonly opener: Opener,
    private readonly watch: ServerWatch,
    private run: ServerRun,
  ) {
    this.follow();
  }

  get host(): string {
    return this.run.host;
  }

  get port(): number {
    return this.run.port;
  }

  get user(): string {
    return this.run.user;
  }

  get dataDirectory(): string {
    return this.run.dataDirectory;
  }

  get owned(): boolean {
    return this.run.owned;
  }

  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    this.endPause();
    await this.recovery;
    await this.run.stop();
    this.opener.release();
  }

  private follow(): void {
    void this.run.ended.then((reason) => {
      if (!this.stopped) this.recovery = this.recover(reason);
    });
  }

  private async recover(first: EmbeddedPostgresError): Promise<void> {
    if (performance.now() - this.readyAt >= LASTING_MS) this.attempts = 0;
    let reason = first;
    while (!this.stopped && this.attempts < ATTEMPTS_MAX) {
      const pauseMs = PAUSE_FIRST_MS * 2 ** this.attempts;
      this.attempts += 1;
      this.watch.lost(reason, this.attempts, pauseMs);
      await this.pause(pauseMs);
      if (this.stopped) return;
      const failure = await this.reopen();
      if (!failure) return;
      reason = failure;
    }
    if (this.stopped) return;
    this.opener.release();
    this.watch.givenUp(reason);
  }

  private async reopen(): Promise<EmbeddedPostgresError | undefined> {
    try {
      this.run = await this.opener.open();
    } catch (error) {
      return asEmbeddedPostgresError(error);
    }
    this.readyAt = performance.now();
    this.follow();
    this.watch.restored();
    return undefined;
  }

  private pause(pauseMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, pauseMs).unref();
    this.endPause = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }
}

/** A full disk also fails us before PostgreSQL, as a fault of the file system. */
function asEmbeddedPostgresError(error: unknown): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new EmbeddedPostgresError(`The embedded PostgreSQL cannot be started again: ${message}`, { cause: error });
}
