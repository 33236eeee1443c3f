import { Migration } from '@mikro-orm/migrations';

export class Migration20261124SignaturesAndServiceAccounts extends Migration {
  override name = 'Migration20261124SignaturesAndServiceAccounts';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "spent_nonces" ("spender_id" uuid not null, "nonce" varchar(128) not null, "expires_at" timestamptz not null, primary key ("spender_id", "nonce"));`,
    );
    this.addSql(`create index "spent_nonces_expires_at_index" on "spent_nonces" ("expires_at");`);
    // every row is deleted within minutes: cleaned up often, in small portions, so that its space is used again
    this.addSql(
      `alter table "spent_nonces" set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 1);`,
    );

    this.addSql(
      `create table "service_accounts" ("id" uuid not null, "owner_id" uuid not null, "name" varchar(100) not null, "description" varchar(500) null, "permissions" text[] not null, "allowed_ips" text[] null, "denied_ips" text[] null, "expires_at" timestamptz null, "created_at" timestamptz not null, "disabled_at" timestamptz null, "deleted_at" timestamptz null, "minted_by" uuid null, primary key ("id"));`,
    );
    this.addSql(`create index "service_accounts_owner_id_index" on "service_accounts" ("owner_id");`);
    this.addSql(`create index "service_accounts_minted_by_index" on "service_accounts" ("minted_by");`);
    this.addSql(
      `alter table "service_accounts" add constraint "service_accounts_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `create table "service_account_keys" ("id" uuid not null, "account_id" uuid not null, "algorithm" varchar(5) not null, "public_key" bytea not null, "thumbprint" varchar(43) not null, "created_at" timestamptz not null, "expires_at" timestamptz not null, "last_used_at" timestamptz null, "revoked_at" timestamptz null, "minted_by" uuid null, primary key ("id"));`,
    );
    this.addSql(`create index "service_account_keys_account_id_index" on "service_account_keys" ("account_id");`);
    this.addSql(`create index "service_account_keys_minted_by_index" on "service_account_keys" ("minted_by");`);
    this.addSql(
      `alter table "service_account_keys" add constraint "service_account_keys_account_id_foreign" foreign key ("account_id") references "service_accounts" ("id") on delete cascade;`,
    );
  }
}
