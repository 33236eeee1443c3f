import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, DatabaseClock } from '../database/index.js';
import { LOG, type Log } from '../log/index.js';
import { PacedRounds } from './paced-rounds.js';
import { ADD_STEPS, type AgedRows, deleteAged, type DueStepRow, TAKE_DUE_STEPS } from './retention.queries.js';
import type { Worker } from './worker.js';
import { Workers } from './workers.js';

/** How often a process looks for steps that are due, in milliseconds; also the shortest interval of a step. */
const LOOK_INTERVAL_MS = 2_000;

const HOUR_MS = 3_600_000;

/** Steps that come less often than this are left to the processes that do background work. In milliseconds. */
const BACKGROUND_FROM_MS = HOUR_MS;

/** A worker that has just started has other things to do, and may not live long. In milliseconds. */
const START_DELAY_MS = 15_000;

/** Rows a statement; a long one would hold its locks for long. */
const BATCH_SIZE = 2_000;

/** Something that is done again and again about what is past its time, by one process of all. */
export interface RetentionStep {
  /** Its name in `retention_runs`; stays the same between releases. */
  readonly name: string;
  /** Time between two runs, in milliseconds. */
  readonly everyMs: number;
  /** How long what the step looks at is kept, in milliseconds. */
  readonly keptMs: number;
  /** Handles at most `rowsMax` rows of before a moment, and answers how many; while it is as many, it is called again. */
  handle(before: Date, rowsMax: number): Promise<number>;
}

/** How long the rows of a table are kept (milliseconds), and how often they are looked at: every hour unless told. */
export interface RetentionRule extends AgedRows {
  readonly keptMs: number;
  readonly everyMs?: number;
}

/**
 * Erases what is past its time: the one list of it, to which the modules add. Each due run is done by one process of all,
 * in small batches, those of several steps by turns, so that a long one holds up no other.
 */
@Injectable()
export class RetentionService implements Worker, OnApplicationBootstrap {
  private readonly steps = new Map<string, RetentionStep>();
  /** The runs of this process that are under way, and the moment that each deletes up to. */
  private readonly running = new Map<RetentionStep, Date>();
  private readonly backgroundFrom = performance.now() + START_DELAY_MS;
  private doesBackgroundWork = false;
  private areStepsKnown = false;
  private readonly rounds = new PacedRounds(
    LOOK_INTERVAL_MS,
    () => this.round(),
    (err) => this.log.warn({ err }, 'what is past its time could not be looked for; it will be in the next round'),
  );

  constructor(
    workers: Workers,
    private readonly database: Database,
    private readonly clock: DatabaseClock,
    @Inject(LOG) private readonly log: Log,
  ) {
    workers.register(this);
  }

  /** Registers tables whose rows are deleted after a time; the step of each is named as the table. */
  keep(...rules: RetentionRule[]): void {
    for (const { keptMs, everyMs = HOUR_MS, ...rows } of rules) {
      const statement = deleteAged(rows);
      const handle = async (before: Date, rowsMax: number): Promise<number> =>
        (await this.database.query(statement, [before, rowsMax])).rowCount ?? 0;
      this.add({ name: rows.table, everyMs, keptMs, handle });
    }
  }

  /** Registers a step. @throws Error if there is one of its name */
  add(step: RetentionStep): void {
    if (this.steps.has(step.name)) throw new Error(`two retention steps are named ${step.name}`);
    this.steps.set(step.name, step);
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  wake(): void {
    this.doesBackgroundWork = true;
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(): Promise<void> {
    if (!this.areStepsKnown) await this.database.query(ADD_STEPS, [[...this.steps.keys()]]);
    this.areStepsKnown = true;
    do {
      await this.takeDue();
      for (const [step, before] of this.running) await this.handleBatch(step, before);
    } while (this.running.size > 0 && !this.rounds.isStopped);
  }

  private async takeDue(): Promise<void> {
    const steps = [...this.steps.values()].filter((step) => this.isMine(step));
    const { rows } = await this.database.query<DueStepRow>(TAKE_DUE_STEPS, [
      steps.map(({ name }) => name),
      steps.map(({ everyMs }) => everyMs),
    ]);
    if (rows.length === 0) return;
    const taken = new Set(rows.map(({ name }) => name));
    const untilMs = await this.clock.purgeableUntilMs();
    for (const step of steps) if (taken.has(step.name)) this.running.set(step, new Date(untilMs - step.keptMs));
  }

  private isMine({ everyMs }: RetentionStep): boolean {
    return everyMs < BACKGROUND_FROM_MS || (this.doesBackgroundWork && performance.now() >= this.backgroundFrom);
  }

  private async handleBatch(step: RetentionStep, before: Date): Promise<void> {
    try {
      if ((await step.handle(before, BATCH_SIZE)) < BATCH_SIZE) this.running.delete(step);
    } catch (err) {
      this.running.delete(step);
      this.log.warn({ err, step: step.name }, 'what is past its time stays until the next run');
    }
  }
}
