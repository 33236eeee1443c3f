import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { signedMessage } from './signed-message.js';
import { tokenizeJson } from './tokenize-json.js';
import { verifyRequestMac } from './verify-request-mac.js';

const GUIDE = readFileSync(new URL('../../../docs/signing.md', import.meta.url), 'utf8');
const parts = {
  method: 'POST',
  target: '/api/compression/compress?level=3',
  timestamp: '1704715200',
  nonce: '0123456789abcdef0123456789abcdef',
};
const secret = 'a secret';

const bodies = [
  '{}',
  '[]',
  '{"name":"Production","allowed_ips":null,"quota":{"period":"day","limit":1000}}',
  '[1,-2.5,1e21,1e-7,true,false,null,"",[],{}]',
  String.raw`{"\ud83d\ude00":1,"\ue000":2,"é":3,"a":4,"B":5,"x":6," ":7}`,
  String.raw`["\"\\\/\b\f\n\r\t\u0000\u001f","\u007f\u0080ü\u2028\uffff\ud83d\ude00","\ud800"]`,
];

/** The example of one language in the guide. */
function example(language: string): string {
  const found = GUIDE.split(`\`\`\`${language}\n`)[1]?.split('```', 1)[0];
  if (found === undefined) throw new Error(`no example in ${language}`);
  return found;
}

/** What a program prints for the bodies: on each line the body as it sends it and its signature. */
function run(command: string, argument: readonly string[], program: string): readonly (readonly [string, string])[] {
  const input = JSON.stringify({ ...parts, secret, bodies });
  const result = spawnSync(command, [...argument, program], { input, encoding: 'utf8' });
  expect(result.stderr).toBe('');
  return result.stdout
    .split('\n')
    .slice(0, -1)
    .map((line): [string, string] => JSON.parse(line));
}

function expectAccepted([wire, signature]: readonly [string, string]): void {
  const body = tokenizeJson(Buffer.from(wire, 'utf8'));
  if ('fault' in body) throw new Error(body.fault);
  const message = signedMessage({ ...parts, body: body.isEmpty ? '' : body.canonical });
  expect({ wire, accepted: verifyRequestMac(secret, message, signature) }).toEqual({ wire, accepted: true });
}

describe('the examples of the guide sign what the server accepts', () => {
  it('in JavaScript, as JSON.stringify or as canonical text', () => {
    const program = `${example('js')}
      import { readFileSync } from 'node:fs';
      const input = JSON.parse(readFileSync(0, 'utf8'));
      for (const text of input.bodies) {
        const body = JSON.parse(text);
        const signature = sign(input.secret, input.method, input.target, input.timestamp, input.nonce, body);
        for (const wire of [JSON.stringify(body), canonical(body)]) console.log(JSON.stringify([wire, signature]));
      }`;
    const sent = run(process.execPath, ['--input-type=module', '--eval'], program);
    expect(sent).toHaveLength(bodies.length * 2);
    for (const request of sent) expectAccepted(request);
  });

  const withPython = spawnSync('python3', ['--version']).status === 0 ? it : it.skip;
  withPython('in Python, as the requests library sends JSON', () => {
    const program = `${example('python')}
import sys
given = json.load(sys.stdin)
for text in given["bodies"]:
    body = json.loads(text)
    signature = sign(given["secret"], given["method"], given["target"], given["timestamp"], given["nonce"], body)
    assert set(headers("key", given["secret"], "GET", "/")) == {"X-API-Key", "X-Timestamp", "X-Nonce", "X-Signature"}
    print(json.dumps([json.dumps(body, allow_nan=False), signature]))
`;
    const sent = run('python3', ['-c'], program);
    expect(sent).toHaveLength(bodies.length);
    for (const request of sent) expectAccepted(request);
  });
});
