/** Up to a quarter of the interval earlier or later, so that processes that started together do not work in step. */
const JITTER = 0.25;

/**
 * Does a round of work again and again with a pause between, never two at once, without keeping the process alive. A
 * round that fails is reported, and the next one tries again.
 */
export class PacedRounds {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** `intervalMs` is the pause between two rounds, give or take a quarter. */
  constructor(
    private readonly intervalMs: number,
    private readonly round: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Whether {@link stop} was called; a long round looks at this between its steps. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Begins with a pause. */
  start(): void {
    this.wait();
  }

  /** Begins with a round. */
  startAtOnce(): void {
    this.running = this.run();
  }

  /** Lets the round that is under way end; none begins after it. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private wait(): void {
    if (this.stopped) return;
    const pauseMs = this.intervalMs * (1 - JITTER + Math.random() * 2 * JITTER);
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, pauseMs);
    this.timer.unref();
  }

  private async run(): Promise<void> {
    try {
      await this.round();
    } catch (error) {
      this.failed(error);
    }
    this.wait();
  }
}
