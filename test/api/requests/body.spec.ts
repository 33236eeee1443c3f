import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Client, type ProblemBody } from '../../support/client.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { sendRaw } from '../../support/raw.ts';
import { world } from '../../support/world.ts';

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

function send(
  raw: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer<ProblemBody>> {
  return person.client.post('/api/compression/compress', undefined, { raw, headers });
}

describe('a request body', () => {
  it.each([
    ['cut off', '{"data": 1'],
    ['with a trailing comma', '{"data": 1,}'],
    ['of two values', '{"data": 1} {"data": 2}'],
    ['with a comment', '{"data": 1 /* one */}'],
    ['with NaN', '{"data": NaN}'],
    ['with single quotes', "{'data': 1}"],
    ['of white space', '   '],
    ['with a byte order mark', '\uFEFF{"data": 1}'],
    ['with a raw control character', '{"data": "\u0001"}'],
  ])('%s is malformed, and the answer does not repeat it', async (_name, raw) => {
    const answer = await send(raw);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('REQ_002');
    expect(answer.text).not.toContain('one');
  });

  it('that is not UTF-8 is malformed', async () => {
    for (const bytes of [
      [0xff, 0xfe],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      const raw = Buffer.concat([Buffer.from('{"data":"'), Buffer.from(bytes), Buffer.from('"}')]);
      const answer = await send(Uint8Array.from(raw));
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'REQ_002', detail: 'The body is not valid UTF-8.' });
    }
  });

  // a recursive reader would exhaust the stack
  it.each([
    ['arrays', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['objects', '{"a":'.repeat(200_000) + '1' + '}'.repeat(200_000)],
    ['arrays that never close', '['.repeat(200_000)],
  ])('of 200,000 nested %s is refused, and the server goes on', async (_name, nested) => {
    const answer = await send(`{"data":${nested}}`);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('REQ_002');
    expect((await send('{"data":1}')).status).toBe(200);
  });

  it.each([
    ['data', '{"data":1,"data":2}'],
    ['data.a', '{"data":{"a":1,"a":2}}'],
    ['data.b[1].c', '{"data":{"b":[0,{"c":1,"\\u0063":2}]}}'],
    ['data.__proto__', '{"data":{"__proto__":1,"__proto__":2}}'],
  ])('that names %s twice is refused with that path', async (path, raw) => {
    const answer = await send(raw);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toBe(`The member ${path} is named twice.`);
  });

  it('may use a name again in another object', async () => {
    expect((await send('{"data":{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":"\\"a\\": \\\\"}}}')).status).toBe(200);
  });

  it('keeps __proto__, constructor and prototype as data, character for character', async () => {
    const data = '{ "__proto__": {"x": 1.0}, "constructor": {"prototype": 1e2} }';
    const compressed = await person.client.post<{ data: string; original_size: number }>(
      '/api/compression/compress',
      undefined,
      { raw: `{"algorithm":"gzip", "data" : ${data} }` },
    );
    expect(compressed.body.original_size).toBe(data.length);
    const back = await person.client.post('/api/compression/decompress', {
      algorithm: 'gzip',
      data: compressed.body.data,
    });
    expect(back.text).toContain(`"data":${data}}`);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=utf-16'],
    ['application/json, text/plain'],
  ])('as %s is of an unsupported type', async (contentType) => {
    const answer = await person.client.post('/api/keys', undefined, {
      raw: '{"name":"x"}',
      headers: { 'content-type': contentType },
    });
    expect(answer.status).toBe(415);
    expect(answer.body.code).toBe('REQ_004');
  });

  it('must be there where the operation takes one', async () => {
    const answer = await person.client.post('/api/keys');
    expect(answer.status).toBe(415);
    expect(answer.body.detail).toContain('needs a JSON body');
    const empty = await person.client.post('/api/keys', undefined, { headers: { 'content-type': 'application/json' } });
    expect(empty.status).toBe(400);
  });

  it('must be plain: a compressed one could stand for gigabytes', async () => {
    const answer = await send('{"data":1}', { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(415);
  });

  it('over the limit is refused before it is read, and who goes on sending for ever is cut off', async () => {
    const { host } = new URL(world().servers[0]);
    const answer = await sendRaw(
      world().servers[0],
      `POST /api/keys HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${person.session.access_token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{"name":`,
    );
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'REQ_003', status: 413 });
  });

  it('that grows over the limit without having said so is refused as well', async () => {
    const answer = await person.client.post('/api/compression/compress', undefined, {
      raw: `{"data":"${'x'.repeat(10 * 1024 * 1024)}"}`,
    });
    expect(answer.status).toBe(413);
    expect(answer.body.code).toBe('REQ_003');
  });

  // parsing holds up every other request, and this one needs no credential
  it('of an operation that takes no data may have 64 KiB, and is not even read beyond that', async () => {
    const members = Array.from({ length: 7_000 }, (_, index) => `"m${index}":1`);
    const answer = await new Client(world().servers[0]).post('/api/auth/login', undefined, {
      raw: `{${members.join(',')}}`,
    });
    expect(answer.status).toBe(413);
    expect(answer.body.detail).toBe('The body may have at most 65536 bytes.');
    expect((await send(`{"data":"${'x'.repeat(1024 * 1024)}"}`)).status).toBe(200);
  });

  // a stranger must not be able to make the server buffer anything
  it('of a stranger is never read: 401 comes first, whatever the body', async () => {
    const { host } = new URL(world().servers[0]);
    const answer = await sendRaw(
      world().servers[0],
      `POST /api/keys HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9999999\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'AUTH_008' });
  });

  it('is refused by name where an operation takes none', async () => {
    const answer = await person.client.request('GET', '/api/keys?limit=5&delay_hour=24');
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ field: 'delay_hour', message: 'is not a field of this operation' }]);
    const stats = await person.client.get('/api/compression/stats?frm=2020');
    expect(stats.status).toBe(400);
    expect(stats.body.errors?.[0]?.field).toBe('frm');
  });
});
