import type { z } from 'zod';
import { printTime } from '../../../platform/http/index.js';
import type { CustomEventView } from './custom-event.dto.js';
import type { CustomEvent } from './custom-event.entity.js';

/** Shows an event that an owner's own software has reported. */
export function viewCustomEvent(event: CustomEvent): z.infer<typeof CustomEventView> {
  return {
    id: event.id,
    name: event.name,
    properties: event.properties,
    credential_id: event.credentialId,
    occurred_at: printTime(event.occurredAt),
    created_at: printTime(event.createdAt),
  };
}
