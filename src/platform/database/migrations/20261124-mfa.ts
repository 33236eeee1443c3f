import { Migration } from '@mikro-orm/migrations';

export class Migration20261124Mfa extends Migration {
  override name = 'Migration20261124Mfa';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "access_policies" ("id" varchar(16) not null, "step_up_before_minting" boolean not null default false, primary key ("id"));`,
    );

    this.addSql(
      `create table "health_samples" ("minute" timestamptz not null, "failed" text[] not null, primary key ("minute"));`,
    );

    this.addSql(
      `create table "mfa_factors" ("id" uuid not null, "user_id" uuid not null, "secret_sealed" text not null, "created_at" timestamptz not null, "activated_at" timestamptz null, "last_used_step" int null, primary key ("id"));`,
    );
    this.addSql(`alter table "mfa_factors" add constraint "mfa_factors_user_id_unique" unique ("user_id");`);

    this.addSql(
      `create table "mfa_step_ups" ("session_id" uuid not null, "factor_id" uuid not null, "expires_at" timestamptz not null, primary key ("session_id"));`,
    );
    this.addSql(`create index "mfa_step_ups_factor_id_index" on "mfa_step_ups" ("factor_id");`);

    this.addSql(
      `create table "mfa_recovery_codes" ("id" uuid not null, "factor_id" uuid not null, "digest" varchar(64) not null, "used_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "mfa_recovery_codes" add constraint "mfa_recovery_codes_factor_id_digest_unique" unique ("factor_id", "digest");`,
    );

    this.addSql(
      `alter table "mfa_factors" add constraint "mfa_factors_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "mfa_step_ups" add constraint "mfa_step_ups_factor_id_foreign" foreign key ("factor_id") references "mfa_factors" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "mfa_recovery_codes" add constraint "mfa_recovery_codes_factor_id_foreign" foreign key ("factor_id") references "mfa_factors" ("id") on delete cascade;`,
    );
  }
}
