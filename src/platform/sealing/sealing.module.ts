import { Global, Module } from '@nestjs/common';
import { MasterKeyCheck } from './master-key-check.js';
import { Resealing } from './resealing.js';
import { SealedColumns } from './sealed-columns.js';
import { SealedValues } from './sealed-values.js';

/** Sealed values: where they are stored, whether our key opens them, and their move to a new one. */
@Global()
@Module({
  providers: [SealedColumns, SealedValues, Resealing, MasterKeyCheck],
  exports: [SealedColumns, SealedValues, Resealing, MasterKeyCheck],
})
export class SealingModule {}
