export { CLOCK, ClockModule } from './clock.module.js';
export { ipcClock } from './ipc-clock.js';
