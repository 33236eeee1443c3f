export { Resealing } from './resealing.js';
export { type SealedColumn, SealedColumns } from './sealed-columns.js';
export { SealingModule } from './sealing.module.js';
