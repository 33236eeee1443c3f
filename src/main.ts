import 'reflect-metadata';
import { printBanner } from './banner.js';
import { startApp } from './bootstrap.js';
import { readConfig } from './platform/config/config.js';
import { endWith, stopOnSignal } from './process-end.js';

try {
  const running = await startApp(readConfig(process.env));
  stopOnSignal(running);
  printBanner(running);
  // a supervisor that started this process with a channel learns where it listens
  process.send?.({ ready: running.url });
} catch (error) {
  endWith(error);
}
