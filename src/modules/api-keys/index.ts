export { ApiKeySchema } from './api-key.entity.js';
export { ApiKeysModule } from './api-keys.module.js';
export { ApiKeyView } from './api-key.dto.js';
export { API_KEY_STATUSES } from './api-key-status.js';
export { KeyAdministration, type OwnedKeyView } from './key-administration.js';
export { KeyProtectionSchema } from './protection/key-protection.entity.js';
