export { CompressionModule } from './compression.module.js';
export { CompressionUsageSchema } from './usage/compression-usage.entity.js';
export { DictionarySchema } from './dictionaries/dictionary.entity.js';
