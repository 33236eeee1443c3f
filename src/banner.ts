import type { RunningApp } from './bootstrap.js';

/** Tells a newcomer where everything is, in a few lines; and how to become an administrator, where there is none. */
export function printBanner({ url, config, connections }: RunningApp, hasAdministrator: boolean): void {
  const lines = [
    '',
    `  Kindly API is ready`,
    `  API       ${url}/api`,
    ...(config.docsEnabled ? [`  Docs      ${url}/docs`] : []),
    `  Health    ${url}/health/ready`,
    `  Database  ${connections.description}`,
    ...(hasAdministrator ? [] : [`  First administrator:  npm run kindly -- admin create <email>`]),
    '',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}
