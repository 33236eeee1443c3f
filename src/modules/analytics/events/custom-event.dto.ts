import { z } from 'zod';
import { pageQueryFields, pageView } from '../../../platform/http/paging/index.js';
import { TimeInput, TimeView } from '../../../platform/http/index.js';
import { IdView, TextInput } from '../../../platform/http/validation/index.js';

const PROPERTIES_MAX = 50;
/** Largest properties as JSON, in characters. */
const PROPERTIES_LENGTH_MAX = 4_096;

const EventName = z
  .string()
  .regex(/^[A-Za-z][\w.:-]{0,63}$/, 'must begin with a letter and consist of up to 64 letters, digits, and . _ : -')
  .meta({ maxLength: 64, examples: ['report.exported'] });

const EventProperties = z
  .record(TextInput.min(1).max(64), z.union([TextInput.max(1_024), z.number(), z.boolean(), z.null()]))
  .refine(
    (properties) => Object.keys(properties).length <= PROPERTIES_MAX,
    `must have at most ${PROPERTIES_MAX} entries`,
  )
  .refine(
    (properties) => JSON.stringify(properties).length <= PROPERTIES_LENGTH_MAX,
    `must have at most ${PROPERTIES_LENGTH_MAX} characters as JSON`,
  );

/** Body of `recordEvent`. */
export const NewCustomEvent = z
  .strictObject({
    name: EventName,
    properties: EventProperties.default({}),
    occurred_at: TimeInput.optional().meta({ description: 'Now unless told; at most 30 days ago.' }),
  })
  .meta({ id: 'NewCustomEvent' });

/** An event that an owner's own software has reported. */
export const CustomEventView = z
  .object({
    id: IdView,
    name: z.string(),
    properties: z.record(z.string(), z.unknown()),
    credential_id: IdView.meta({ description: 'What it was reported with.' }),
    occurred_at: TimeView,
    created_at: TimeView,
  })
  .meta({ id: 'CustomEvent' });

/** Query of `listEvents`. */
export const CustomEventQuery = z.strictObject({ ...pageQueryFields, name: EventName.optional() });

/** Answer of `listEvents`. */
export const CustomEventPage = pageView(CustomEventView).meta({ id: 'CustomEventPage' });
