// One answer of JSON through an HTTP adapter, as a process of its own: node adapter-server.ts plain|ours
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

const { HttpAdapter } = (await import(
  join(import.meta.dirname, '../../dist/platform/http/http-adapter.js')
)) as typeof import('../../src/platform/http/http-adapter.ts');

/** As large as the answer to a refresh. */
const ANSWER = { access_token: 'a'.repeat(500), refresh_token: 'r'.repeat(450), user: { id: 'u', name: 'Benchmark' } };

const adapter = process.argv[2] === 'ours' ? new HttpAdapter() : new ExpressAdapter();
const application: Express = adapter.getInstance();
application.disable('etag');
application.disable('x-powered-by');
adapter.initHttpServer({});
application.get('/', (_request, response) => void adapter.reply(response, ANSWER, 200));
adapter.listen(0, '127.0.0.1', () => {
  const { port } = adapter.getHttpServer().address() as AddressInfo;
  process.send?.(port);
});
