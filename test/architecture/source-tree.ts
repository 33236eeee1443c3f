import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';

/** One source file of a tree, specs left out. */
export interface SourceFile {
  /** From the root of the tree: `src/modules/users/user.entity.ts`. */
  readonly path: string;
  readonly folder: string;
  /** Without the last `.ts`. */
  readonly name: string;
  readonly text: string;
  readonly ast: ts.SourceFile;
}

/** Every file below `src` of a tree, sorted by path. */
export function sourceFiles(root: string): SourceFile[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.spec|\.d)\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
      return { path, folder: dirname(path), name: path.slice(path.lastIndexOf('/') + 1, -3), text, ast };
    });
}

/** Every node of a file, in order. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/** The folders that a file imports from or exports again, besides its own. */
export function importedFolders({ path, folder, ast }: SourceFile): string[] {
  const targets = ast.statements.flatMap((statement) =>
    (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
    statement.moduleSpecifier &&
    ts.isStringLiteral(statement.moduleSpecifier)
      ? [statement.moduleSpecifier.text]
      : [],
  );
  const folders = targets
    .filter((target) => target.startsWith('.'))
    .map((target) => dirname(join(dirname(path), target)));
  return [...new Set(folders.map((target) => normalize(target)))].filter((target) => target !== folder);
}

/** The names of what a file declares and exports; enumerations and constants are left out. */
export function exportsOf({ ast }: SourceFile): Record<'functions' | 'classes' | 'types', string[]> {
  const exported = ast.statements.filter(
    (statement) =>
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
  );
  const namesOf = (statements: readonly { readonly name?: ts.Identifier }[]): string[] =>
    statements.map(({ name }) => name?.text ?? 'default');
  return {
    functions: namesOf(exported.filter(ts.isFunctionDeclaration)),
    classes: namesOf(exported.filter(ts.isClassDeclaration)),
    types: namesOf([...exported.filter(ts.isInterfaceDeclaration), ...exported.filter(ts.isTypeAliasDeclaration)]),
  };
}

/** The texts that a file writes down: strings and templates, each template whole, with `?` for what it inserts. */
export function textsOf({ ast }: SourceFile): string[] {
  return [...nodesOf(ast)].flatMap((node) => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
    if (!ts.isTemplateExpression(node)) return [];
    return [node.head.text + node.templateSpans.map(({ literal }) => `?${literal.text}`).join('')];
  });
}
