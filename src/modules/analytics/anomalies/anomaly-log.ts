import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type KeyAlarmListener, KeyAlarms, type RaisedAlarm } from '../../../platform/access/index.js';

/** The same thing is listed once. */
const ADD = `
  insert into anomalies (id, owner_id, key_id, kind, subject, details, detected_at)
  values (?, ?, ?, ?, ?, ?::jsonb, ?) on conflict do nothing`;

/** Keeps every alarm for the list of anomalies, whoever raised it. */
@Injectable()
export class AnomalyLog implements KeyAlarmListener {
  constructor(alarms: KeyAlarms) {
    alarms.listen(this);
  }

  async alarmed(em: EntityManager, alarm: RaisedAlarm): Promise<void> {
    const { id, ownerId, keyId, kind, subject, details, raisedAt } = alarm;
    await em.execute(ADD, [id, ownerId, keyId, kind, subject, JSON.stringify(details), raisedAt]);
  }
}
