import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Sessions extends Migration {
  override name = 'Migration20261124Sessions';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "login_failures" ("kind" varchar(8) not null, "subject" bytea not null, "scope" varchar(8) not null, "failed_at" timestamptz[] not null, "locks" int not null, "locked_until" timestamptz null, "updated_at" timestamptz not null, primary key ("kind", "subject"));`,
    );
    this.addSql(`create index "login_failures_updated_at_index" on "login_failures" ("updated_at");`);

    this.addSql(
      `create table "known_networks" ("user_id" uuid not null, "network" varchar(49) not null, "last_seen_at" timestamptz not null, primary key ("user_id", "network"));`,
    );
    this.addSql(
      `alter table "known_networks" add constraint "known_networks_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    // a session from before names no secret; its next refresh does
    this.addSql(
      `alter table "sessions" add "refresh_secret_id" varchar(8) not null default '', add "parent_jti" uuid null, add "parent_spent_at" timestamptz null;`,
    );
    this.addSql(`alter table "sessions" alter column "refresh_secret_id" drop default;`);
  }
}
