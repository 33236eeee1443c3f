import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type ErrorCode, errorCodes, errorEntry } from '../../src/kernel/errors/catalogue.ts';
import '../support/declarations.ts';
import { openApiDocument, responsesOf } from '../support/documented.ts';
import { world } from '../support/world.ts';

const ROOT = join(import.meta.dirname, '../..');
const [baseUrl] = world().servers;

/** What the customers' guide prints in its table of errors. */
const GUIDE = [
  ['AUTH_001', 'Invalid credentials', 'Check email/password'],
  ['AUTH_002', 'Token expired', 'Refresh token or re-login'],
  ['AUTH_003', 'Invalid token format', 'Ensure proper Bearer format'],
  ['AUTH_004', 'API key not found', "Check key hasn't been revoked"],
  ['AUTH_005', 'IP not whitelisted', 'Add IP to allowed list'],
  ['AUTH_006', 'MFA required', 'Provide MFA code'],
  ['AUTH_007', 'Account locked', 'Contact support'],
] as const;

/** The codes that a table row of the page begins with, in order. */
function codesOfPage(markdown: string): string[] {
  return [...markdown.matchAll(/^\| <a id="(\w+)"><\/a>/gm)].map((match) => match[1] ?? '');
}

function titlesOfPage(markdown: string): Map<string, string> {
  return new Map(
    [...markdown.matchAll(/^\| <a id="(\w+)"><\/a>\w+ \| \d+ \| ([^|]+) \|/gm)].map((m) => [m[1] ?? '', m[2] ?? '']),
  );
}

describe('the error catalogue', () => {
  it('is what docs/errors.md lists, code for code and title for title', () => {
    const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
    expect(codesOfPage(page)).toEqual(errorCodes());
    for (const [code, title] of titlesOfPage(page)) {
      expect(title).toBe(errorEntry(code as ErrorCode).title);
    }
  });

  it('would be found out by a page that lacks a code or invents one', () => {
    const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
    expect(codesOfPage(page.replace(/^\| <a id="AUTH_005".*\n/m, ''))).not.toEqual(errorCodes());
    expect(codesOfPage(`${page}| <a id="AUTH_099"></a>AUTH_099 | 400 | x | y | z |\n`)).not.toEqual(errorCodes());
  });

  it('has an anchor for each code on the page that problems point to', async () => {
    const response = await fetch(`${baseUrl}/docs/errors`);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect([...html.matchAll(/<tr id="(\w+)">/g)].map((match) => match[1])).toEqual(errorCodes());
  });

  it('is the enumeration of the OpenAPI document, and every documented refusal is from it with its own status', async () => {
    const document = await openApiDocument(baseUrl);
    const problem = document.components.schemas.Problem as { properties: { code: { enum: string[] } } };
    expect(problem.properties.code.enum).toEqual(errorCodes());
    let examples = 0;
    for (const item of Object.values(document.paths)) {
      for (const operation of Object.values(item)) {
        for (const [status, { content }] of responsesOf(document, operation)) {
          for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
            expect(errorEntry(code as ErrorCode).status).toBe(Number(status));
            examples++;
          }
        }
      }
    }
    expect(examples).toBeGreaterThan(20);
  });

  it.each(GUIDE)('says of %s what the guide says', (code, title, solution) => {
    expect(errorEntry(code)).toMatchObject({ title, solution });
  });
});
