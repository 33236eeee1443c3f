import { isIP } from 'node:net';
import { types } from 'node:util';
import { Client } from 'pg';
import { type Config, ConfigError } from './config.js';
import { isThisMachine } from './this-machine.js';

/** What the driver makes of a connection string. */
interface Connection {
  readonly host: string;
  /** Its types know the boolean only. */
  readonly ssl: boolean | { readonly rejectUnauthorized?: boolean };
}

/**
 * What works in production but should not stay so, a sentence each, with the setting and without its value.
 * @throws ConfigError for a connection string that the driver cannot read, or whose certificates are not there
 */
export function productionWarnings(config: Config): string[] {
  const found = [...databaseWarnings(config), ...redisWarnings(config), ...secretWarnings(config)];
  return config.isProduction ? found : [];
}

function databaseWarnings({ databaseUrl, databaseMigrationUrl, databaseListenUrl }: Config): string[] {
  const urls = Object.entries({
    DATABASE_URL: databaseUrl,
    DATABASE_MIGRATION_URL: databaseMigrationUrl,
    DATABASE_LISTEN_URL: databaseListenUrl,
  });
  return urls.flatMap(([name, url]) => {
    const fault = url === null ? null : transportFault(connectionOf(name, url));
    return fault === null ? [] : [`${name}: ${fault}; use sslmode=verify-full and the name of its certificate`];
  });
}

/** Read by the driver itself: parameters, the environment and their defaults all have a say in it. */
function connectionOf(name: string, connectionString: string): Connection {
  try {
    return new Client({ connectionString });
  } catch (error) {
    throw new ConfigError([`${name}: ${types.isNativeError(error) ? error.message : 'cannot be read'}`]);
  }
}

function transportFault({ host, ssl }: Connection): string | null {
  if (isThisMachine(host)) return null;
  if (ssl === false) return 'the connection to the database server is not encrypted';
  const isUnchecked = typeof ssl === 'object' && ssl.rejectUnauthorized === false;
  if (isUnchecked) return 'the certificate of the database server is not checked';
  // the driver hands names alone to the check
  return isIP(host) ? 'the certificate of the database server is not checked for an IP address' : null;
}

function redisWarnings({ redisUrl }: Config): string[] {
  if (redisUrl === null) return [];
  const { protocol, hostname } = new URL(redisUrl);
  if (protocol === 'rediss:' || isThisMachine(hostname)) return [];
  return ['REDIS_URL: the connection to the Redis server is not encrypted; use rediss://'];
}

/** Whoever learns the one would have the other, or most of it. */
function secretWarnings({ masterKeys, jwtSecrets }: Config): string[] {
  const overlaps = (key: string): boolean =>
    jwtSecrets?.some((secret) => key.includes(secret) || secret.includes(key)) ?? false;
  if (!masterKeys?.some(overlaps)) return [];
  return ['KINDLY_MASTER_KEY: is, holds or is part of one of JWT_SECRETS; give each a value of its own'];
}
