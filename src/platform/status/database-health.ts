import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';
import { HealthChecks } from './health-checks.js';

/** Lets the database show that it answers. */
@Injectable()
export class DatabaseHealth {
  constructor(checks: HealthChecks, database: Database) {
    checks.register('database', () => database.query('select 1'));
  }
}
