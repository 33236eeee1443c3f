export { Lineage, type LineEnd, type MintedKind } from './lineage.js';
export { type Minter, Minting } from './minting.service.js';
export { MintingModule } from './minting.module.js';
