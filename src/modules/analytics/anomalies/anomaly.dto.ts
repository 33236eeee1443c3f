import { z } from 'zod';
import { KEY_ALARM_KINDS } from '../../../platform/access/index.js';
import { pageQueryFields, pageView } from '../../../platform/http/paging/index.js';
import { TimeView } from '../../../platform/http/index.js';
import { IdView } from '../../../platform/http/validation/index.js';
import { CredentialIdInput } from '../usage/usage.dto.js';

/** Query of `listAnomalies`. */
export const AnomalyQuery = z.strictObject({
  ...pageQueryFields,
  kind: z.enum(KEY_ALARM_KINDS).optional(),
  key_id: CredentialIdInput.optional(),
});

/** Something strange about the use of a key. */
export const AnomalyView = z
  .object({
    id: IdView,
    kind: z.enum(KEY_ALARM_KINDS),
    key_id: IdView,
    details: z.record(z.string(), z.unknown()).meta({ examples: [{ network: '203.0.113.0/24' }] }),
    detected_at: TimeView,
  })
  .meta({ id: 'Anomaly' });

/** Answer of `listAnomalies`. */
export const AnomalyPage = pageView(AnomalyView).meta({ id: 'AnomalyPage' });
