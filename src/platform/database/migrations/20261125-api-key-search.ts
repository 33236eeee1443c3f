import { Migration } from '@mikro-orm/migrations';

const IS_STANDING = `"revoked_at" is null and "quarantined_at" is null`;

/**
 * Indexes of the administrators' search. On a large table their creation holds up whoever mints or changes a key: make
 * them beforehand with `create index concurrently`, under the same names, and this finds them made.
 */
export class Migration20261125ApiKeySearch extends Migration {
  override name = 'Migration20261125ApiKeySearch';

  override up(): void | Promise<void> {
    this.addSql(`create index if not exists "api_keys_hint_index" on "api_keys" ("hint");`);
    this.addSql(
      `create index if not exists "api_keys_revoked_index" on "api_keys" ("id") where revoked_at is not null;`,
    );
    this.addSql(
      `create index if not exists "api_keys_quarantined_index" on "api_keys" ("id") where quarantined_at is not null;`,
    );
    this.addSql(
      `create index if not exists "api_keys_environment_index" on "api_keys" ("environment", "id") where environment <> 'prod';`,
    );
    this.addSql(
      `create index if not exists "api_keys_wildcard_index" on "api_keys" ("id") where ${IS_STANDING} and "permissions" && array['*', 'read:*', 'write:*']::text[];`,
    );
    this.addSql(
      `create index if not exists "api_keys_open_index" on "api_keys" ("id") where ${IS_STANDING} and "environment" = 'prod' and "allowed_ips" is null;`,
    );
    this.addSql(
      `create index if not exists "api_keys_life_index" on "api_keys" ((coalesce("expires_at" - "created_at", interval '1000000 days'))) where ${IS_STANDING};`,
    );
    // how many names hold a text is guessed from a sample of them, and decides whether the index or the newest keys are read
    this.addSql(`alter table "api_keys" alter column "name" set statistics 1000;`);
    this.addSql(INDEX_NAMES_BY_TRIGRAM);
  }
}

/**
 * pg_trgm comes with PostgreSQL and is trusted: the owner of the database may create it. Where the installation has no
 * such package or does not allow it, the search works without the index, and reads all keys for what is rare.
 */
const INDEX_NAMES_BY_TRIGRAM = `do $$
  declare place text;
  begin
    create extension if not exists pg_trgm;
    select quote_ident(n.nspname) into place
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
    execute format('create index if not exists "api_keys_name_trigram_index" on "api_keys" using gin ("name" %s.gin_trgm_ops)', place);
  exception when insufficient_privilege or undefined_file or feature_not_supported then
    raise warning 'pg_trgm cannot be created: the search for part of a name will be slow on a large table (%)', sqlerrm;
  end $$;`;
