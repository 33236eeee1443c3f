import type { BareItem, InnerList, Item, Parameters } from './structured-field.js';
import { Token } from './structured-field.js';

function serializeBareItem(value: BareItem): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  if (typeof value === 'boolean') return value ? '?1' : '?0';
  return value instanceof Token ? value.text : `:${value.toString('base64')}:`;
}

function serializeParameters(parameters: Parameters): string {
  return [...parameters]
    .map(([key, value]) => `;${key}${value === true ? '' : `=${serializeBareItem(value)}`}`)
    .join('');
}

/** An item in its one strict spelling (RFC 9651 §4.1.3). */
export function serializeItem(item: Item): string {
  return serializeBareItem(item.value) + serializeParameters(item.parameters);
}

/** An inner list in its one strict spelling (RFC 9651 §4.1.1.1). */
export function serializeInnerList(list: InnerList): string {
  return `(${list.value.map(serializeItem).join(' ')})${serializeParameters(list.parameters)}`;
}
