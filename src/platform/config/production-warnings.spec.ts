import { describe, expect, it } from '@jest/globals';
import { type ConfigError, readConfig } from './config.js';
import { productionWarnings } from './production-warnings.js';

const MASTER = 'k3Jv8sQpZx1LrTfWmYbNcHdGuAeOiSq7';
const JWT = 'Zq7nB2vX9cM4kL6hJ8gF3dS1aP5oI0uY';
const SOUND = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app:s3cret-word@db.example.com/kindly?sslmode=verify-full',
  KINDLY_MASTER_KEY: MASTER,
  JWT_SECRETS: JWT,
  PUBLIC_URL: 'https://api.example.com',
};

function warningsOf(changes: Record<string, string>): string[] {
  return productionWarnings(readConfig({ ...SOUND, ...changes }));
}

describe('productionWarnings', () => {
  it('has nothing to say of a sound configuration', () => {
    expect(warningsOf({ REDIS_URL: 'rediss://:s3cret-word@redis.example.com' })).toEqual([]);
  });

  it.each([
    'postgresql://app:s3cret-word@db.example.com/kindly',
    'postgresql://app:s3cret-word@db.example.com/kindly?sslmode=disable',
    'postgresql://app:s3cret-word@10.0.0.7/kindly?ssl=0',
    'postgresql://app:s3cret-word@localhost/kindly?host=db.example.com',
  ])('names each setting that leads to the database in clear: %s', (url) => {
    const settings = { DATABASE_URL: url, DATABASE_MIGRATION_URL: url, DATABASE_LISTEN_URL: url };
    const warnings = warningsOf(settings);
    expect(warnings).toHaveLength(3);
    for (const [position, name] of Object.keys(settings).entries()) {
      expect(warnings[position]).toMatch(new RegExp(`^${name}: .*not encrypted`));
    }
    expect(warnings.join()).not.toContain('s3cret-word');
  });

  it.each(['sslmode=no-verify', 'uselibpqcompat=true&sslmode=require'])(
    'says that nobody checks the certificate: %s',
    (parameters) => {
      expect(warningsOf({ DATABASE_URL: `postgresql://db.example.com/kindly?${parameters}` })).toEqual([
        expect.stringMatching(/^DATABASE_URL: .*certificate .*not checked/),
      ]);
    },
  );

  it('says that the driver checks no certificate for an address', () => {
    const url = 'postgresql://10.0.0.7/kindly?sslmode=verify-full';
    expect(warningsOf({ DATABASE_URL: url })).toEqual([expect.stringMatching(/^DATABASE_URL: .*for an IP address/)]);
  });

  it.each(['localhost', '127.0.0.1', '[::1]'])('lets the machine talk to itself in clear: %s', (host) => {
    const settings = { DATABASE_URL: `postgresql://${host}/kindly`, REDIS_URL: `redis://${host}:6379` };
    expect(warningsOf(settings)).toEqual([]);
  });

  it('lets a Unix socket be', () => {
    expect(warningsOf({ DATABASE_URL: 'postgresql://app@localhost/kindly?host=/run/postgresql' })).toEqual([]);
  });

  it('names a Redis that is reached in clear, without its password', () => {
    expect(warningsOf({ REDIS_URL: 'redis://:s3cret-word@redis.example.com:6379' })).toEqual([
      'REDIS_URL: the connection to the Redis server is not encrypted; use rediss://',
    ]);
  });

  it.each([
    ['the same as', MASTER],
    ['part of', `${MASTER}-and-more`],
    ['among', `${JWT},${MASTER}`],
  ])('names a master key that is %s a JWT secret, without repeating either', (_how, jwtSecrets) => {
    const warnings = warningsOf({ JWT_SECRETS: jwtSecrets });
    expect(warnings).toEqual([expect.stringMatching(/^KINDLY_MASTER_KEY: .*JWT_SECRETS/)]);
    expect(warnings.join()).not.toContain(MASTER);
  });

  it('names a master key that holds a JWT secret', () => {
    expect(warningsOf({ KINDLY_MASTER_KEY: `${JWT}-longer` })).toHaveLength(1);
  });

  it('says nothing of all this in development', () => {
    const settings = { DATABASE_URL: 'postgresql://db.example.com/kindly', JWT_SECRETS: MASTER };
    expect(warningsOf({ ...settings, NODE_ENV: 'development' })).toEqual([]);
  });

  it('refuses certificates that are not there, naming the setting and the file but no password', () => {
    const url = 'postgresql://app:s3cret-word@db.example.com/kindly?sslmode=verify-full&sslrootcert=/nowhere/ca.pem';
    let faults: readonly string[] = [];
    try {
      warningsOf({ DATABASE_URL: url, NODE_ENV: 'development' });
    } catch (error) {
      ({ faults } = error as ConfigError);
    }
    expect(faults).toEqual([expect.stringMatching(/^DATABASE_URL: .*\/nowhere\/ca\.pem/)]);
    expect(faults.join()).not.toContain('s3cret-word');
  });
});
