import { printBanner } from './banner.js';
import { startApp } from './bootstrap.js';
import { FirstAdministrator } from './modules/users/index.js';
import { readConfig } from './platform/config/index.js';
import { endWith, stopOnSignal } from './process-end.js';

/** Runs the server until a signal stops it; with the background work in the same process, or without. */
export async function runServer(options: { withWorkers: boolean }): Promise<void> {
  try {
    const running = await startApp(readConfig(process.env), options);
    stopOnSignal(running);
    printBanner(running, await running.app.get(FirstAdministrator).exists());
    // a supervisor that started this process with a channel learns where it listens
    process.send?.({ ready: running.url });
  } catch (error) {
    endWith(error);
  }
}
