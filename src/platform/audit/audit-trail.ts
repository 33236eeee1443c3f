import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { SECRETS, type Secrets } from '../config/index.js';
import { Database, GroupCommit } from '../database/index.js';
import { type AuditEntry, type AuditRow, auditRowOf } from './audit-entry.js';
import { PendingTags } from './pending-tags.js';
import {
  AUDIT_ROWS_TOGETHER,
  auditRowsParameter,
  WRITE_AUDIT_ROWS,
  WRITE_AUDIT_ROWS_IN_TRANSACTION,
} from './write-audit-rows.js';

/** Writes the audit trail. Rows are never changed; the audit module chains them within a second. */
@Injectable()
export class AuditTrail implements OnApplicationShutdown {
  private readonly tags: PendingTags;
  private readonly rowsOf = new WeakMap<EntityManager, AuditRow[]>();
  private readonly notes: GroupCommit<AuditRow, AuditRow>;

  constructor(
    private readonly database: Database,
    @Inject(SECRETS) secrets: Secrets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.tags = new PendingTags(secrets.masterKeys);
    this.notes = new GroupCommit((rows) => this.write(rows), AUDIT_ROWS_TOGETHER);
  }

  /** Adds a fact to the transaction in which it becomes one: both commit, or neither. */
  record(em: EntityManager, entry: AuditEntry): void {
    const row = auditRowOf(entry, this.clock.now());
    const rows = this.rowsOf.get(em);
    if (rows) {
      rows.push(row);
      return;
    }
    this.rowsOf.set(em, [row]);
    this.database.beforeCommit(em, () => this.writeRowsOf(em));
  }

  /** Writes what has no transaction of its own: a refusal, a look at others' data. Resolves once it is committed. */
  async note(entry: AuditEntry): Promise<void> {
    await this.notes.add(auditRowOf(entry, this.clock.now()));
  }

  onApplicationShutdown(): Promise<void> {
    return this.notes.settled();
  }

  private async write(rows: readonly AuditRow[]): Promise<readonly AuditRow[]> {
    await this.database.query(WRITE_AUDIT_ROWS, [auditRowsParameter(rows, this.tags)]);
    return rows;
  }

  private async writeRowsOf(em: EntityManager): Promise<void> {
    const rows = this.rowsOf.get(em) ?? [];
    await em.execute(WRITE_AUDIT_ROWS_IN_TRANSACTION, [auditRowsParameter(rows, this.tags)]);
  }
}
