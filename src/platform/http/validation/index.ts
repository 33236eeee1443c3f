export { GracePeriodHours } from './grace-period.js';
export { GrantsInput } from './grants.js';
export { IdView, ResourceId } from './ids.js';
export { SchemaPipe } from './schema.pipe.js';
export { isStorable, TextInput } from './text.js';
