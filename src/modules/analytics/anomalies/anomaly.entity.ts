import { defineEntity, p } from '@mikro-orm/core';
import type { KeyAlarmKind } from '../../../platform/access/index.js';

const AnomalySchema = defineEntity({
  name: 'Anomaly',
  tableName: 'anomalies',
  properties: {
    id: p.uuid().primary(),
    ownerId: p.uuid(),
    keyId: p.uuid(),
    kind: p.string().length(16).$type<KeyAlarmKind>(),
    /** What it is about; the same thing is told once. */
    subject: p.string().length(64),
    details: p.json<Record<string, unknown>>(),
    detectedAt: p.datetime().index(),
  },
  indexes: [{ name: 'anomalies_owner_id_index', properties: ['ownerId', 'id'] }],
  uniques: [{ name: 'anomalies_subject_unique', properties: ['keyId', 'kind', 'subject'] }],
});

/** Something strange about the use of a key, as it was told to the key's owner. */
export class Anomaly extends AnomalySchema.class {}
AnomalySchema.setClass(Anomaly);
export { AnomalySchema };
