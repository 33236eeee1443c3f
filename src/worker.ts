import 'reflect-metadata';
import { startWorkers } from './bootstrap.js';
import { readConfig } from './platform/config/index.js';
import { endWith, stopOnSignal } from './process-end.js';

try {
  const running = await startWorkers(readConfig(process.env));
  stopOnSignal(running);
  running.log.info('background work has started');
  process.send?.({ ready: 'worker' });
} catch (error) {
  endWith(error);
}
