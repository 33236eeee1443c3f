import { OAuthError } from '../../../platform/http/problem/index.js';
import { isScope, type Scope } from '../scopes.js';

/**
 * The scopes that a token gets: what is asked for (RFC 6749 §3.3), else all that is held.
 * @throws OAuthError invalid_scope for a name that is unknown or not held, and when nothing is left
 */
export function narrowScope<Held extends Scope>(held: readonly Held[], requested: string | undefined): readonly Held[] {
  const names = requested?.split(' ').filter((name) => name !== '') ?? [];
  const excess = names.find((name) => !held.includes(name as Held));
  if (excess !== undefined) {
    const isKnown = isScope(excess);
    throw new OAuthError(
      'invalid_scope',
      isKnown ? `The scope goes beyond what is held: ${excess}.` : 'The scope has an unknown name.',
    );
  }
  const granted = names.length === 0 ? held : held.filter((scope) => names.includes(scope));
  if (granted.length === 0) throw new OAuthError('invalid_scope', 'Nothing is left to be granted.');
  return granted;
}
