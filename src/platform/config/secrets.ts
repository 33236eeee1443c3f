import { type MasterKey, masterKeyFrom, Sealer } from '../../kernel/crypto/seal.js';
import type { Config } from './config.js';
import { developmentSecrets, findDevelopmentSecrets } from './development-secrets.js';
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
    sealer: configuredKeys
      ? new Sealer(configuredKeys)
      : new StoredSealer(storedKeys(dataDirectory), () => currentKeys(dataDirectory)),
    jwtSecrets: jwtSecrets ?? developmentSecrets(dataDirectory).jwtSecrets,
  };
}

function storedKeys(dataDirectory: string): MasterKey[] {
  return developmentSecrets(dataDirectory).masterKeys.map(masterKeyFrom);
}

/** Null when the file is gone or damaged: a running process must neither fail over it nor make another key. */
function currentKeys(dataDirectory: string): MasterKey[] | null {
  return findDevelopmentSecrets(dataDirectory)?.masterKeys.map(masterKeyFrom) ?? null;
}
