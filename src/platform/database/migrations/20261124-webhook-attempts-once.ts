import { Migration } from '@mikro-orm/migrations';

export class Migration20261124WebhookAttemptsOnce extends Migration {
  override name = 'Migration20261124WebhookAttemptsOnce';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "webhook_deliveries" add "attempts" int not null default 0, add "last_attempt_at" timestamptz null;`,
    );
    this.addSql(
      `update "webhook_deliveries" d set "attempts" = a."number", "last_attempt_at" = a."started_at" from (select distinct on ("delivery_id") * from "webhook_attempts" order by "delivery_id", "number" desc) a where a."delivery_id" = d."id";`,
    );
    // room for the note of an attempt beside each delivery of a page, so that it touches no index
    this.addSql(`alter table "webhook_deliveries" set (fillfactor = 48);`);
    // checked for each row, at a fifth of what a delivery costs the database; see the record of decisions, 8
    this.addSql(`alter table "webhook_deliveries" drop constraint "webhook_deliveries_endpoint_id_foreign";`);
    this.addSql(`alter table "webhook_deliveries" drop constraint "webhook_deliveries_event_id_foreign";`);
    this.addSql(`alter table "webhook_attempts" drop constraint "webhook_attempts_delivery_id_foreign";`);
  }
}
