import { z } from 'zod';
import { TimeView } from '../../../platform/http/index.js';
import { GUARDED_ANOMALIES, LEAK_ACTIONS } from './key-protection.entity.js';

const OnLeak = z
  .enum(LEAK_ACTIONS)
  .meta({ description: 'What is done with a key that was found in public; you are told in any case.' });

/** Body of `updateKeyProtection`: what is left out stays. */
export const KeyProtectionChanges = z
  .strictObject({
    on_leak: OnLeak.optional(),
    quarantine_on: z
      .array(z.enum(GUARDED_ANOMALIES))
      .max(GUARDED_ANOMALIES.length)
      .transform((kinds) => [...new Set(kinds)])
      .optional()
      .meta({ description: 'The anomalies for which a key is quarantined; of the others you are only told.' }),
  })
  .meta({ id: 'KeyProtectionChanges' });

/** How your keys are protected. */
export const KeyProtectionView = z
  .object({
    on_leak: OnLeak,
    quarantine_on: z.array(z.enum(GUARDED_ANOMALIES)),
    updated_at: TimeView.nullable().meta({ description: 'null: these are the defaults.' }),
  })
  .meta({ id: 'KeyProtection' });
