import { beforeAll, describe, expect, it } from '@jest/globals';
import { newAdministrator } from '../support/administrators.ts';
import type { Client } from '../support/client.ts';
import { existingDatabase } from '../support/database.ts';
import { openApiDocument } from '../support/documented.ts';
import { world } from '../support/world.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly items?: Schema;
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Input {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
}

const [baseUrl] = world().servers;
const UNKNOWN_ID = '018cf2b8-3c00-7000-8000-000000000000';
/** Beyond this a text does not fit into a body of 64 KiB, and is refused as that. */
const SENDABLE_LENGTH_MAX = 20_000;

const document = await openApiDocument(baseUrl);
const operations: Input[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ ...(operation as object as Input), path, method })),
);

/** Formats whose texts have a length; a stream of bytes is no text. */
const BOUNDED_FORMATS = new Set(['uuid', 'binary']);

function resolve(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
}

/** Where in a schema there are strings of any length. */
function unbounded(given: Schema, place: string): string[] {
  const schema = resolve(given);
  const isText = [schema.type].flat().includes('string');
  const isBounded =
    schema.maxLength !== undefined ||
    schema.enum !== undefined ||
    schema.const !== undefined ||
    BOUNDED_FORMATS.has(schema.format ?? '');
  const { items, properties = {}, additionalProperties, propertyNames } = schema;
  return [
    ...(isText && !isBounded ? [place] : []),
    ...[schema.anyOf, schema.oneOf, schema.allOf]
      .flatMap((parts) => parts ?? [])
      .flatMap((part) => unbounded(part, place)),
    ...(items ? unbounded(items, `${place}[]`) : []),
    ...(propertyNames ? unbounded(propertyNames, `${place}.<name>`) : []),
    ...(typeof additionalProperties === 'object' ? unbounded(additionalProperties, `${place}.*`) : []),
    ...Object.entries(properties).flatMap(([name, part]) => unbounded(part, `${place}.${name}`)),
  ];
}

function unboundedInputs({ operationId, requestBody, parameters = [] }: Input): string[] {
  const bodies = Object.values(requestBody?.content ?? {});
  return [
    ...bodies.flatMap(({ schema }) => unbounded(schema, operationId)),
    ...parameters.flatMap(({ name, schema }) => unbounded(schema, `${operationId}?${name}`)),
  ];
}

/** The longest text that a field takes, of those that can be sent; null: it takes none. */
function lengthOf(given: Schema): number | null {
  const schema = resolve(given);
  const parts = [schema, ...(schema.anyOf ?? [])];
  const { maxLength } =
    parts.find((part) => [part.type].flat().includes('string') && part.maxLength !== undefined) ?? {};
  return maxLength !== undefined && maxLength <= SENDABLE_LENGTH_MAX ? maxLength : null;
}

let client: Client;
beforeAll(async () => {
  ({ client } = await newAdministrator(existingDatabase(world().sharedDatabase), baseUrl));
});

describe('every string that a request may hold', () => {
  it('has a greatest length in the document', () => {
    expect(operations.length).toBeGreaterThan(50);
    expect(operations.flatMap(unboundedInputs)).toEqual([]);
  });

  it('would be found without one, however deep', () => {
    const open: Schema = {
      anyOf: [{ type: 'null' }, { type: 'array', items: { properties: { a: { type: 'string' } } } }],
    };
    expect(unbounded({ properties: { list: open } }, 'x')).toEqual(['x.list[].a']);
    expect(unbounded({ type: 'object', propertyNames: { type: 'string' } }, 'x')).toEqual(['x.<name>']);
  });

  const fields = operations.flatMap(({ operationId, path, method, requestBody }) => {
    const schema = resolve(requestBody?.content['application/json']?.schema ?? {});
    if (path.startsWith('/oauth') || operationId === 'reportLeak') return [];
    return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const length = lengthOf(property);
      return length === null ? [] : [{ operationId, path, method, name, length }];
    });
  });

  it.each(fields)('of $operationId ($name) is refused beyond it, by name', async ({ path, method, name, length }) => {
    const target = path.replaceAll(/\{[^}]+\}/g, UNKNOWN_ID);
    const body = { [name]: 'x'.repeat(length + 1) };
    const answer = await client.request(method.toUpperCase(), target, { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ field }) => field)).toContain(name);
  });

  const queries = operations.flatMap(({ operationId, path, method, parameters = [] }) =>
    parameters.flatMap((parameter) => {
      const length = lengthOf(parameter.schema);
      if (parameter.in !== 'query' || path.startsWith('/oauth') || length === null) return [];
      return [{ operationId, path, method, name: parameter.name, length }];
    }),
  );

  it.each(queries)('of $operationId (?$name) is refused beyond it, by name', async ({ path, method, name, length }) => {
    const target = `${path.replaceAll(/\{[^}]+\}/g, UNKNOWN_ID)}?${name}=${'x'.repeat(length + 1)}`;
    const answer = await client.request(method.toUpperCase(), target);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ field }) => field)).toContain(name);
  });

  it.each(['/oauth/token', '/oauth/revoke', '/oauth/introspect'])(
    'of %s is refused beyond it, by name',
    async (path) => {
      for (const mediaType of ['application/x-www-form-urlencoded', 'application/json']) {
        const long = { client_id: 'x'.repeat(16_385), token: 't', grant_type: 'client_credentials' };
        const raw = mediaType.endsWith('json') ? JSON.stringify(long) : new URLSearchParams(long).toString();
        const answer = await client.request<{ error_description: string }>('POST', path, {
          raw,
          headers: { 'content-type': mediaType },
        });
        expect(answer.status).toBe(400);
        expect(answer.body.error_description).toBe('The parameter client_id is too long.');
      }
    },
  );
});
