import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { storableJson } from '../../../kernel/storable-text.js';
import { type KeyAlarmRegister, KeyAlarms, type RaisedAlarm } from '../../../platform/access/index.js';

const ADD = `
  insert into anomalies (id, owner_id, key_id, kind, subject, details, detected_at)
  values (?, ?, ?, ?, ?, ?::jsonb, ?) on conflict do nothing returning id`;

/** Keeps every alarm for the list of anomalies, whoever raised it; its unique key is what tells each of them once. */
@Injectable()
export class AnomalyLog implements KeyAlarmRegister {
  constructor(alarms: KeyAlarms) {
    alarms.keepIn(this);
  }

  async add(em: EntityManager, alarm: RaisedAlarm): Promise<boolean> {
    const { id, ownerId, keyId, kind, subject, details, raisedAt } = alarm;
    const values = [id, ownerId, keyId, kind, subject, storableJson(details), raisedAt];
    return (await em.execute<unknown[]>(ADD, values)).length > 0;
  }
}
