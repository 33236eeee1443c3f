import { type MasterKey, masterKeyFrom } from '../../kernel/crypto/seal.js';
import type { Config } from './config.js';
import { developmentSecrets } from './development-secrets.js';

/** Injection token of the {@link Secrets}. */
export const SECRETS = Symbol('SECRETS');

/** What the process signs and seals with; the first of each list is used, all are accepted. */
export interface Secrets {
  readonly masterKeys: readonly MasterKey[];
  readonly jwtSecrets: readonly string[];
}

/** Takes the secrets from the settings, else from the data directory (development). @throws ConfigError */
export function readSecrets(config: Config): Secrets {
  const stored = config.masterKeys && config.jwtSecrets ? null : developmentSecrets(config.dataDirectory);
  return {
    masterKeys: (config.masterKeys ?? stored?.masterKeys ?? []).map(masterKeyFrom),
    jwtSecrets: config.jwtSecrets ?? stored?.jwtSecrets ?? [],
  };
}
