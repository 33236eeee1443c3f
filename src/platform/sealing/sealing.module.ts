import { Global, Module } from '@nestjs/common';
import { Resealing } from './resealing.js';
import { SealedColumns } from './sealed-columns.js';

/** Sealed values: where they are stored, and their move to a new master key. */
@Global()
@Module({ providers: [SealedColumns, Resealing], exports: [SealedColumns, Resealing] })
export class SealingModule {}
