import { Migration } from '@mikro-orm/migrations';

export class Migration20261124OAuthSigningKeys extends Migration {
  override name = 'Migration20261124OAuthSigningKeys';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "oauth_signing_keys" add column "signs_from" timestamptz null, add column "published_until" timestamptz null;`,
    );
    this.addSql(`update "oauth_signing_keys" set "signs_from" = "created_at";`);
    this.addSql(`alter table "oauth_signing_keys" alter column "signs_from" set not null;`);
  }
}
