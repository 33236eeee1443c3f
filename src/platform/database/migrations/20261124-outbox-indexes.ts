import { Migration } from '@mikro-orm/migrations';

export class Migration20261124OutboxIndexes extends Migration {
  override name = 'Migration20261124OutboxIndexes';

  override up(): void | Promise<void> {
    // nothing looks for events by these, and every event wrote them twice: when recorded, and when dispatched
    this.addSql(`drop index "outbox_events_owner_id_index";`);
    this.addSql(`alter table "outbox_events" drop constraint "outbox_events_sequence_unique";`);
  }
}
