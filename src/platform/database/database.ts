import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { dependencyUnavailable } from './unavailable.js';

/** The database as use cases see it: a fresh unit of work per call, faults of the connection as SRV_002. */
@Injectable()
export class Database {
  private pool: pg.Pool | null = null;

  constructor(@Inject(MikroORM) private readonly orm: MikroORM) {}

  /** Runs queries outside a transaction in a unit of work of their own. */
  async read<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return dependencyUnavailable(() => work(this.orm.em.fork()));
  }

  /** Runs a use case in one transaction: all of it commits, or nothing. Entities are flushed at the end. */
  async transaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return dependencyUnavailable(() => this.orm.em.fork().transactional(work));
  }

  /** One statement on the pool, past the unit of work: for hot paths. `name` makes it a prepared statement. */
  async query<Row extends pg.QueryResultRow>(
    statement: string | { name: string; text: string },
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    const config = typeof statement === 'string' ? { text: statement } : statement;
    return dependencyUnavailable(async () => {
      const pool = await this.nativePool();
      return pool.query<Row>({ ...config, values: [...values] });
    });
  }

  private async nativePool(): Promise<pg.Pool> {
    this.pool ??= await this.orm.em.getDriver().getConnection().getNativeClient();
    return this.pool;
  }
}
