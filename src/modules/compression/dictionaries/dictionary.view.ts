import type { z } from 'zod';
import { printTime } from '../../../platform/http/index.js';
import type { DictionaryView } from './dictionary.dto.js';
import type { Dictionary } from './dictionary.entity.js';

/** Shows a dictionary, without its content. */
export function viewDictionary(dictionary: Dictionary): z.infer<typeof DictionaryView> {
  return {
    id: dictionary.id,
    name: dictionary.name,
    version: dictionary.version,
    size: dictionary.sizeBytes,
    checksum: Buffer.from(dictionary.digest).toString('hex'),
    sample_count: dictionary.sampleCount,
    created_at: printTime(dictionary.createdAt),
  };
}
