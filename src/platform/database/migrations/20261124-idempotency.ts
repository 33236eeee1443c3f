import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Idempotency extends Migration {
  override name = 'Migration20261124Idempotency';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "idempotency_keys" ("scope" varchar(64) not null, "owner_id" uuid not null, "attempt" uuid not null, "fingerprint" varchar(64) not null, "locked_until" timestamptz not null, "expires_at" timestamptz not null, "committed_at" timestamptz null, "status" smallint null, "answer_sealed" text null, "answer_until" timestamptz null, "resource_id" varchar(64) null, primary key ("scope"));`,
    );
    this.addSql(`create index "idempotency_keys_expires_at_index" on "idempotency_keys" ("expires_at");`);
    this.addSql(`create index "idempotency_keys_answer_until_index" on "idempotency_keys" ("answer_until");`);
  }
}
