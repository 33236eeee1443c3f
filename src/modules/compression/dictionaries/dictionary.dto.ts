import { z } from 'zod';
import { pageQueryFields, pageView } from '../../../platform/http/paging/index.js';
import { TimeView } from '../../../platform/http/index.js';
import { DataInput, IdView, NameInput } from '../../../platform/http/validation/index.js';

const KIB = 1024;

/** The largest dictionary, as the trainer of the zstd command line makes by default: 112 KiB. */
export const DICTIONARY_BYTES_MAX = 112 * KIB;
/** All that deflate can use (RFC 1951 §2: a window of 32 KiB). */
const DICTIONARY_BYTES_DEFAULT = 32 * KIB;
const SAMPLES_MAX = 10_000;

/** Path parameter: every id that is not that of a live dictionary of the caller is answered with COMP_003. */
export const DictionaryId = z.string().meta({ format: 'uuid' });

/** Body of `trainDictionary`. */
export const NewDictionary = z
  .strictObject({
    name: NameInput(100).meta({
      description: 'A name used before gets the next version.',
      examples: ['audit-records'],
    }),
    samples: z
      .array(DataInput)
      .min(1)
      .max(SAMPLES_MAX)
      .meta({ description: 'Typical originals; some hundreds make a good dictionary.' }),
    encoding: z.enum(['utf8', 'base64']).default('utf8').meta({ description: 'How the samples stand for bytes.' }),
    size: z
      .int()
      .min(256)
      .max(DICTIONARY_BYTES_MAX)
      .default(DICTIONARY_BYTES_DEFAULT)
      .meta({ description: 'The most bytes it may have. deflate uses the last 32 KiB, zstd all.' }),
  })
  .meta({ id: 'NewDictionary' });

/** A dictionary as the API shows it. */
export const DictionaryView = z
  .object({
    id: IdView,
    name: z.string(),
    version: z.int(),
    size: z.int().meta({ description: 'Bytes.' }),
    checksum: z.string().meta({ description: 'SHA-256 of the dictionary, hex.' }),
    sample_count: z.int(),
    created_at: TimeView,
  })
  .meta({ id: 'Dictionary' });

/** Query of `listDictionaries`. */
export const DictionaryQuery = z.strictObject({ ...pageQueryFields });

/** Answer of `listDictionaries`. */
export const DictionaryPage = pageView(DictionaryView).meta({ id: 'DictionaryPage' });
