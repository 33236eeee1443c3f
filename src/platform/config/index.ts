export { type Config, CONFIG, ConfigError, readConfig } from './config.js';
export {
  developmentSecrets,
  findDevelopmentSecrets,
  fromStored,
  newSecret,
  replaceDevelopmentSecrets,
  SECRETS_FILE,
  StoredSecrets,
  toStored,
} from './development-secrets.js';
export { jwtSecretId } from './jwt-secret-id.js';
export { productionWarnings } from './production-warnings.js';
export type { PublicKeySet } from './public-key-set.js';
export { readSecrets, type Secrets, SECRETS } from './secrets.js';
export { SettingsModule } from './settings.module.js';
