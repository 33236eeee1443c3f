import ts from 'typescript';
import { nodesOf, type SourceFile, textsOf } from './source-tree.ts';

/** Tables without an entity, with every folder that may name them: the trail is written by platform and sealed by the module. */
const TABLES_WITHOUT_ENTITY: ReadonlyMap<string, readonly string[]> = new Map(
  ['audit.events', 'audit.pending', 'audit.chain', 'audit.heads', 'audit.signing_keys'].map((table) => [
    table,
    ['src/platform/audit', 'src/modules/audit'],
  ]),
);

/** The module or the folder of platform that a file belongs to; otherwise its first folder. */
export function ownerOf(path: string): string {
  return /^src\/(?:modules|platform)\/[^/]+/.exec(path)?.[0] ?? path.split('/').slice(0, -1).slice(0, 2).join('/');
}

/** Which folders own a table, from the `tableName` of the entities. */
export function tableOwners(files: readonly SourceFile[]): Map<string, readonly string[]> {
  const owners = new Map(TABLES_WITHOUT_ENTITY);
  for (const { path, text } of files.filter(({ name }) => name.endsWith('.entity'))) {
    for (const [, table = ''] of text.matchAll(/tableName: '(\w+)'/g)) owners.set(table, [ownerOf(path)]);
  }
  return owners;
}

/** The classes of entities, with the folder that owns them. */
function entityOwners(files: readonly SourceFile[]): Map<string, string> {
  const entities = files.filter(({ name }) => name.endsWith('.entity'));
  return new Map(
    entities.flatMap(({ path, text }) =>
      [...text.matchAll(/^export class (\w+) extends \w+\.class/gm)].map(
        ([, name = '']) => [name, ownerOf(path)] as const,
      ),
    ),
  );
}

/** What the SQL in a text reads from or writes to: `from users u`, `join "users"`, `update users`, `users.id`. */
export function tablesIn(text: string): string[] {
  const named = text.matchAll(/\b(?:from|join|into|update|table|only|using)\s+((?:"?audit"?\.)?"?\w+"?)/gi);
  return [...new Set([...named].map(([, table = '']) => table.replaceAll('"', '')))];
}

/** The entities that a file hands to an entity manager: `em.find(User, …)`, `em.createQueryBuilder(User)`. */
function managedEntities({ ast }: SourceFile): string[] {
  return [...nodesOf(ast)].flatMap((node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
    const [first] = node.arguments;
    const manager = node.expression.expression.getText();
    return first && ts.isIdentifier(first) && /(^|\.)(em|fork|manager|entityManager)(\(\))?$/.test(manager)
      ? [first.text]
      : [];
  });
}

/** Each place where a folder names a table of another: `src/modules/admin/x.ts users`. */
export function foreignTables(files: readonly SourceFile[]): string[] {
  const owners = tableOwners(files);
  const entities = entityOwners(files);
  return files
    .filter(({ path }) => !path.startsWith('src/platform/database/migrations/'))
    .flatMap((file) => {
      const own = ownerOf(file.path);
      const tables = new Set(
        textsOf(file)
          .flatMap(tablesIn)
          .filter((table) => !(owners.get(table) ?? [own]).includes(own)),
      );
      const managed = new Set(managedEntities(file).filter((name) => (entities.get(name) ?? own) !== own));
      return [...tables, ...managed].map((name) => `${file.path} ${name}`);
    });
}
