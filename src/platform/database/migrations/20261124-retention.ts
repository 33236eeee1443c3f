import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Retention extends Migration {
  override name = 'Migration20261124Retention';

  override up(): void | Promise<void> {
    this.addSql(`create index "known_networks_last_seen_at_index" on "known_networks" ("last_seen_at");`);
    this.addSql(`create index "mfa_factors_pending_index" on "mfa_factors" ("created_at") where activated_at is null;`);
    this.addSql(`create index "mfa_step_ups_expires_at_index" on "mfa_step_ups" ("expires_at");`);
    this.addSql(`create index "quota_usage_window_start_index" on "quota_usage" ("window_start");`);
    this.addSql(`create index "sessions_refresh_expires_at_index" on "sessions" ("refresh_expires_at");`);
  }
}
