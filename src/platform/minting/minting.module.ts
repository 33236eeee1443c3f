import { Global, Module } from '@nestjs/common';
import { Lineage } from './lineage.js';
import { Minting } from './minting.service.js';

/** How credentials come from credentials, whatever their kind: the ceiling, the bounds, and who minted whom. */
@Global()
@Module({ providers: [Lineage, Minting], exports: [Lineage, Minting] })
export class MintingModule {}
