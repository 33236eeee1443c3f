import type { Fault } from '../../fault.js';
import { isFault } from '../../fault.js';
import { serializeInnerList, serializeItem } from '../structured-field/serialize.js';
import { componentValue } from './component-value.js';
import type { HttpRequest } from './http-request.js';
import type { MessageSignature } from './message-signature.js';

/** The text under a signature: a line for each covered component, then its parameters (RFC 9421 §2.5). */
export function signatureBase(
  request: HttpRequest,
  signature: Pick<MessageSignature, 'components' | 'input'>,
): { readonly base: string } | Fault {
  const lines: string[] = [];
  for (const component of signature.components) {
    const found = componentValue(request, component);
    if (isFault(found)) return found;
    lines.push(`${serializeItem(component)}: ${found.value}`);
  }
  lines.push(`"@signature-params": ${serializeInnerList(signature.input)}`);
  return { base: lines.join('\n') };
}
