import { resolve } from 'node:path';
import { z } from 'zod';
import { AddressSet } from '../../kernel/net/address-set.js';
import {
  accessToken,
  addressRangeList,
  byteSize,
  originList,
  secretList,
  switchFlag,
  wholeNumber,
} from './environment-values.js';
import { type PublicKeySet, publicKeySet } from './public-key-set.js';
import { isThisMachine } from './this-machine.js';

/** Injection token of the {@link Config}. */
export const CONFIG = Symbol('CONFIG');

/** All settings are wrong together or right together: every fault of the environment in one error. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const optionalText = z.string().trim().min(1).optional();

const environmentSchema = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: optionalText,
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_MIGRATION_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_LISTEN_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL_SIZE: wholeNumber(2, 200).default(10),
  DATABASE_QUERY_TIMEOUT: wholeNumber(1, 3_600).default(10),
  DATABASE_START_TIMEOUT: wholeNumber(0, 3_600).default(60),
  KINDLY_DATA_DIR: z.string().trim().min(1).default('./.data'),
  KINDLY_MASTER_KEY: secretList.optional(),
  JWT_SECRETS: secretList.optional(),
  KINDLY_ADMIN_EMAIL: optionalText,
  KINDLY_ADMIN_PASSWORD: z.string().optional(),
  KINDLY_CLOCK: z.enum(['system', 'ipc']).default('system'),
  TRUSTED_PROXIES: addressRangeList.optional(),
  CORS_ORIGINS: originList.optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  RATE_LIMIT_ANONYMOUS: wholeNumber(0, 1_000_000).default(100),
  RATE_LIMIT_LOGIN: wholeNumber(0, 1_000_000).default(10),
  RATE_LIMIT_AUTHENTICATED: wholeNumber(0, 1_000_000).default(1000),
  KEYS_PER_OWNER: wholeNumber(0, 1_000_000).default(1000),
  SERVICE_ACCOUNTS_PER_OWNER: wholeNumber(0, 1_000_000).default(100),
  OAUTH_CLIENTS_PER_OWNER: wholeNumber(0, 1_000_000).default(100),
  SESSIONS_PER_OWNER: wholeNumber(0, 1_000_000).default(100),
  METRICS_TOKEN: accessToken.optional(),
  LEAK_REPORT_KEYS: publicKeySet.optional(),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000).optional(),
  STALL_TIMEOUT: wholeNumber(1, 60).default(30),
  BODY_LIMIT: byteSize.default(10 * 1024 * 1024),
  COMPRESSION_OUTPUT_LIMIT: byteSize.default(100 * 1024 * 1024),
  WEBHOOKS_ALLOW_PRIVATE: switchFlag.default(false),
  AUDIT_RETENTION_MONTHS: wholeNumber(1, 600).default(24),
  COMPRESSION_STATS_RETENTION_DAYS: wholeNumber(1, 36_500).default(730),
  SHUTDOWN_DELAY: wholeNumber(0, 300).optional(),
  SUPPORT_EMAIL: z.email().default('support@kindly.com'),
  DOCS_ENABLED: switchFlag.default(true),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

type Environment = z.infer<typeof environmentSchema>;

/** Settings that production cannot do without; in development they have defaults or are generated. */
const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'KINDLY_MASTER_KEY', 'JWT_SECRETS', 'PUBLIC_URL'] as const;

/** Seconds in which load balancers notice that a process is not ready; nobody waits for that in development. */
const SHUTDOWN_DELAY_IN_PRODUCTION = 5;

/** The typed settings of one process, read once. Sizes are bytes, secrets are never logged. */
export interface Config {
  readonly isProduction: boolean;
  readonly port: number;
  readonly host: string;
  /** Origin under which clients reach the API, without a trailing slash; also the issuer of tokens. */
  readonly publicUrl: string;
  readonly dataDirectory: string;
  /** Connection of the runtime role; null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** Connection of the owner of the tables, who runs migrations; null: the same as `databaseUrl`. */
  readonly databaseMigrationUrl: string | null;
  /** Connection that no pooler stands before, for LISTEN; null: the same as `databaseUrl`. */
  readonly databaseListenUrl: string | null;
  readonly databasePoolSize: number;
  /** The longest statement of a request or of background work. */
  readonly databaseQueryTimeoutSeconds: number;
  /** How long a start waits for a database that does not answer yet. */
  readonly databaseStartTimeoutSeconds: number;
  /** Newest first; null: use the development secrets of the data directory. */
  readonly masterKeys: readonly string[] | null;
  readonly jwtSecrets: readonly string[] | null;
  /** Who becomes the administrator of an installation without users; null: nobody. */
  readonly administrator: { readonly email: string; readonly passwordPlaintext: string } | null;
  /** `ipc`: the parent process may move the clock (tests only). */
  readonly clock: 'system' | 'ipc';
  readonly trustedProxies: AddressSet;
  readonly corsOrigins: readonly string[];
  /** Redis that shares the rate limits; null: each process counts by itself. */
  readonly redisUrl: string | null;
  /** Requests per minute; 0: unlimited. */
  readonly rateLimits: { readonly anonymous: number; readonly login: number; readonly authenticated: number };
  /** The most credentials that an owner may have, by kind (`oauth`: clients); 0: any number. */
  readonly credentialsPerOwner: { readonly api_key: number; readonly service_account: number; readonly oauth: number };
  /** The most live login sessions of a user: a login beyond it ends the oldest; 0: any number. */
  readonly sessionsPerOwner: number;
  /** Bearer token of `/metrics`; null: local callers only, and nobody in production. */
  readonly metricsToken: string | null;
  /** Who may report leaked keys; empty: nobody. */
  readonly leakReportKeys: PublicKeySet;
  /** Client connections at a time; null: by the limit of the system on open files. */
  readonly connectionsMax: number | null;
  /** How long a client may neither send nor read while it is its turn. Less than idle connections are kept. */
  readonly stallTimeoutSeconds: number;
  readonly bodyLimitBytes: number;
  readonly compressionOutputLimitBytes: number;
  /** Lets webhooks go to machines of the own network: for development. */
  readonly webhooksAllowPrivate: boolean;
  /** Whole months of the audit trail that are kept beside the current one. */
  readonly auditRetentionMonths: number;
  /** How long the hours of the statistics of compression are kept. */
  readonly compressionStatsRetentionDays: number;
  /** How long a process that is asked to stop still answers what load balancers send it. */
  readonly shutdownDelaySeconds: number;
  readonly supportEmail: string;
  readonly docsEnabled: boolean;
  readonly logLevel: Environment['LOG_LEVEL'];
}

/** Reads the settings from the environment. @throws ConfigError with every fault. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  faults.push(...administratorFaults(given), ...productionFaults(given));
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return toConfig(parsed.data);
}

function administratorFaults(given: Record<string, string | undefined>): string[] {
  const names = ['KINDLY_ADMIN_EMAIL', 'KINDLY_ADMIN_PASSWORD'] as const;
  const missing = names.filter((name) => !given[name]);
  return missing.length === 1 ? [`${missing[0]}: is required when the other of ${names.join(' and ')} is set`] : [];
}

function productionFaults(given: Record<string, string | undefined>): string[] {
  if (given.NODE_ENV !== 'production') return [];
  const faults = REQUIRED_IN_PRODUCTION.filter((name) => !given[name]).map(
    (name) => `${name}: is required when NODE_ENV=production`,
  );
  if (isInClear(given.PUBLIC_URL)) {
    faults.push('PUBLIC_URL: must be https:// when NODE_ENV=production, except on this machine (localhost)');
  }
  if (given.KINDLY_CLOCK === 'ipc') faults.push('KINDLY_CLOCK: must be system when NODE_ENV=production');
  return faults;
}

/** Whether passwords and tokens would cross a network in clear. */
function isInClear(publicUrl: string | undefined): boolean {
  if (publicUrl === undefined || !URL.canParse(publicUrl)) return false;
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'http:' && !isThisMachine(hostname);
}

function toConfig(env: Environment): Config {
  const isProduction = env.NODE_ENV === 'production';
  return {
    isProduction,
    port: env.PORT,
    host: env.HOST ?? (isProduction ? '0.0.0.0' : '127.0.0.1'),
    publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
    dataDirectory: resolve(env.KINDLY_DATA_DIR),
    databaseUrl: env.DATABASE_URL ?? null,
    databaseMigrationUrl: env.DATABASE_MIGRATION_URL ?? null,
    databaseListenUrl: env.DATABASE_LISTEN_URL ?? null,
    databasePoolSize: env.DATABASE_POOL_SIZE,
    databaseQueryTimeoutSeconds: env.DATABASE_QUERY_TIMEOUT,
    databaseStartTimeoutSeconds: env.DATABASE_START_TIMEOUT,
    masterKeys: env.KINDLY_MASTER_KEY ?? null,
    jwtSecrets: env.JWT_SECRETS ?? null,
    administrator:
      env.KINDLY_ADMIN_EMAIL && env.KINDLY_ADMIN_PASSWORD
        ? { email: env.KINDLY_ADMIN_EMAIL, passwordPlaintext: env.KINDLY_ADMIN_PASSWORD }
        : null,
    clock: env.KINDLY_CLOCK,
    trustedProxies: AddressSet.of(env.TRUSTED_PROXIES ?? []),
    corsOrigins: env.CORS_ORIGINS ?? [],
    redisUrl: env.REDIS_URL ?? null,
    rateLimits: {
      anonymous: env.RATE_LIMIT_ANONYMOUS,
      login: env.RATE_LIMIT_LOGIN,
      authenticated: env.RATE_LIMIT_AUTHENTICATED,
    },
    credentialsPerOwner: {
      api_key: env.KEYS_PER_OWNER,
      service_account: env.SERVICE_ACCOUNTS_PER_OWNER,
      oauth: env.OAUTH_CLIENTS_PER_OWNER,
    },
    sessionsPerOwner: env.SESSIONS_PER_OWNER,
    metricsToken: env.METRICS_TOKEN ?? null,
    leakReportKeys: env.LEAK_REPORT_KEYS ?? new Map(),
    connectionsMax: env.MAX_CONNECTIONS ?? null,
    stallTimeoutSeconds: env.STALL_TIMEOUT,
    bodyLimitBytes: env.BODY_LIMIT,
    compressionOutputLimitBytes: env.COMPRESSION_OUTPUT_LIMIT,
    webhooksAllowPrivate: env.WEBHOOKS_ALLOW_PRIVATE,
    auditRetentionMonths: env.AUDIT_RETENTION_MONTHS,
    compressionStatsRetentionDays: env.COMPRESSION_STATS_RETENTION_DAYS,
    shutdownDelaySeconds: env.SHUTDOWN_DELAY ?? (isProduction ? SHUTDOWN_DELAY_IN_PRODUCTION : 0),
    supportEmail: env.SUPPORT_EMAIL,
    docsEnabled: env.DOCS_ENABLED,
    logLevel: env.LOG_LEVEL,
  };
}
