export { CompressionModule } from './compression.module.js';
export { CompressionUsageSchema } from './compression-usage.entity.js';
