import { Migration } from '@mikro-orm/migrations';

/** The live sessions of a user are few among those that have ended; a refresh changes none of the index's columns. */
export class Migration20261125LiveSessions extends Migration {
  override name = 'Migration20261125LiveSessions';

  override up(): void | Promise<void> {
    this.addSql(`create index "sessions_live_index" on "sessions" ("user_id", "id") where revoked_at is null;`);
  }
}
