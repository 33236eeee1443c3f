import { Migration } from '@mikro-orm/migrations';

export class Migration20261124CompressionRetention extends Migration {
  override name = 'Migration20261124CompressionRetention';

  override up(): void | Promise<void> {
    this.addSql(`create index "compression_usage_bucket_index" on "compression_usage" ("bucket");`);
  }
}
