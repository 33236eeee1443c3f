import ts from 'typescript';
import { ownerOf } from './tables.ts';
import { exportsOf, importedFolders, nodesOf, type SourceFile, textsOf } from './source-tree.ts';

/** The words that file names are made of, as docs/architecture.md lists them. */
export interface Vocabulary {
  /** `x.role.ts` */
  readonly roles: ReadonlySet<string>;
  /** Last words of a file that is called as its one class. */
  readonly nouns: ReadonlySet<string>;
}

/** Files of a folder, specs left out. */
const FOLDER_SIZE_MAX = 13;

const CONSTRUCTOR_PARAMETERS_MAX = 4;

const STATEMENT =
  /^\s*(?:--.*\s+)*(?=(?:select|with|insert|update|delete|truncate|lock|create|alter|drop|grant)\s)(?=[^]*?\b(?:from|into|update|table|truncate|on)\s+[?"\w.]+(?!\w*\())/;

/** Reads the two lists of words: the table rows of each, whose first cell holds `words`. */
export function readVocabulary(markdown: string): Vocabulary {
  const words = (heading: string): ReadonlySet<string> => {
    const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
    const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
    return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, word = '']) => word)));
  };
  return { roles: words('Roles'), nouns: words('Nouns') };
}

/** Files that have no role and are not called as what they export. The roots of `src` and migrations are named otherwise. */
export function namelessFiles(files: readonly SourceFile[], vocabulary: Vocabulary): string[] {
  return files
    .filter(({ path, folder, name }) => folder !== 'src' && name !== 'index' && !path.includes('/migrations/'))
    .filter((file) => !hasRole(file, vocabulary) && !isNamedByExport(file, vocabulary))
    .map(({ path }) => path);
}

function hasRole({ name }: SourceFile, { roles }: Vocabulary): boolean {
  return name.includes('.') && roles.has(name.split('.').at(-1) ?? '');
}

/** Its one function or class; constants may stand beside it. In the kernel also by the type that it is about. */
function isNamedByExport(file: SourceFile, { nouns }: Vocabulary): boolean {
  if (file.name.includes('.')) return false;
  const { functions, classes, types } = exportsOf(file);
  const words = file.name.split('-');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  if (file.path.startsWith('src/kernel/') && [...classes, ...types].includes(name)) return true;
  if (functions.length + classes.length !== 1) return false;
  return functions[0]?.toLowerCase() === name.toLowerCase() || (classes[0] === name && nouns.has(words.at(-1) ?? ''));
}

/** Folders that hold more files than a reader takes in at once. */
export function crowdedFolders(files: readonly SourceFile[]): string[] {
  const byFolder = Map.groupBy(files, ({ folder }) => folder);
  return [...byFolder]
    .filter(([folder, { length }]) => folder !== 'src' && !folder.endsWith('/migrations') && length > FOLDER_SIZE_MAX)
    .map(([folder]) => folder);
}

/** Pairs of folders that import each other, a folder and one within it included: `a <-> b`. */
export function mutualFolders(files: readonly SourceFile[]): string[] {
  const arrows = new Set(
    files
      .filter(({ folder }) => folder !== 'src')
      .flatMap((file) => importedFolders(file).map((target) => `${file.folder} ${target}`)),
  );
  return [...arrows]
    .map((arrow) => arrow.split(' '))
    .filter(([from = '', to = '']) => from < to && arrows.has(`${to} ${from}`))
    .map((pair) => pair.join(' <-> '));
}

/** Files that hold SQL about tables and are not called `*.queries.ts`; entities write down their indexes. */
export function filesWithSql(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, name }) => !/\.(queries|entity)$/.test(name) && !path.includes('/migrations/'))
    .filter((file) => textsOf(file).some((text) => STATEMENT.test(text)))
    .map(({ path }) => path);
}

/** Files with a constructor that takes more than four things. */
export function greedyConstructors(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ ast }) =>
      [...nodesOf(ast)].some(
        (node) => ts.isConstructorDeclaration(node) && node.parameters.length > CONSTRUCTOR_PARAMETERS_MAX,
      ),
    )
    .map(({ path }) => path);
}

/** What differs from the number of files that each folder is still allowed: `src/modules/a has 2, listed 1: …`. */
export function countDifferences(paths: readonly string[], listed: Readonly<Record<string, number>>): string[] {
  const byOwner = Map.groupBy(paths, ownerOf);
  return [...new Set([...byOwner.keys(), ...Object.keys(listed)])]
    .filter((owner) => (byOwner.get(owner)?.length ?? 0) !== (listed[owner] ?? 0))
    .map((owner) => {
      const found = byOwner.get(owner) ?? [];
      return `${owner} has ${found.length}, listed ${listed[owner] ?? 0}: ${found.join(' ')}`;
    });
}
