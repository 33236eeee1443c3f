import { Migration } from '@mikro-orm/migrations';

/**
 * The audit trail has a schema of its own: the rights that the runtime role is given on tables of `public` by default
 * do not reach it, and its monthly partitions are made and dropped by the owner.
 */
export class Migration20261124Audit extends Migration {
  override name = 'Migration20261124Audit';

  override up(): void | Promise<void> {
    this.addSql(`create schema "audit";`);
    this.addSql(
      `create table "audit"."events" ("id" uuid not null, "occurred_at" timestamptz(3) not null, "type" varchar(64) not null, "owner_id" uuid null, "actor_kind" varchar(16) null, "actor_id" uuid null, "actor_user_id" uuid null, "ip" varchar(45) null, "request_id" uuid null, "data" jsonb not null, primary key ("id", "occurred_at")) partition by range ("occurred_at");`,
    );
    this.addSql(`create index "events_owner_id_id_index" on "audit"."events" ("owner_id", "id");`);
    this.addSql(`create index "events_request_id_index" on "audit"."events" ("request_id");`);
    this.addSql(`create table "audit"."events_default" partition of "audit"."events" default;`);

    this.addSql(
      `create table "audit"."pending" ("event_id" uuid not null, "occurred_at" timestamptz(3) not null, "key_id" varchar(8) not null, "tag" bytea not null, primary key ("event_id"));`,
    );
    // every row is deleted within a second: cleaned up often, in small portions, so that its space is used again
    this.addSql(
      `alter table "audit"."pending" set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 1);`,
    );
    this.addSql(
      `create table "audit"."chain" ("sequence" bigint not null, "event_id" uuid not null, "occurred_at" timestamptz(3) not null, "hash" bytea not null, primary key ("sequence"));`,
    );
    this.addSql(`alter table "audit"."chain" add constraint "chain_event_id_unique" unique ("event_id");`);
    this.addSql(
      `create table "audit"."signing_keys" ("id" uuid not null, "public_key" bytea not null, "private_key_sealed" text not null, "created_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(
      `create table "audit"."heads" ("kind" varchar(5) not null, "sequence" bigint not null, "hash" bytea not null, "signed_at" timestamptz(3) not null, "key_id" uuid not null references "audit"."signing_keys" ("id"), "signature" bytea not null, primary key ("kind", "sequence"));`,
    );

    this.addSql(`grant usage on schema "audit" to kindly_runtime;`);
    this.addSql(
      `grant select, insert on "audit"."events", "audit"."chain", "audit"."heads", "audit"."signing_keys" to kindly_runtime;`,
    );
    this.addSql(`grant select, insert, delete on "audit"."pending" to kindly_runtime;`);
    // a change of master keys seals it anew
    this.addSql(`grant update ("private_key_sealed") on "audit"."signing_keys" to kindly_runtime;`);
  }
}
