// What a token for a client and a look at a live token cost beside those of oidc-provider, which keeps nothing on disk.
// Run after a build: node bench/oauth.ts [rounds] [requests a round]
import { openBenchWorld } from './support/bench-world.ts';
import { Generator } from './support/generator.ts';
import { startOidcProvider } from './support/oidc-provider.ts';
import { newBenchPerson } from './support/people.ts';
import { requestText } from './support/request-text.ts';
import { bestCpu, type Contender, printFigures, printRatio, runRounds } from './support/rounds.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const COUNT = Number(process.argv[3] ?? 6_000);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const PEER_CLIENT = 'client_id=bench&client_secret=bench-secret';

interface OAuthClient {
  readonly client_id: string;
  readonly client_secret: string;
}

const world = await openBenchWorld();
const generator = new Generator();
const database = await world.createDatabase('oauth');
const server = await database.startServer();
// two of them: one that issues thousands of tokens forgets the first ones, and a look that finds nothing is cheap
const issuer = await startOidcProvider();
const peer = await startOidcProvider();
try {
  const { token } = await newBenchPerson(server);
  const client = await register(token);
  const own = `client_id=${client.client_id}&client_secret=${client.client_secret}`;
  const peerUrl = `http://127.0.0.1:${peer.port}`;
  const live = await newToken(`${server.url}/oauth/token`, own);
  const peerLive = await newToken(`${peerUrl}/token`, PEER_CLIENT);
  await assertCorrect();

  const near = { port: server.port, pid: server.pid, count: COUNT };
  const farOf = ({ port, child }: typeof peer) => ({ port, pid: child.pid ?? 0, count: COUNT });
  const grant = 'grant_type=client_credentials';
  const contenders: Contender[] = [
    { ...near, name: 'token', requests: () => [requestText('/oauth/token', FORM, `${grant}&${own}`)] },
    {
      ...farOf(issuer),
      name: 'token, oidc-provider',
      requests: () => [requestText('/token', FORM, `${grant}&${PEER_CLIENT}`)],
    },
    { ...near, name: 'look', requests: () => [requestText('/oauth/introspect', FORM, `token=${live}&${own}`)] },
    {
      ...farOf(peer),
      name: 'look, oidc-provider',
      requests: () => [requestText('/token/introspection', FORM, `token=${peerLive}&${PEER_CLIENT}`)],
    },
  ];
  const figures = await runRounds(generator, contenders, { rounds: ROUNDS, postgresPid: world.postgresPid });
  await assertCorrect();

  printFigures(figures);
  for (const name of ['token', 'look']) {
    printRatio(
      `${name} ÷ oidc-provider`,
      bestCpu(figures, `${name}, oidc-provider`) / bestCpu(figures, name),
      '≥ 0.50',
    );
  }

  /** Looks that find nothing, and secrets that are not looked at, would be cheap. */
  async function assertCorrect(): Promise<void> {
    await expectActive(`${server.url}/oauth/introspect`, `token=${live}&${own}`, true);
    await expectActive(`${server.url}/oauth/introspect`, `token=${live.slice(0, -1)}_&${own}`, false);
    await expectActive(`${peerUrl}/token/introspection`, `token=${peerLive}&${PEER_CLIENT}`, true);
    const { status } = await post(`${server.url}/oauth/token`, `grant_type=client_credentials&${own}x`);
    if (status !== 401) throw new Error(`a wrong secret was answered ${status}`);
  }
} finally {
  generator.stop();
  issuer.child.kill();
  peer.child.kill();
  await server.stop();
  await world.close();
}

function post(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: FORM, body });
}

async function register(token: string): Promise<OAuthClient> {
  const response = await fetch(`${server.url}/api/oauth/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      name: 'bench',
      type: 'confidential',
      scopes: ['read:compression'],
      grant_types: ['client_credentials'],
    }),
  });
  return (await response.json()) as OAuthClient;
}

async function newToken(url: string, credentials: string): Promise<string> {
  const response = await post(url, `grant_type=client_credentials&${credentials}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

async function expectActive(url: string, body: string, expected: boolean): Promise<void> {
  const { active } = (await (await post(url, body)).json()) as { active: boolean };
  if (active !== expected) throw new Error(`${url} says ${active}`);
}
