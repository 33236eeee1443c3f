import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Administrators extends Migration {
  override name = 'Migration20261124Administrators';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "access_policies" add "key_life_days_max" int null, add "prod_keys_need_ip_list" boolean not null default false, add "forbid_wildcards" boolean not null default false, add "keys_per_user_max" int null, add "administrators_need_mfa" boolean not null default false;`,
    );
    this.addSql(`alter table "login_failures" add "user_id" uuid null;`);
    this.addSql(`create index "login_failures_user_id_index" on "login_failures" ("user_id");`);
    this.addSql(`alter table "users" add "locked_at" timestamptz null;`);
  }
}
