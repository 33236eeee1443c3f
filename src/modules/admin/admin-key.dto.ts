import { z } from 'zod';
import { isUuid } from '../../kernel/ids.js';
import { pageQueryFields, pageView } from '../../platform/http/paging/index.js';
import { IdView } from '../../platform/http/validation/index.js';
import { API_KEY_STATUSES, ApiKeyView } from '../api-keys/index.js';
import { SearchInput } from './admin-user.dto.js';

/** Query of `listAllApiKeys`. */
export const AllKeysQuery = z.strictObject({
  ...pageQueryFields,
  q: SearchInput.meta({
    description:
      'Part of the name (of one or two characters: the beginning of a word in it), the last four characters of the key, its hint or id, or the id or e-mail address of its owner.',
  }),
  owner_id: z
    .string()
    .refine(isUuid, 'must be a UUID')
    .transform((id) => id.toLowerCase())
    .optional()
    .meta({ format: 'uuid' }),
  status: z.enum(API_KEY_STATUSES).optional(),
  environment: z.enum(['prod', 'test', 'dev']).optional(),
});

/** A key with its owner. */
export const OwnedApiKeyView = ApiKeyView.extend({ owner_id: IdView }).meta({ id: 'OwnedApiKey' });

/** Answer of `listAllApiKeys`. */
export const OwnedApiKeyPage = pageView(OwnedApiKeyView).meta({ id: 'OwnedApiKeyPage' });
