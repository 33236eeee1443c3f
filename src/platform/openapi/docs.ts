import type { INestApplication } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { buildOpenApiDocument, type OpenApiVersion } from './openapi-document.js';

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Serves the OpenAPI documents and Swagger UI, all from this server. A document is built and printed when it is first
 * asked for; each time anew it would keep other requests waiting.
 */
export function serveDocs(app: INestApplication, serverUrl: string): void {
  const documents = new Map<OpenApiVersion, Buffer>();
  const send = (version: OpenApiVersion, response: Response): void => {
    const document =
      documents.get(version) ?? Buffer.from(JSON.stringify(buildOpenApiDocument(app, version, serverUrl)));
    documents.set(version, document);
    response.type('json').send(document);
  };
  app.use('/docs', (_request: Request, response: Response, next: () => void) => {
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    next();
  });
  const server = app.getHttpAdapter();
  server.get('/openapi.json', (_request: Request, response: Response) => send('3.1.0', response));
  server.get('/openapi-3.0.json', (_request: Request, response: Response) => send('3.0.3', response));
  SwaggerModule.setup('docs', app, () => buildOpenApiDocument(app, '3.1.0', serverUrl), {
    raw: false,
    customSiteTitle: 'Kindly API',
    swaggerOptions: { persistAuthorization: false, displayRequestDuration: true, url: '/openapi.json' },
  });
}
