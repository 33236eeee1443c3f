import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOOL_ENVIRONMENT } from '../support/installed.ts';
import { documentedCode } from './documented-code.ts';

/** A request to be signed: `body` is the JSON text that the client's own parser gets. */
export interface RequestToSign {
  readonly method: string;
  readonly target: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: string;
}

/** What a client sends: the text of the body and its signature. */
export interface SignedBody {
  readonly text: string;
  readonly signature: string;
}

/** A language whose code docs/signing.md prints. */
export interface Language {
  readonly name: string;
  readonly file: string;
  /** The documented code as a program: the secret is its argument, requests come in and signed bodies go out as JSON. */
  readonly program: string;
  /** The command that runs the file, which is to be its last word. */
  readonly command: readonly [string, ...string[]];
}

const GO_IMPORTS = [
  'crypto/hmac',
  'crypto/sha256',
  'encoding/hex',
  'encoding/json',
  'fmt',
  'io',
  'maps',
  'os',
  'slices',
  'strings',
  'unicode/utf16',
];

export const LANGUAGES: readonly Language[] = [
  {
    name: 'Python',
    file: 'sign.py',
    program: `${documentedCode('signing.md', 'sign.py')}
import sys
def signed(request):
    body = json.loads(request.pop("body"))
    return {"text": json.dumps(body, sort_keys=True), "signature": sign(sys.argv[1], body=body, **request)}
print(json.dumps([signed(request) for request in json.load(sys.stdin)]))`,
    command: ['python3'],
  },
  {
    name: 'JavaScript',
    file: 'sign.mjs',
    program: `${documentedCode('signing.md', 'sign.mjs')}
import { readFileSync } from 'node:fs';
const signed = ({ method, target, timestamp, nonce, body }) => {
  const value = JSON.parse(body);
  return { text: canonical(value), signature: sign(process.argv[2], method, target, timestamp, nonce, value) };
};
console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(signed)));`,
    command: [process.execPath],
  },
  {
    name: 'Go',
    file: 'sign.go',
    program: `package main
import (${GO_IMPORTS.map((name) => `"${name}"`).join('; ')})
${documentedCode('signing.md', 'sign.go')}
func main() {
	var requests []struct{ Method, Target, Timestamp, Nonce, Body string }
	json.NewDecoder(os.Stdin).Decode(&requests)
	signed := []map[string]string{}
	for _, r := range requests {
		decoder := json.NewDecoder(strings.NewReader(r.Body))
		decoder.UseNumber()
		var body any
		decoder.Decode(&body)
		text := canonical(body)
		signature := sign(os.Args[1], r.Method, r.Target, r.Timestamp, r.Nonce, text)
		signed = append(signed, map[string]string{"text": text, "signature": signature})
	}
	json.NewEncoder(os.Stdout).Encode(signed)
}`,
    command: ['go', 'run'],
  },
  {
    name: 'Ruby',
    file: 'sign.rb',
    program: `${documentedCode('signing.md', 'sign.rb')}
signed = JSON.parse($stdin.read).map do |request|
  *parts, text = request.values_at('method', 'target', 'timestamp', 'nonce', 'body')
  body = JSON.parse(text)
  { text: canonical(body), signature: sign(ARGV[0], *parts, body) }
end
puts JSON.generate(signed)`,
    command: ['ruby', '-Ku'],
  },
];

/** Has the documented code of a language sign requests, in a process of its own. */
export async function signAll(
  language: Language,
  directory: string,
  secret: string,
  requests: readonly RequestToSign[],
): Promise<SignedBody[]> {
  const file = join(directory, language.file);
  writeFileSync(file, language.program);
  const [program, ...words] = language.command;
  const running = promisify(execFile)(program, [...words, file, secret], {
    env: { ...TOOL_ENVIRONMENT, GO111MODULE: 'off' },
    maxBuffer: 64 * 1024 * 1024,
  });
  running.child.stdin?.end(JSON.stringify(requests));
  const { stdout } = await running;
  return JSON.parse(stdout) as SignedBody[];
}
