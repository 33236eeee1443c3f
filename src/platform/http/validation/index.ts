export { cascadeInput } from './cascade.js';
export { GracePeriodHours } from './grace-period.js';
export { GrantsInput } from './grants.js';
export { IdView, ResourceId } from './ids.js';
export { SchemaPipe } from './schema.pipe.js';
export { DataInput, NameInput, NoteInput, TextInput } from './text.js';
