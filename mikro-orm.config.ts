// Settings of the `mikro-orm` command line, for writing migrations (`npm run migration:create`). It reads the compiled
// entities, so that no second compiler is needed: build first. DATABASE_MIGRATION_URL or DATABASE_URL names the
// database to compare with.
const compiled = (path: string): string => new URL(`./dist/${path}`, import.meta.url).href;
const { ENTITIES } = (await import(compiled('entities.js'))) as typeof import('./src/entities.js');
const { ormOptions } = (await import(
  compiled('platform/database/index.js')
)) as typeof import('./src/platform/database/index.js');

const url = process.env.DATABASE_MIGRATION_URL ?? process.env.DATABASE_URL ?? 'postgresql://localhost/kindly';

export default ormOptions({ url, entities: ENTITIES, poolSize: 2 });
