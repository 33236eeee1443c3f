import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { describeWith } from '../support/installed.ts';
import { expectStatus, newPerson, type Person } from '../support/people.ts';
import {
  JWT_BEARER,
  newServiceAccount,
  requestToken,
  type ServiceAccountBody,
  TOKEN_URL,
} from '../support/service-accounts.ts';
import { world } from '../support/world.ts';
import { documentedCode, runDocumented } from './documented-code.ts';

const [baseUrl] = world().servers;

/** The body of the guide's section "Service Accounts". */
const ANALYTICS_PROCESSOR = {
  name: 'analytics-processor',
  description: 'Automated analytics processing service',
  permissions: ['read:analytics', 'write:analytics', 'read:compression'],
};

/** The guide's lines, with the documented class; the test servers' public URL is not where they listen. */
const PROGRAM = `${documentedCode('service-accounts.md', 'assertion.py')}
${documentedCode('service-accounts.md', 'client.py')}
import sys, urllib.error
service_account = json.load(sys.stdin)
service_client = KindlyAPIClient(
    service_account_id=service_account['id'],
    private_key=service_account['private_key'],
    base_url=sys.argv[1]
)
service_client.audience = sys.argv[2]

def status_of(method, path, body=None):
    try:
        service_client.call(method, path, body)
        return 200
    except urllib.error.HTTPError as error:
        return error.code

print(json.dumps({
    "reads statistics": status_of("GET", "/api/compression/stats"),
    "reads analytics": status_of("GET", "/api/analytics/usage"),
    "writes analytics": status_of("POST", "/api/analytics/events", {"name": "report.exported"}),
    "compresses": status_of("POST", "/api/compression/compress", {"data": 1}),
    "reads keys": status_of("GET", "/api/keys"),
}))`;

let person: Person;
let account: ServiceAccountBody;
beforeAll(async () => {
  person = await newPerson();
  account = await newServiceAccount(person.client, ANALYTICS_PROCESSOR);
});

describe("the guide's service account", () => {
  it('is answered with its id, what it was made with, and the private key this once', async () => {
    expect(account).toMatchObject(ANALYTICS_PROCESSOR);
    expect(account.private_key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const again = await person.client.get(`/api/service-accounts/${account.id}`);
    expect(expectStatus(again, 200).text).not.toContain('PRIVATE KEY');
  });

  it('gets a token in JavaScript without a package, once for each assertion', async () => {
    const words = [account.id, account.key_id, account.private_key, TOKEN_URL].map((word) => JSON.stringify(word));
    const code = documentedCode('service-accounts.md', 'assertion-node.mjs');
    const assertion = runDocumented<string>(code, `assertion(${words.join(', ')})`);
    const { body } = expectStatus(await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion }), 200);
    const client = new Client(baseUrl).with({ bearer: body.access_token });
    expect((await client.get('/api/compression/stats')).status).toBe(200);
    expect((await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion })).body.error).toBe('invalid_grant');
  });
});

describeWith(['python3', 'openssl'], "the guide's KindlyAPIClient", () => {
  it('calls the API with its id and its private key alone, as far as its permissions go', async () => {
    const running = promisify(execFile)('python3', ['-c', PROGRAM, baseUrl, TOKEN_URL]);
    running.child.stdin?.end(JSON.stringify(account));
    const { stdout } = await running;
    expect(JSON.parse(stdout)).toEqual({
      'reads statistics': 200,
      'reads analytics': 200,
      'writes analytics': 200,
      compresses: 403,
      'reads keys': 403,
    });
  });
});
