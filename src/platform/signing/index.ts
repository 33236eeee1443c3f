export { SignatureGuard } from './signature.guard.js';
export { SignatureModule } from './signature.module.js';
export { SigningSecrets, type SigningSecretSource } from './signing-secrets.js';
