export { MasterKeyCheck } from './master-key-check.js';
export { Resealing } from './resealing.js';
export { type SealedColumn, SealedColumns } from './sealed-columns.js';
export { SealedValues } from './sealed-values.js';
export { SealingCanarySchema } from './sealing-canary.entity.js';
export { SealingModule } from './sealing.module.js';
