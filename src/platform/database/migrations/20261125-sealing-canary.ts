import { Migration } from '@mikro-orm/migrations';

/** The row is written by the first process that starts with a master key: a migration has none. */
export class Migration20261125SealingCanary extends Migration {
  override name = 'Migration20261125SealingCanary';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "sealing_canary" ("id" varchar(16) not null, "value_sealed" text not null, primary key ("id"));`,
    );
  }
}
