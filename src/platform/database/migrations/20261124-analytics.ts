import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Analytics extends Migration {
  override name = 'Migration20261124Analytics';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "anomalies" ("id" uuid not null, "owner_id" uuid not null, "key_id" uuid not null, "kind" varchar(16) not null, "subject" varchar(64) not null, "details" jsonb not null, "detected_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "anomalies_detected_at_index" on "anomalies" ("detected_at");`);
    this.addSql(`create index "anomalies_owner_id_index" on "anomalies" ("owner_id", "id");`);
    this.addSql(
      `alter table "anomalies" add constraint "anomalies_subject_unique" unique ("key_id", "kind", "subject");`,
    );

    this.addSql(
      `create table "credential_networks" ("credential_id" uuid not null, "network" varchar(43) not null, "owner_id" uuid not null, "first_seen_at" timestamptz not null, primary key ("credential_id", "network"));`,
    );
    this.addSql(`create index "credential_networks_first_seen_at_index" on "credential_networks" ("first_seen_at");`);

    this.addSql(
      `create table "custom_events" ("id" uuid not null, "owner_id" uuid not null, "credential_id" uuid not null, "name" varchar(64) not null, "properties" jsonb not null, "occurred_at" timestamptz not null, "created_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "custom_events_created_at_index" on "custom_events" ("created_at");`);
    this.addSql(`create index "custom_events_owner_id_index" on "custom_events" ("owner_id", "id");`);

    this.addSql(
      `create table "key_protections" ("owner_id" uuid not null, "on_leak" varchar(10) not null, "quarantine_on" text[] not null, "updated_at" timestamptz not null, primary key ("owner_id"));`,
    );

    this.addSql(
      `create table "usage_days" ("owner_id" uuid not null, "dimension" varchar(8) not null, "bucket" timestamptz not null, "credential_id" uuid not null, "value" varchar(200) not null, "credential_kind" varchar(16) not null, "requests" bigint not null, "errors" bigint not null, primary key ("owner_id", "dimension", "bucket", "credential_id", "value"));`,
    );
    this.addSql(`create index "usage_days_bucket_index" on "usage_days" ("bucket");`);

    this.addSql(
      `create table "usage_hours" ("owner_id" uuid not null, "dimension" varchar(8) not null, "bucket" timestamptz not null, "credential_id" uuid not null, "value" varchar(200) not null, "credential_kind" varchar(16) not null, "requests" bigint not null, "errors" bigint not null, primary key ("owner_id", "dimension", "bucket", "credential_id", "value"));`,
    );
    this.addSql(`create index "usage_hours_bucket_index" on "usage_hours" ("bucket");`);
    this.addSql(`create index "usage_hours_refusal_index" on "usage_hours" ("bucket") where dimension = 'refusal';`);

    this.addSql(`create index "credential_origins_last_used_at_index" on "credential_origins" ("last_used_at");`);

    this.addSql(`create index "credential_usage_bucket_index" on "credential_usage" ("bucket");`);

    this.addSql(`alter table "quota_usage" add "told" smallint not null default 0;`);
  }
}
