import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Foundation extends Migration {
  override name = 'Migration20261124Foundation';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "compression_usage" ("owner_id" uuid not null, "bucket" timestamptz not null, "credential_id" uuid not null, "algorithm" varchar(8) not null, "operation" varchar(10) not null, "operations" bigint not null, "bytes_in" bigint not null, "bytes_out" bigint not null, primary key ("owner_id", "bucket", "credential_id", "algorithm", "operation"));`,
    );

    this.addSql(
      `create table "outbox_events" ("id" uuid not null, "sequence" bigserial, "type" varchar(64) not null, "owner_id" uuid not null, "actor" jsonb not null, "request_id" uuid null, "occurred_at" timestamptz not null, "data" jsonb not null, "dispatched_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`alter table "outbox_events" add constraint "outbox_events_sequence_unique" unique ("sequence");`);
    this.addSql(`create index "outbox_events_owner_id_index" on "outbox_events" ("owner_id");`);

    this.addSql(
      `create table "users" ("id" uuid not null, "email" varchar(254) not null, "email_key" varchar(254) not null, "email_verified" boolean not null default false, "name" varchar(120) not null, "password_hash" text not null, "role" varchar(16) not null default 'user', "created_at" timestamptz not null, "disabled_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`alter table "users" add constraint "users_email_key_unique" unique ("email_key");`);

    this.addSql(
      `create table "sessions" ("id" uuid not null, "user_id" uuid not null, "created_at" timestamptz not null, "last_seen_at" timestamptz not null, "ip" varchar(45) null, "user_agent" varchar(256) null, "expires_at" timestamptz not null, "refresh_jti" uuid not null, "refresh_issued_at" timestamptz not null, "refresh_expires_at" timestamptz not null, "revoked_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`create index "sessions_user_id_index" on "sessions" ("user_id");`);

    this.addSql(
      `create table "api_keys" ("id" uuid not null, "owner_id" uuid not null, "name" varchar(100) not null, "environment" varchar(4) not null, "digest" bytea not null, "hint" varchar(24) not null, "api_secret_sealed" text not null, "permissions" text[] not null, "allowed_ips" text[] null, "denied_ips" text[] null, "expires_at" timestamptz null, "created_at" timestamptz not null, "last_used_at" timestamptz null, "last_used_ip" varchar(45) null, "revoked_at" timestamptz null, "minted_by" uuid null, primary key ("id"));`,
    );
    this.addSql(`create index "api_keys_owner_id_index" on "api_keys" ("owner_id");`);
    this.addSql(`alter table "api_keys" add constraint "api_keys_digest_unique" unique ("digest");`);
    this.addSql(`create index "api_keys_minted_by_index" on "api_keys" ("minted_by");`);

    this.addSql(
      `alter table "sessions" add constraint "sessions_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "api_keys" add constraint "api_keys_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on delete cascade;`,
    );
  }
}
