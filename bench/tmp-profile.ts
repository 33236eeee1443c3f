import { openBenchWorld } from './support/bench-world.ts';
import { Generator } from './support/generator.ts';
import { insertKeys, newBenchPerson } from './support/people.ts';
import { requestText } from './support/request-text.ts';
import { cpuOf } from './support/cpu.ts';
const mode = process.argv[2];
const world = await openBenchWorld();
const generator = new Generator();
const db = await world.createDatabase('small');
const server = await db.startServer();
try {
  const bob = await newBenchPerson(server);
  const keys = mode === 'cold' ? await insertKeys(db, bob.id, 60_000) : [bob.key];
  const requests = keys.map((key) =>
    requestText(process.argv[3] ?? '/health/live', mode === 'open' ? { 'x-nothing': key } : { 'x-api-key': key }),
  );
  const count = 30_000;
  for (const half of [0, 1]) {
    const b = cpuOf(server.pid);
    const r = await generator.run({
      port: server.port,
      connections: 32,
      count,
      requests: mode === 'cold' ? requests.slice(half * count, (half + 1) * count) : requests,
    });
    console.log(JSON.stringify(r), (cpuOf(server.pid) - b) / count);
  }
} finally {
  generator.stop();
  await server.stop();
  await world.close();
}
