import { writeFile } from 'node:fs/promises';
import { errorsMarkdown } from '../platform/openapi/index.js';

/** Writes the page of the error catalogue. */
export async function writeErrorPage(): Promise<number> {
  await writeFile('docs/errors.md', errorsMarkdown());
  process.stdout.write('docs/errors.md written\n');
  return 0;
}
