import { PgBoss } from 'pg-boss';
import type { TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';

/** A process that has just started takes no jobs for a while, and then looks every ten seconds. */
const TAKEN_WITHIN_MS = 60_000;

/** The queue of the jobs that are due at certain hours, to have them done now. */
export class Jobs {
  private readonly database: TestDatabase;
  private readonly queue: PgBoss;

  private constructor(database: TestDatabase, queue: PgBoss) {
    this.database = database;
    this.queue = queue;
  }

  static async open(database: TestDatabase): Promise<Jobs> {
    const queue = new PgBoss({
      db: { executeSql: async (text, values) => ({ rows: await database.query(text, values ?? []) }) },
      migrate: false,
      supervise: false,
      schedule: false,
    });
    await queue.start();
    return new Jobs(database, queue);
  }

  /** Has a job done by whichever server takes it. Resolves when it is done, and fails if it failed. */
  async run(name: string): Promise<void> {
    await eventually(
      () => this.database.query('select 1 from pgboss.queue where name = $1', [name]).then((rows) => rows.length === 1),
      TAKEN_WITHIN_MS,
    );
    const id = await this.queue.send(name, {});
    if (id === null) throw new Error(`${name} is being done already`);
    const state = await eventually(async () => {
      const [job] = await this.database.query<{ state: string }>('select state from pgboss.job where id = $1', [id]);
      return job?.state === 'completed' || job?.state === 'failed' ? job.state : null;
    }, TAKEN_WITHIN_MS);
    if (state === 'failed') throw new Error(`${name} failed`);
  }

  async close(): Promise<void> {
    await this.queue.stop({ graceful: false });
  }
}
