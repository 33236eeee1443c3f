import { z } from 'zod';
import { pageQueryFields, pageView } from '../../../platform/http/paging/page.js';
import { TimeView } from '../../../platform/http/time.js';
import { IdView } from '../../../platform/http/validation/ids.js';
import { CredentialIdInput } from '../usage/usage.dto.js';
import { ANOMALY_KINDS } from './anomaly.entity.js';

/** Query of `listAnomalies`. */
export const AnomalyQuery = z.strictObject({
  ...pageQueryFields,
  kind: z.enum(ANOMALY_KINDS).optional(),
  key_id: CredentialIdInput.optional(),
});

/** Something strange about the use of a key. */
export const AnomalyView = z
  .object({
    id: IdView,
    kind: z.enum(ANOMALY_KINDS),
    key_id: IdView,
    details: z.record(z.string(), z.unknown()).meta({ examples: [{ network: '203.0.113.0/24' }] }),
    detected_at: TimeView,
  })
  .meta({ id: 'Anomaly' });

/** Answer of `listAnomalies`. */
export const AnomalyPage = pageView(AnomalyView).meta({ id: 'AnomalyPage' });
