import SwaggerParser from '@apidevtools/swagger-parser';
import { describe, expect, it } from '@jest/globals';
import { type OpenApiDocument, responsesOf } from '../support/documented.ts';
import { world } from '../support/world.ts';

const [baseUrl] = world().servers;

async function fetchDocument(path: string): Promise<OpenApiDocument> {
  const response = await fetch(`${baseUrl}${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as OpenApiDocument;
}

function operations(document: OpenApiDocument) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
  );
}

describe('the OpenAPI document', () => {
  it.each([
    ['/openapi.json', '3.1.0'],
    ['/openapi-3.0.json', '3.0.3'],
  ])('%s is valid OpenAPI %s', async (path, version) => {
    const document = await fetchDocument(path);
    expect(document.openapi).toBe(version);
    await expect(SwaggerParser.validate(structuredClone(document) as never)).resolves.toBeDefined();
  });

  it('would be found invalid with a reference to nowhere', async () => {
    const document = await fetchDocument('/openapi.json');
    document.components.schemas.Problem = { $ref: '#/components/schemas/Nowhere' };
    await expect(SwaggerParser.validate(document as never)).rejects.toThrow();
  });

  it('names every operation, each name once, and says of each who may call it', async () => {
    const all = operations(await fetchDocument('/openapi.json'));
    const names = all.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const operation of all) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation['x-requires']).toBeDefined();
      expect(operation.security !== undefined).toBe(operation['x-requires'] !== 'public');
    }
  });

  it('puts every operation under one heading, and says what each heading is about', async () => {
    const document = await fetchDocument('/openapi.json');
    const used = operations(document).map(({ operationId, tags }) => ({ operationId, tags }));
    expect(used.filter(({ tags }) => tags?.length !== 1)).toEqual([]);
    const described = document.tags.flatMap(({ name, description }) => (description ? [name] : []));
    expect(new Set(described)).toEqual(new Set(used.flatMap(({ tags }) => tags)));
  });

  it('shows an example of every code that an operation can answer, each written once', async () => {
    const document = await fetchDocument('/openapi.json');
    const { examples } = document.components;
    const responses = operations(document).flatMap((operation) => [...responsesOf(document, operation).values()]);
    const problems = responses.flatMap(({ content }) => content?.['application/problem+json'] ?? []);
    const used = problems.flatMap((problem) => Object.entries(problem.examples ?? {}));
    expect(used.length).toBeGreaterThan(100);
    for (const [code, example] of used) {
      expect(example).toEqual({ $ref: `#/components/examples/${code}` });
      expect(examples[code]?.value).toMatchObject({ code });
    }
  });

  it('keeps the names that clients are generated from', async () => {
    const names = operations(await fetchDocument('/openapi.json')).map(({ operationId }) => operationId);
    expect(names).toEqual(
      expect.arrayContaining([
        'register',
        'login',
        'refreshToken',
        'logout',
        'createApiKey',
        'listApiKeys',
        'getApiKey',
        'revokeApiKey',
      ]),
    );
  });

  it('closes what it accepts and leaves open what it answers, so that answers can grow', async () => {
    const { components } = await fetchDocument('/openapi.json');
    expect(components.schemas.NewApiKey).toMatchObject({ additionalProperties: false });
    expect(components.schemas.ApiKey).not.toHaveProperty('additionalProperties');
  });

  it('differs between the dialects only in how they write the same schemas', async () => {
    const [modern, older] = await Promise.all([fetchDocument('/openapi.json'), fetchDocument('/openapi-3.0.json')]);
    expect(Object.keys(older.paths)).toEqual(Object.keys(modern.paths));
    expect(JSON.stringify(older)).not.toContain('"type":"null"');
    expect(Object.keys(older.components.schemas).toSorted()).toEqual(Object.keys(modern.components.schemas).toSorted());
  });

  it('is shown by Swagger UI with nothing fetched from elsewhere', async () => {
    const response = await fetch(`${baseUrl}/docs`);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      expect(source).not.toMatch(/^(https?:)?\/\//);
      const asset = await fetch(new URL(source, `${baseUrl}/docs`));
      expect(asset.status).toBe(200);
    }
  });
});
