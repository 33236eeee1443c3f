import { PERMISSIONS, type Permission } from '../../../kernel/access/permission.js';
import { OAuthError } from '../../../platform/http/oauth/oauth-error.js';

/**
 * The permissions that a token gets: what is asked for (RFC 6749 §3.3), else all that is held.
 * @throws OAuthError invalid_scope for a name that is unknown or not held, and when nothing is left
 */
export function narrowScope(held: readonly Permission[], requested: string | undefined): readonly Permission[] {
  const names = requested?.split(' ').filter((name) => name !== '') ?? [];
  const excess = names.find((name) => !held.includes(name as Permission));
  if (excess !== undefined) {
    const isKnown = PERMISSIONS.includes(excess as Permission);
    throw new OAuthError(
      'invalid_scope',
      isKnown ? `The scope goes beyond what is held: ${excess}.` : 'The scope has an unknown name.',
    );
  }
  const granted = names.length === 0 ? held : held.filter((permission) => names.includes(permission));
  if (granted.length === 0) throw new OAuthError('invalid_scope', 'Nothing is left to be granted.');
  return granted;
}
