export { NonceStore } from './nonce-store.js';
export { SpentNonceSchema } from './spent-nonce.entity.js';
