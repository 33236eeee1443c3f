import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Webhooks extends Migration {
  override name = 'Migration20261124Webhooks';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "webhook_endpoints" ("id" uuid not null, "owner_id" uuid not null, "url" varchar(2048) not null, "description" varchar(200) null, "events" text[] not null, "secret_sealed" text not null, "previous_secret_sealed" text null, "previous_secret_expires_at" timestamptz null, "created_at" timestamptz not null, "deleted_at" timestamptz null, "disabled_at" timestamptz null, "disabled_reason" varchar(8) null, "last_sequence" bigint not null default '0', "consecutive_failures" int not null default 0, "failing_since" timestamptz null, "paused_until" timestamptz null, "next_due_at" timestamptz null, "lease_holder" uuid null, "lease_until" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`create index "webhook_endpoints_owner_id_index" on "webhook_endpoints" ("owner_id");`);
    this.addSql(`create index "webhook_endpoints_next_due_at_index" on "webhook_endpoints" ("next_due_at");`);

    this.addSql(
      `create table "webhook_deliveries" ("id" uuid not null, "endpoint_id" uuid not null, "event_id" uuid not null, "event_type" varchar(64) not null, "sequence" bigint not null, "status" varchar(9) not null, "failures" smallint not null default 0, "next_attempt_at" timestamptz null, "created_at" timestamptz not null, "finished_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(
      `create index "webhook_deliveries_endpoint_id_id_index" on "webhook_deliveries" ("endpoint_id", "id");`,
    );
    this.addSql(
      `create index "webhook_deliveries_due_index" on "webhook_deliveries" ("endpoint_id", "next_attempt_at", "sequence") where status = 'pending';`,
    );
    this.addSql(
      `alter table "webhook_deliveries" add constraint "webhook_deliveries_event_id_endpoint_id_unique" unique ("event_id", "endpoint_id");`,
    );

    this.addSql(
      `create table "webhook_attempts" ("delivery_id" uuid not null, "number" int not null, "started_at" timestamptz not null, "outcome" varchar(11) null, "http_status" smallint null, "latency_ms" int null, "error" varchar(200) null, "response_excerpt" text null, primary key ("delivery_id", "number"));`,
    );

    this.addSql(
      `create index "outbox_events_waiting_index" on "outbox_events" ("sequence") where dispatched_at is null;`,
    );

    this.addSql(
      `alter table "webhook_deliveries" add constraint "webhook_deliveries_endpoint_id_foreign" foreign key ("endpoint_id") references "webhook_endpoints" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "webhook_deliveries" add constraint "webhook_deliveries_event_id_foreign" foreign key ("event_id") references "outbox_events" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "webhook_attempts" add constraint "webhook_attempts_delivery_id_foreign" foreign key ("delivery_id") references "webhook_deliveries" ("id") on delete cascade;`,
    );
  }
}
