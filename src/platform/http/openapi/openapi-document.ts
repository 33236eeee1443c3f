import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { Routes } from '../../access/routes.js';
import { SECURITY_SCHEMES } from '../../access/requirement.decorator.js';
import { addRefusals } from './refusals.js';

/** The two dialects in which the document is offered: 3.1 is the source, 3.0.3 is for older generators. */
export type OpenApiVersion = '3.1.0' | '3.0.3';

const DESCRIPTION = `Access to the Kindly compression API: sessions, API keys, service accounts, webhooks and audit.

Send exactly one credential: \`Authorization: Bearer <token>\` or \`X-API-Key: <key>\`. Every refusal is a problem
(RFC 9457) whose \`code\` is explained at [/docs/errors](/docs/errors). Unknown fields and query parameters are refused.`;

/** Builds the OpenAPI document of the application from its controllers and schemas. */
export function buildOpenApiDocument(app: INestApplication, version: OpenApiVersion, serverUrl: string): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setOpenAPIVersion(version)
    .setTitle('Kindly API')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addServer(serverUrl)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, SECURITY_SCHEMES.bearer)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, SECURITY_SCHEMES.apiKey)
    .build();
  const document = SwaggerModule.createDocument(app, settings, {
    standardSchemaConverter: (schema, { schemaType }) => convert(schema, version, schemaType),
  });
  addRefusals(document, app.get(Routes), (schema) => convert(schema, version, 'output'));
  return document;
}

function convert(schema: unknown, version: OpenApiVersion, io: 'input' | 'output') {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _dialect,
    $defs: definitions = {},
    ...converted
  } = z.toJSONSchema(schema, {
    target: version === '3.1.0' ? 'draft-2020-12' : 'openapi-3.0',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // answers may gain fields; only what we accept is closed
      if (io === 'output' && zodSchema instanceof z.ZodObject) delete jsonSchema.additionalProperties;
    },
  });
  return { schema: converted as object, components: definitions as never };
}
