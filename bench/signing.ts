// What a signature costs beside the same request unsigned, and a grant to a service account beside one of
// oidc-provider, which keeps nothing on disk.
// The ratio without a body is that of the signature itself. With a body both sides also compress it, in a pool that packs
// what arrives together; signed requests do, because one commit lets many of them go on, so that theirs may even be less.
// Run after a build: node bench/signing.ts [rounds] [requests a round]
import { createHmac, createPrivateKey, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { openBenchWorld } from './support/bench-world.ts';
import { Generator } from './support/generator.ts';
import { startOidcProvider } from './support/oidc-provider.ts';
import { newBenchPerson } from './support/people.ts';
import { requestText } from './support/request-text.ts';
import { bestCpu, type Contender, printFigures, printRatio, runRounds } from './support/rounds.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const COUNT = Number(process.argv[3] ?? 6_000);
const COMPRESS = '/api/compression/compress';
const HEALTH = '/health/live';

/** An operation that nobody may call without a credential; beside a public one a bad signature counts as none. */
const GUARDED = '/api/auth/whoami';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };
const AUDIENCE = 'http://localhost:3000/oauth/token';

interface Key {
  readonly key: string;
  readonly api_secret: string;
}

interface Account {
  readonly id: string;
  readonly private_key: string;
}

/** The body of a compression of about so many bytes, as Python's json.dumps writes it. */
function bodyOf(sizeBytes: number): string {
  const rows = Array.from(
    { length: Math.ceil(sizeBytes / 64) },
    (_, id) => `{"id": ${1000 + id}, "name": "${randomBytes(20).toString('hex')}"}`,
  );
  return `{"data": [${rows.join(', ')}]}`;
}

function signature({ key, api_secret }: Key, method: string, path: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = randomBytes(16).toString('hex');
  const mac = createHmac('sha256', api_secret)
    .update(method + path + timestamp + nonce + body)
    .digest('hex');
  return { 'x-api-key': key, 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': mac };
}

function grantForm(account: Account, privateKey: KeyObject): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: account.id, aud: AUDIENCE, exp: now + 300, jti: randomUUID() };
  const input = `${encode({ alg: 'EdDSA' })}.${encode(claims)}`;
  const assertion = `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
  return `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=${assertion}`;
}

const world = await openBenchWorld();
const generator = new Generator();
const database = await world.createDatabase('signing');
const server = await database.startServer();
const peer = await startOidcProvider();
try {
  const { token } = await newBenchPerson(server);
  const create = async <Body>(path: string, body: object): Promise<Body> => {
    const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Body;
  };
  const key = await create<Key>('/api/keys', { name: 'bench' });
  const account = await create<Account>('/api/service-accounts', { name: 'bench', permissions: ['read:compression'] });
  const privateKey = createPrivateKey(account.private_key);
  await assertCorrect();

  const near = { port: server.port, pid: server.pid, count: COUNT };
  const fresh = (make: () => string) => (): string[] => Array.from({ length: COUNT }, make);
  const unsigned = { 'x-api-key': key.key };
  const contenders: Contender[] = [
    { ...near, name: 'unsigned, no body', requests: () => [requestText(HEALTH, unsigned)] },
    { ...near, name: 'signed, no body', requests: fresh(() => requestText(HEALTH, signature(key, 'GET', HEALTH, ''))) },
    ...[1, 10].flatMap((size): Contender[] => {
      const body = bodyOf(size * 1024);
      const signed = (): string =>
        requestText(COMPRESS, { ...JSON_TYPE, ...signature(key, 'POST', COMPRESS, body) }, body);
      return [
        {
          ...near,
          name: `unsigned, ${size} kB`,
          requests: () => [requestText(COMPRESS, { ...JSON_TYPE, ...unsigned }, body)],
        },
        { ...near, name: `signed, ${size} kB`, requests: fresh(signed) },
      ];
    }),
    {
      ...near,
      name: 'grant, Ed25519 assertion',
      requests: fresh(() => requestText('/oauth/token', FORM, grantForm(account, privateKey))),
    },
    {
      port: peer.port,
      pid: peer.child.pid ?? 0,
      count: COUNT,
      name: 'grant, oidc-provider in memory',
      requests: () => [
        requestText('/token', FORM, 'grant_type=client_credentials&client_id=bench&client_secret=bench-secret'),
      ],
    },
  ];
  const figures = await runRounds(generator, contenders, { rounds: ROUNDS, postgresPid: world.postgresPid });
  await assertCorrect();

  printFigures(figures);
  const cpu = (name: string): number => bestCpu(figures, name);
  printRatio('signed ÷ unsigned, no body', cpu('unsigned, no body') / cpu('signed, no body'), '≥ 0.50');
  printRatio('signed ÷ unsigned, 1 kB', cpu('unsigned, 1 kB') / cpu('signed, 1 kB'), '≥ 0.50, goal 0.80');
  printRatio('signed ÷ unsigned, 10 kB', cpu('unsigned, 10 kB') / cpu('signed, 10 kB'), 'goal 0.85');
  printRatio(
    'grants ÷ oidc-provider',
    cpu('grant, oidc-provider in memory') / cpu('grant, Ed25519 assertion'),
    '≥ 0.50',
  );

  /** Signatures that are not looked at would be cheap. */
  async function assertCorrect(): Promise<void> {
    const good = signature(key, 'GET', GUARDED, '');
    const form = grantForm(account, privateKey);
    await expectStatus(get({ ...good, 'x-signature': '0'.repeat(64) }), 401);
    await expectStatus(get(good), 200);
    await expectStatus(get(good), 401);
    await expectStatus(fetch(`${server.url}/oauth/token`, { method: 'POST', headers: FORM, body: form }), 200);
    await expectStatus(fetch(`${server.url}/oauth/token`, { method: 'POST', headers: FORM, body: form }), 400);
  }

  function get(headers: Record<string, string>): Promise<Response> {
    return fetch(`${server.url}${GUARDED}`, { headers });
  }

  async function expectStatus(answered: Promise<Response>, expected: number): Promise<void> {
    const response = await answered;
    await response.arrayBuffer();
    if (response.status !== expected) throw new Error(`expected ${expected}, got ${response.status}`);
  }
} finally {
  generator.stop();
  peer.child.kill();
  await server.stop();
  await world.close();
}
