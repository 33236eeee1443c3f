import { Migration } from '@mikro-orm/migrations';

/** The runs of the retention stand in a table of ours; the former job queue kept nothing but their times in its schema. */
export class Migration20261125RetentionRuns extends Migration {
  override name = 'Migration20261125RetentionRuns';

  override up(): void | Promise<void> {
    this.addSql(`drop schema if exists "pgboss" cascade;`);
    // opened to the runtime role, for rows, by the default privileges of the owner
    this.addSql(
      `create table "retention_runs" ("name" varchar(64) not null, "ran_at" timestamptz not null, primary key ("name"));`,
    );
  }
}
