import { Migration } from '@mikro-orm/migrations';

export class Migration20261125StandingKeys extends Migration {
  override name = 'Migration20261125StandingKeys';

  override up(): void | Promise<void> {
    // every new key counts those of its owner that still stand, however many have ended
    this.addSql(`create index "api_keys_standing_index" on "api_keys" ("owner_id") where revoked_at is null;`);
  }
}
