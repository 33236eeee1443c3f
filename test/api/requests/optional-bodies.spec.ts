import { beforeAll, describe, expect, it } from '@jest/globals';
import { openApiDocument } from '../../support/documented.ts';
import { newAdministrator } from '../../support/administrators.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { sendRaw } from '../../support/raw.ts';
import { existingDatabase } from '../../support/database.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const { host } = new URL(baseUrl);
const UNKNOWN_ID = '018cf2b8-3c00-7000-8000-000000000000';
const document = await openApiDocument(baseUrl);

interface Body {
  readonly required?: boolean;
  readonly content: Record<string, { readonly schema: { readonly $ref?: string } }>;
}

/** The fields that a body must have; null: it is no JSON object. */
function requiredFields({ content }: Body): readonly string[] | null {
  const name = content['application/json']?.schema.$ref?.split('/').at(-1) ?? '';
  const schema: { type?: string; required?: string[] } | undefined = document.components.schemas[name];
  return schema?.type === 'object' ? (schema.required ?? []) : null;
}

/** Takes one of two fields, which a list of required ones cannot say. */
const NEEDS_ONE_OF_TWO = new Set(['analyzeCompression']);

/** Read from the running application, so that a new operation is walked without anybody thinking of it. */
const actions = Object.entries(document.paths).flatMap(([template, { post }]) => {
  const body = (post as { requestBody?: Body } | undefined)?.requestBody;
  if (
    !post ||
    template.startsWith('/oauth') ||
    NEEDS_ONE_OF_TWO.has(post.operationId) ||
    (body && requiredFields(body)?.length !== 0)
  )
    return [];
  const path = template.replaceAll(/\{[^}]+\}/g, UNKNOWN_ID);
  return [{ operationId: post.operationId, path, isSaidToBeOptional: body ? body.required === false : null }];
});

const withOptionalBody = actions.filter(({ isSaidToBeOptional }) => isSaidToBeOptional !== null);

let administrator: Person;
beforeAll(async () => {
  administrator = await newAdministrator(existingDatabase(world().sharedDatabase), baseUrl);
});

describe('an action whose body has only optional fields, or none', () => {
  it('is found in the document, which says that the body may be left out', () => {
    expect(withOptionalBody.map(({ operationId }) => operationId)).toEqual(
      expect.arrayContaining([
        'rotateApiKey',
        'rotateOAuthClientSecret',
        'rotateWebhookSecret',
        'unlockUser',
        'enableUser',
      ]),
    );
    expect(withOptionalBody.map(({ operationId }) => operationId)).not.toContain('compress');
    expect(withOptionalBody.filter(({ isSaidToBeOptional }) => !isSaidToBeOptional)).toEqual([]);
  });

  // clients send a Content-Type, a length of nought or an empty chunk with every POST, or nothing of the kind
  it.each([
    ['no header about it', []],
    ['a Content-Type', ['Content-Type: application/json']],
    ['a length of nought', ['Content-Length: 0']],
    ['another Content-Type and a length of nought', ['Content-Type: text/plain', 'Content-Length: 0']],
    ['chunks, and none comes', ['Transfer-Encoding: chunked']],
    ['JSON in chunks, and none comes', ['Transfer-Encoding: chunked', 'Content-Type: application/json']],
  ])('takes no body at all, with %s', async (_what, headers) => {
    for (const { operationId, path } of actions) {
      const { session } = operationId.startsWith('logout') ? await newPerson() : administrator;
      const credential = `Authorization: Bearer ${session.access_token}`;
      const lines = [`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', credential, ...headers];
      const chunk = headers.includes('Transfer-Encoding: chunked') ? '0\r\n\r\n' : '';
      const { status, body } = await sendRaw(baseUrl, `${lines.join('\r\n')}\r\n\r\n${chunk}`);
      const isAccepted = ![400, 401, 415, 500].includes(status);
      expect({ operationId, isAccepted, body }).toMatchObject({ operationId, isAccepted: true });
    }
  });
});
