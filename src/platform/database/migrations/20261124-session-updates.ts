import { Migration } from '@mikro-orm/migrations';

export class Migration20261124SessionUpdates extends Migration {
  override name = 'Migration20261124SessionUpdates';

  override up(): void | Promise<void> {
    this.addSql(`drop index "sessions_refresh_expires_at_index";`);
    this.addSql(
      `alter table "sessions" add "refresh_over_by" timestamptz null generated always as ((date_trunc('day', refresh_expires_at at time zone 'UTC') + interval '1 day') at time zone 'UTC') stored;`,
    );
    this.addSql(`create index "sessions_refresh_over_by_index" on "sessions" ("refresh_over_by");`);
    // room for a session's next version beside the last, so that a refresh touches no index
    this.addSql(`alter table "sessions" set (fillfactor = 70);`);
  }
}
