import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { buildOpenApiDocument, type OpenApiVersion } from './openapi-document.js';

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves the OpenAPI documents and Swagger UI, all from this server. Documents are built when first asked for. */
export function serveDocs(app: INestApplication, serverUrl: string): void {
  const documents = new Map<OpenApiVersion, OpenAPIObject>();
  const documentOf = (version: OpenApiVersion): OpenAPIObject => {
    const document = documents.get(version) ?? buildOpenApiDocument(app, version, serverUrl);
    documents.set(version, document);
    return document;
  };
  app.use('/docs', (_request: Request, response: Response, next: () => void) => {
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    next();
  });
  const server = app.getHttpAdapter();
  server.get('/openapi.json', (_request: Request, response: Response) => response.json(documentOf('3.1.0')));
  server.get('/openapi-3.0.json', (_request: Request, response: Response) => response.json(documentOf('3.0.3')));
  SwaggerModule.setup('docs', app, () => documentOf('3.1.0'), {
    raw: false,
    customSiteTitle: 'Kindly API',
    swaggerOptions: { persistAuthorization: false, displayRequestDuration: true, url: '/openapi.json' },
  });
}
