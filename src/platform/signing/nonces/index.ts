export { NoncePurge } from './nonce-purge.js';
export { NonceStore } from './nonce-store.js';
export { SpentNonceSchema } from './spent-nonce.entity.js';
