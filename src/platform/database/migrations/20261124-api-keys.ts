import { Migration } from '@mikro-orm/migrations';

export class Migration20261124ApiKeys extends Migration {
  override name = 'Migration20261124ApiKeys';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "credential_usage" ("credential_id" uuid not null, "bucket" timestamptz not null, "owner_id" uuid not null, "requests" bigint not null, primary key ("credential_id", "bucket"));`,
    );
    this.addSql(`create index "credential_usage_owner_id_index" on "credential_usage" ("owner_id");`);
    this.addSql(
      `create table "credential_origins" ("credential_id" uuid not null, "ip" varchar(45) not null, "user_agent" varchar(256) not null, "requests" bigint not null, "last_used_at" timestamptz not null, primary key ("credential_id", "ip", "user_agent"));`,
    );
    this.addSql(
      `create table "quota_usage" ("counter_id" uuid not null, "period" varchar(5) not null, "window_start" timestamptz not null, "used" int not null, "granted" int not null, primary key ("counter_id", "period"));`,
    );

    this.addSql(
      `create table "credential_last_uses" ("credential_id" uuid not null, "last_used_at" timestamptz not null, "last_used_ip" varchar(45) null, primary key ("credential_id"));`,
    );
    this.addSql(
      `insert into "credential_last_uses" select "id", "last_used_at", "last_used_ip" from "api_keys" where "last_used_at" is not null;`,
    );

    this.addSql(
      `alter table "api_keys" drop column "last_used_at", drop column "last_used_ip", add "require_signature" boolean not null default false, add "min_signature" varchar(7) null, add "quota_limit" int null, add "quota_period" varchar(5) null, add "quota_counter_id" uuid null, add "expiry_notice_days" smallint null, add "revoke_at" timestamptz null, add "quarantined_at" timestamptz null, add "successor_id" uuid null;`,
    );
    this.addSql(`update "api_keys" set "quota_counter_id" = "id";`);
    this.addSql(`alter table "api_keys" alter column "quota_counter_id" set not null;`);
    this.addSql(`create index "api_keys_expires_at_index" on "api_keys" ("expires_at");`);
    this.addSql(`create index "api_keys_revoke_at_index" on "api_keys" ("revoke_at");`);
  }
}
