import { randomBytes } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Client, type ProblemBody } from '../support/client.ts';
import { describeWith } from '../support/installed.ts';
import { type MintedKey, newKey, newPerson } from '../support/people.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { world } from '../support/world.ts';
import { LANGUAGES, type RequestToSign, signAll, type SignedBody } from './sign-all.ts';

const [baseUrl] = world().servers;
const COMPRESS = '/api/compression/compress';
const RANDOM_BODIES = 100;

/** Bodies in which languages are apt to differ: numbers, order of names, escapes, characters beyond ASCII and beyond U+FFFF. */
const CURIOUS_BODIES = [
  '{"data":[1.0,1e16,-0.0,0.1,1e-7,9007199254740993,123456789012345678901234567890]}',
  '{"data":{"b":1,"a":2,"B":3,"10":4,"9":5,"":6}}',
  '{"data":{"\\ud83d\\ude00":1,"\\uffee":2,"é":3}}',
  '{"data":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\\u0080\\u2028é中😀"}',
  '{"data":{"nested":[{"z":[],"a":{}},null,true,false]}}',
];

const directory = temporaryDirectory();
let key: MintedKey;
beforeAll(async () => {
  const person = await newPerson();
  key = await newKey(person.client, { require_signature: true });
});

function requestsFor(bodies: readonly string[]): RequestToSign[] {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return bodies.map((body) => ({
    method: 'POST',
    target: COMPRESS,
    timestamp,
    nonce: randomBytes(16).toString('hex'),
    body,
  }));
}

async function codeOf(request: RequestToSign, { text, signature }: SignedBody): Promise<string | number> {
  const { timestamp, nonce } = request;
  const headers = { 'X-Timestamp': timestamp, 'X-Nonce': nonce, 'X-Signature': signature };
  const client = new Client(baseUrl).with({ apiKey: key.key });
  const answer = await client.post<Partial<ProblemBody>>(COMPRESS, undefined, { raw: text, headers });
  return answer.body.code ?? answer.status;
}

function randomBodies(): string[] {
  // the server refuses members of this name, whoever signs them
  const values = fc.jsonValue({ stringUnit: 'binary' }).filter((value) => !JSON.stringify(value).includes('__proto__'));
  return fc.sample(values, RANDOM_BODIES).map((data) => JSON.stringify({ data }));
}

for (const language of LANGUAGES) {
  describeWith([language.command[0]], `the documented signing code in ${language.name}`, () => {
    it('signs whatever its own parser reads as the server does, and nothing else', async () => {
      const requests = requestsFor([...CURIOUS_BODIES, ...randomBodies()]);
      const signed = await signAll(language, directory, key.api_secret, requests);
      expect(signed).toHaveLength(requests.length);
      const outcomes: [string, string | number, string | number][] = [];
      for (const [index, request] of requests.entries()) {
        const body = signed[index] as SignedBody;
        const altered = { ...body, text: body.text.replace(/^{"data": (.*)}$/s, '{"data": [$1]}') };
        outcomes.push([body.text, await codeOf(request, altered), await codeOf(request, body)]);
      }
      expect(outcomes).toEqual(outcomes.map(([text]) => [text, 'AUTH_011', 200]));
    }, 180_000);
  });
}
