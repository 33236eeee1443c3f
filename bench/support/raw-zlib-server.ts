// The peer of the streamed form: a bare node:http server that pipes a body through node:zlib, without a router,
// credentials, checksums, limits or figures. A process of its own, like the server that it stands beside.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';

const ENGINES: Record<string, () => NodeJS.ReadWriteStream> = {
  '/compress/gzip': () => zlib.createGzip({ level: 6, chunkSize: 65_536 }),
  '/compress/zstd': () => zlib.createZstdCompress({ chunkSize: 65_536 }),
  '/decompress/gzip': () => zlib.createGunzip({ chunkSize: 65_536 }),
  '/decompress/zstd': () => zlib.createZstdDecompress({ chunkSize: 65_536 }),
};

const server = createServer((request, response) => {
  const engine = ENGINES[request.url ?? '']?.();
  if (engine) request.pipe(engine).pipe(response);
  else response.writeHead(404).end();
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
