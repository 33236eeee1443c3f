export { NoncePurge } from './nonce-purge.js';
export { NonceStore } from './nonce-store.js';
export { SpentNonce, SpentNonceSchema } from './spent-nonce.entity.js';
