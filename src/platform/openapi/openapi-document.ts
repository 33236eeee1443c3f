import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { Routes, SECURITY_SCHEMES } from '../access/index.js';
import { cookieName } from '../http/cookies/index.js';
import { OAuthErrorView, ProblemView } from '../http/problem/index.js';
import { addRateHeaders } from './add-rate-headers.js';
import { addOtherForms } from './other-form.js';
import { addRefusals } from './refusals.js';
import { shareRefusals } from './share-refusals.js';
import { TAGS } from './tags.js';

/** The two dialects in which the document is offered: 3.1 is the source, 3.0.3 is for older generators. */
export type OpenApiVersion = '3.1.0' | '3.0.3';

const DESCRIPTION = `Access to the Kindly compression API: sessions, API keys, service accounts, webhooks and audit.

Send exactly one credential: \`Authorization: Bearer <token>\` or \`X-API-Key: <key>\`. Browsers may instead carry a session
in a cookie; what changes something then needs an \`X-CSRF-Token\`. Every refusal is a problem
(RFC 9457) whose \`code\` is explained at [/docs/errors](/docs/errors). Unknown fields and query parameters are refused.`;

/** Builds the OpenAPI document of the application from its controllers and schemas. */
export function buildOpenApiDocument(app: INestApplication, version: OpenApiVersion, serverUrl: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion(version)
    .setTitle('Kindly API')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addServer(serverUrl)
    .addServer('/', 'Wherever this document comes from')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, SECURITY_SCHEMES.bearer)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, SECURITY_SCHEMES.apiKey)
    .addCookieAuth(cookieName('kindly_session', serverUrl), { type: 'apiKey' }, SECURITY_SCHEMES.sessionCookie);
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    standardSchemaConverter: (schema, { schemaType }) => convert(schema, version, schemaType),
  });
  addOtherForms(document, app.get(Routes));
  addRefusals(document, app.get(Routes), {
    ...convert(ProblemView, version, 'output')?.components,
    ...convert(OAuthErrorView, version, 'output')?.components,
  });
  addRateHeaders(document);
  shareRefusals(document);
  return document;
}

/** What Nest takes from a schema library: the schema, and the named schemas that it refers to. */
interface ConvertedSchema {
  readonly schema: object;
  readonly components: Record<string, object>;
}

function convert(schema: unknown, version: OpenApiVersion, io: 'input' | 'output'): ConvertedSchema | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const converted = z.toJSONSchema(schema, {
    target: version === '3.1.0' ? 'draft-2020-12' : 'openapi-3.0',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // answers may gain fields; only what we accept is closed
      if (io === 'output' && zodSchema instanceof z.ZodObject) delete jsonSchema.additionalProperties;
      if (version === '3.0.3') useSingleExample(jsonSchema);
    },
  });
  // for OpenAPI 3.0 zod writes the older keyword, which Nest does not look for
  const text = JSON.stringify(converted).replaceAll('"#/definitions/', '"#/$defs/');
  const {
    $schema: _dialect,
    $defs = {},
    definitions = $defs,
    ...rest
  } = JSON.parse(text) as { $schema?: string; $defs?: Record<string, object>; definitions?: Record<string, object> };
  return { schema: rest, components: definitions };
}

/** OpenAPI 3.0 knows `example` where JSON Schema has `examples`. */
function useSingleExample(jsonSchema: { examples?: unknown; example?: unknown }): void {
  if (!Array.isArray(jsonSchema.examples)) return;
  jsonSchema.example = jsonSchema.examples[0];
  delete jsonSchema.examples;
}
