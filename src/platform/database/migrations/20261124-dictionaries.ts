import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Dictionaries extends Migration {
  override name = 'Migration20261124Dictionaries';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "compression_dictionaries" ("id" uuid not null, "owner_id" uuid not null, "name" varchar(100) not null, "version" int not null, "content" bytea null, "size_bytes" int not null, "digest" bytea not null, "sample_count" int not null, "created_at" timestamptz not null, "deleted_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "compression_dictionaries" add constraint "compression_dictionaries_owner_id_name_version_unique" unique ("owner_id", "name", "version");`,
    );
  }
}
