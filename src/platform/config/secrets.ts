import { type MasterKey, masterKeyFrom, Sealer } from '../../kernel/crypto/seal.js';
import type { Config } from './config.js';
import { developmentSecrets } from './development-secrets.js';
import { StoredSealer } from './stored-sealer.js';

/** Injection token of the {@link Secrets}. */
export const SECRETS = Symbol('SECRETS');

/** What the process signs and seals with. */
export interface Secrets {
  /** As they stood when the process started, newest first. */
  readonly masterKeys: readonly MasterKey[];
  readonly sealer: Sealer;
  /** The first signs, all are accepted. */
  readonly jwtSecrets: readonly string[];
}

/** Takes the secrets from the settings, else from the data directory (development). @throws ConfigError */
export function readSecrets({ masterKeys, jwtSecrets, dataDirectory }: Config): Secrets {
  const configuredKeys = masterKeys?.map(masterKeyFrom);
  return {
    masterKeys: configuredKeys ?? storedKeys(dataDirectory),
    sealer: configuredKeys ? new Sealer(configuredKeys) : new StoredSealer(() => storedKeys(dataDirectory)),
    jwtSecrets: jwtSecrets ?? developmentSecrets(dataDirectory).jwtSecrets,
  };
}

function storedKeys(dataDirectory: string): MasterKey[] {
  return developmentSecrets(dataDirectory).masterKeys.map(masterKeyFrom);
}
