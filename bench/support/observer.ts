// Asks a server for its health every 5 ms, until told to end; then tells the longest wait in milliseconds.
import { Agent, get } from 'node:http';
import { setTimeout } from 'node:timers/promises';

const [url = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let longestMs = 0;
const over = new AbortController();

function ask(): Promise<void> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    get(`${url}/health/live`, { agent }, (response) => {
      response.resume().once('end', () => {
        longestMs = Math.max(longestMs, performance.now() - started);
        resolve();
      });
    }).once('error', reject);
  });
}

process.once('message', () => {
  over.abort();
});
await ask();
longestMs = 0;
process.send?.('ready');
while (!over.signal.aborted) {
  await ask();
  await setTimeout(5);
}
// the open channel and the kept connection would keep it alive
process.send?.(longestMs, () => process.exit());
