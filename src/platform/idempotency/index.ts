export { IdempotencyKeySchema } from './idempotency-key.entity.js';
export { IdempotencyModule } from './idempotency.module.js';
export { Idempotent } from './idempotent.decorator.js';
