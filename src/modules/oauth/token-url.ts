import type { Config } from '../../platform/config/config.js';

/** The URL of the token endpoint, as clients know it. */
export function tokenUrl(config: Config): string {
  return `${config.publicUrl}/oauth/token`;
}
