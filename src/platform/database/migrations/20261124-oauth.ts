import { Migration } from '@mikro-orm/migrations';

export class Migration20261124OAuth extends Migration {
  override name = 'Migration20261124OAuth';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "oauth_clients" ("id" uuid not null, "owner_id" uuid not null, "name" varchar(100) not null, "type" varchar(12) not null, "token_endpoint_auth_method" varchar(19) not null, "redirect_uris" text[] not null, "grant_types" text[] not null, "scopes" text[] not null, "access_token_format" varchar(6) not null, "jwks" jsonb null, "secret_digest" varchar(43) null, "previous_secret_digest" varchar(43) null, "previous_secret_expires_at" timestamptz null, "allowed_ips" text[] null, "denied_ips" text[] null, "expires_at" timestamptz null, "created_at" timestamptz not null, "deleted_at" timestamptz null, "minted_by" uuid null, primary key ("id"));`,
    );
    this.addSql(`create index "oauth_clients_owner_id_index" on "oauth_clients" ("owner_id");`);
    this.addSql(`create index "oauth_clients_deleted_at_index" on "oauth_clients" ("deleted_at");`);
    this.addSql(`create index "oauth_clients_minted_by_index" on "oauth_clients" ("minted_by");`);
    this.addSql(
      `alter table "oauth_clients" add constraint "oauth_clients_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `create table "oauth_grants" ("id" uuid not null, "user_id" uuid not null, "client_id" uuid not null, "scopes" text[] not null, "created_at" timestamptz not null, "consented_at" timestamptz not null, "revoked_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`create index "oauth_grants_client_id_index" on "oauth_grants" ("client_id");`);
    this.addSql(`create index "oauth_grants_revoked_at_index" on "oauth_grants" ("revoked_at");`);
    // one live grant a user and client: consent that is given twice at once is one consent
    this.addSql(
      `create unique index "oauth_grants_live_unique" on "oauth_grants" ("user_id", "client_id") where revoked_at is null;`,
    );
    this.addSql(
      `alter table "oauth_grants" add constraint "oauth_grants_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "oauth_grants" add constraint "oauth_grants_client_id_foreign" foreign key ("client_id") references "oauth_clients" ("id") on delete cascade;`,
    );

    this.addSql(
      `create table "oauth_authorizations" ("id" uuid not null, "grant_id" uuid not null, "scopes" text[] not null, "code_digest" varchar(43) not null, "code_expires_at" timestamptz not null, "redirect_uri" varchar(2048) not null, "code_challenge" varchar(43) null, "nonce" varchar(512) null, "authenticated_at" timestamptz not null, "redeemed_at" timestamptz null, "family_digest" varchar(43) null, "refresh_digest" varchar(43) null, "parent_digest" varchar(43) null, "parent_spent_at" timestamptz null, "refresh_expires_at" timestamptz null, "revoked_at" timestamptz null, "kept_until" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "oauth_authorizations_grant_id_index" on "oauth_authorizations" ("grant_id");`);
    this.addSql(`create index "oauth_authorizations_kept_until_index" on "oauth_authorizations" ("kept_until");`);
    this.addSql(
      `alter table "oauth_authorizations" add constraint "oauth_authorizations_code_digest_unique" unique ("code_digest");`,
    );
    this.addSql(
      `alter table "oauth_authorizations" add constraint "oauth_authorizations_family_digest_unique" unique ("family_digest");`,
    );
    this.addSql(
      `alter table "oauth_authorizations" add constraint "oauth_authorizations_grant_id_foreign" foreign key ("grant_id") references "oauth_grants" ("id") on delete cascade;`,
    );

    // written once an hour and client or user at least, and read by digest only: no foreign key to check on each insert
    this.addSql(
      `create table "oauth_access_tokens" ("digest" varchar(43) not null, "client_id" uuid not null, "authorization_id" uuid null, "scopes" text[] not null, "issued_at" timestamptz not null, "expires_at" timestamptz not null, primary key ("digest"));`,
    );
    this.addSql(`create index "oauth_access_tokens_expires_at_index" on "oauth_access_tokens" ("expires_at");`);

    this.addSql(
      `create table "oauth_signing_keys" ("id" uuid not null, "private_key_sealed" text not null, "created_at" timestamptz not null, primary key ("id"));`,
    );
  }
}
