export { serveDocs } from './docs.js';
export { errorsMarkdown } from './errors-page.js';
export { OpenApiModule } from './openapi.module.js';
export { HasOtherForm } from './other-form.js';
