import { describe, expect, it } from '@jest/globals';
import { parseAddress } from '../../kernel/net/address.js';
import { ConfigError, readConfig } from './config.js';

const SECRET = 'k3Jv8sQpZx1LrTfWmYbNcHdGuAeOiSq7';
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app:x@db/kindly',
  KINDLY_MASTER_KEY: SECRET,
  JWT_SECRETS: `${SECRET}2,${SECRET}1`,
  PUBLIC_URL: 'https://api.example.com/',
};

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    return (error as ConfigError).faults;
  }
  return [];
}

describe('readConfig', () => {
  it('needs nothing in development, and then stays on this machine', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      isProduction: false,
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      databaseUrl: null,
      masterKeys: null,
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 3000, databaseUrl: null });
  });

  it('takes a complete production environment', () => {
    expect(readConfig(PRODUCTION)).toMatchObject({
      isProduction: true,
      host: '0.0.0.0',
      publicUrl: 'https://api.example.com',
      jwtSecrets: [`${SECRET}2`, `${SECRET}1`],
    });
  });

  it('reports all faults together, each with its variable', () => {
    const faults = faultsOf({
      PORT: 'http',
      HOST: ' ',
      LOG_LEVEL: 'loud',
      BODY_LIMIT: '10 apples',
      DOCS_ENABLED: 'maybe',
    });
    expect(faults.map((fault) => fault.split(':')[0]).toSorted((a, b) => (a ?? '').localeCompare(b ?? ''))).toEqual(
      expect.arrayContaining(['BODY_LIMIT', 'DOCS_ENABLED', 'LOG_LEVEL', 'PORT']),
    );
  });

  it.each(['DATABASE_URL', 'KINDLY_MASTER_KEY', 'JWT_SECRETS', 'PUBLIC_URL'])(
    'does not start production without %s',
    (name) => {
      expect(faultsOf({ ...PRODUCTION, [name]: '' })).toEqual([`${name}: is required when NODE_ENV=production`]);
    },
  );

  it.each(['http://api.example.com', 'http://10.0.0.7:3000', 'http://localhost.example.com'])(
    'does not start production in clear under %s',
    (url) => {
      expect(faultsOf({ ...PRODUCTION, PUBLIC_URL: url })).toEqual([
        expect.stringMatching(/^PUBLIC_URL: must be https/),
      ]);
    },
  );

  it.each(['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:8080'])('lets %s be tried out', (url) => {
    expect(faultsOf({ ...PRODUCTION, PUBLIC_URL: url })).toEqual([]);
    expect(faultsOf({ PUBLIC_URL: 'http://api.example.com' })).toEqual([]);
  });

  it.each([
    ['short', 'must have at least 32 characters'],
    [`${SECRET},short`, 'entry 2 must have at least 32 characters'],
    ['change-me-change-me-change-me-change-me', 'looks like an example'],
    ['your-secret-your-secret-your-secret-your', 'looks like an example'],
    ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'looks like an example'],
    [' , ', 'must name at least one secret'],
  ])('refuses the secret "%s" without repeating it', (secret, message) => {
    const faults = faultsOf({ ...PRODUCTION, JWT_SECRETS: secret });
    expect(faults).toEqual([expect.stringContaining(message)]);
    if (secret.trim().length > 4) expect(faults.join()).not.toContain(secret);
  });

  it.each([
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '10.0.0.1/8'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', '*'],
    ['PUBLIC_URL', 'ftp://x'],
    ['DATABASE_URL', 'mysql://x'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3e3'],
  ])('refuses %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })).toHaveLength(1);
  });

  it('reads sizes with units, lists with spaces, and networks', () => {
    const config = readConfig({
      BODY_LIMIT: '2MiB',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      CORS_ORIGINS: 'https://a.test , http://b.test:8080',
    });
    expect(config.bodyLimitBytes).toBe(2 * 1024 * 1024);
    expect(config.corsOrigins).toEqual(['https://a.test', 'http://b.test:8080']);
    const has = (text: string): boolean => {
      const address = parseAddress(text);
      return address !== null && config.trustedProxies.has(address);
    };
    expect([has('10.1.2.3'), has('::1'), has('11.0.0.1')]).toEqual([true, true, false]);
  });
});
