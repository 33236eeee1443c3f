export { ApiKey, ApiKeySchema } from './api-key.entity.js';
export { ApiKeysModule } from './api-keys.module.js';
export { sealContextOf } from './issue-api-key.js';
export { KeyProtectionSchema } from './protection/key-protection.entity.js';
