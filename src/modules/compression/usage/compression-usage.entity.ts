import { defineEntity, p } from '@mikro-orm/core';
import type { Algorithm } from '../codec/format/codec-rules.js';

const CompressionUsageSchema = defineEntity({
  name: 'CompressionUsage',
  tableName: 'compression_usage',
  properties: {
    ownerId: p.uuid().primary(),
    /** The hour in which it happened. */
    bucket: p.datetime().primary().index(),
    /** The key, service account, grant or session that was used. */
    credentialId: p.uuid().primary(),
    algorithm: p.string().length(8).$type<Algorithm>().primary(),
    operation: p.string().length(10).$type<'compress' | 'decompress'>().primary(),
    operations: p.bigint(),
    bytesIn: p.bigint(),
    bytesOut: p.bigint(),
  },
});

/** What a credential compressed and decompressed with an algorithm in an hour. */
export class CompressionUsage extends CompressionUsageSchema.class {}
CompressionUsageSchema.setClass(CompressionUsage);
export { CompressionUsageSchema };
