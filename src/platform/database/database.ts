import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { currentContext } from '../context/index.js';
import { dependencyUnavailable } from './unavailable.js';

/** The database as use cases see it: a fresh unit of work per call, faults of the connection as SRV_002. */
@Injectable()
export class Database {
  private pool: pg.Pool | null = null;
  private readonly beforeCommits = new WeakMap<EntityManager, (() => Promise<void>)[]>();
  private readonly afterCommits = new WeakMap<EntityManager, (() => void)[]>();

  constructor(@Inject(MikroORM) private readonly orm: MikroORM) {}

  /** Runs queries outside a transaction in a unit of work of their own. */
  async read<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return dependencyUnavailable(() => work(this.orm.em.fork()));
  }

  /** Runs a use case in one transaction: all of it commits, or nothing. Entities are flushed at the end. */
  async transaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    const actions: (() => void)[] = [];
    const result = await dependencyUnavailable(() =>
      this.orm.em.fork().transactional(async (em) => {
        const lastSteps: (() => Promise<void>)[] = [];
        this.beforeCommits.set(em, lastSteps);
        this.afterCommits.set(em, actions);
        const worked = await work(em);
        await currentContext()?.beforeCommit?.(em);
        for (const step of lastSteps) await step();
        return worked;
      }),
    );
    for (const action of actions) action();
    return result;
  }

  /** Runs a step at the end of the transaction, which rolls back if it fails. */
  beforeCommit(em: EntityManager, step: () => Promise<void>): void {
    const steps = this.beforeCommits.get(em);
    if (!steps) throw new Error('beforeCommit() needs the entity manager that transaction() gave');
    steps.push(step);
  }

  /** Runs an action once the transaction has committed, before {@link transaction} returns; not if it rolls back. */
  afterCommit(em: EntityManager, action: () => void): void {
    const actions = this.afterCommits.get(em);
    if (!actions) throw new Error('afterCommit() needs the entity manager that transaction() gave');
    actions.push(action);
  }

  /** One statement on the pool, past the unit of work: for hot paths. `name` makes it a prepared statement, `query_timeout` (ms) gives it up. */
  async query<Row extends pg.QueryResultRow>(
    statement: string | { name: string; text: string; query_timeout?: number },
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    const config = typeof statement === 'string' ? { text: statement } : statement;
    return dependencyUnavailable(async () => {
      const pool = await this.nativePool();
      return pool.query<Row>({ ...config, values: [...values] });
    });
  }

  /** The pool at this moment: connections in use and idle, and requests that wait for one. */
  async poolCounts(): Promise<{ busy: number; idle: number; waiting: number }> {
    const { totalCount, idleCount, waitingCount } = await this.nativePool();
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  private async nativePool(): Promise<pg.Pool> {
    this.pool ??= await this.orm.em.getDriver().getConnection().getNativeClient();
    return this.pool;
  }
}
