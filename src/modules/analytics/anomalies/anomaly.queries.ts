import type { EntityManager } from '@mikro-orm/postgresql';
import { storableJson } from '../../../kernel/storable-text.js';
import type { RaisedAlarm } from '../../../platform/access/index.js';

const ADD_ANOMALY = `
  insert into anomalies (id, owner_id, key_id, kind, subject, details, detected_at)
  values (?, ?, ?, ?, ?, ?::jsonb, ?) on conflict do nothing returning id`;

/** Stores an alarm. @returns false if the same was stored before */
export async function addAnomaly(em: EntityManager, alarm: RaisedAlarm): Promise<boolean> {
  const { id, ownerId, keyId, kind, subject, details, raisedAt } = alarm;
  const values = [id, ownerId, keyId, kind, subject, storableJson(details), raisedAt];
  return (await em.execute<unknown[]>(ADD_ANOMALY, values)).length > 0;
}
