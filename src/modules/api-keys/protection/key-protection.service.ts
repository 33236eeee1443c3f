import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { printTimeOrNull } from '../../../platform/http/index.js';
import { lockOwner } from '../api-key.repository.js';
import type { KeyProtectionChanges, KeyProtectionView } from './key-protection.dto.js';
import { KeyProtection } from './key-protection.entity.js';
import { PROTECTION_DEFAULTS } from './key-protection.repository.js';

type View = z.infer<typeof KeyProtectionView>;

/** How an owner wants their keys to be protected. */
@Injectable()
export class KeyProtectionService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async get(caller: Principal): Promise<View> {
    return this.database.read(async (em) => view(await em.findOne(KeyProtection, { ownerId: caller.userId })));
  }

  async update(caller: Principal, changes: z.infer<typeof KeyProtectionChanges>): Promise<View> {
    const updatedAt = new Date(this.clock.now());
    return this.database.transaction(async (em) => {
      await lockOwner(em, caller);
      const ownerId = caller.userId;
      const before = await em.findOne(KeyProtection, { ownerId });
      const { onLeak, quarantineOn } = before ?? PROTECTION_DEFAULTS;
      const row = before ?? em.create(KeyProtection, { ownerId, onLeak, quarantineOn: [...quarantineOn], updatedAt });
      row.onLeak = changes.on_leak ?? onLeak;
      row.quarantineOn = changes.quarantine_on ?? [...quarantineOn];
      row.updatedAt = updatedAt;
      em.persist(row);
      this.outbox.record(em, {
        type: 'key_protection.updated',
        ownerId,
        data: { on_leak: row.onLeak, quarantine_on: row.quarantineOn },
      });
      return view(row);
    });
  }
}

function view(row: KeyProtection | null): View {
  const { onLeak, quarantineOn } = row ?? PROTECTION_DEFAULTS;
  return { on_leak: onLeak, quarantine_on: [...quarantineOn], updated_at: printTimeOrNull(row?.updatedAt) };
}
