import { AsyncResource } from 'node:async_hooks';

/**
 * Runs a step again and again while it says that there is more to do, never twice at once. A wake-up during a round
 * causes another one, so that nothing that came meanwhile is overlooked.
 */
export class WorkLoop {
  // made outside of every request: work that a request wakes must not run under that request's name
  private readonly scope = new AsyncResource('WorkLoop');
  private running: Promise<void> | null = null;
  private isWanted = false;
  private isStopped = false;

  constructor(
    private readonly step: () => Promise<boolean>,
    private readonly failed: (error: unknown) => void,
  ) {}

  wake(): void {
    if (this.isStopped) return;
    this.isWanted = true;
    // not at once: a step that wakes its own loop before it first waits must find it running
    this.running ??= this.scope.runInAsyncScope(() => Promise.resolve().then(() => this.run()));
  }

  /** Lets the step that is under way end. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.isWanted && !this.isStopped) {
        this.isWanted = false;
        if (await this.step()) this.isWanted = true;
      }
    } catch (error) {
      this.failed(error);
    } finally {
      this.running = null;
    }
  }
}
