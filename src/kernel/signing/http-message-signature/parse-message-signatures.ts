import { Buffer } from 'node:buffer';
import type { Fault } from '../../fault.js';
import { isFault } from '../../fault.js';
import { parseDictionary } from '../structured-field/parse-dictionary.js';
import { serializeItem } from '../structured-field/serialize.js';
import type { BareItem, InnerList, Item } from '../structured-field/structured-field.js';
import type { CoveredComponent, MessageSignature, SignatureParameters } from './message-signature.js';

const COMPONENT_NAME = /^@?[a-z0-9!#$%&'*+\-.^_`|~]+$/;

const isComponent = (item: Item): item is CoveredComponent =>
  typeof item.value === 'string' && COMPONENT_NAME.test(item.value);
const isInnerList = (member: Item | InnerList): member is InnerList => Array.isArray(member.value);

const numberOf = (value: BareItem | undefined): number | undefined => (typeof value === 'number' ? value : undefined);
const stringOf = (value: BareItem | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** The parameters that RFC 9421 §2.3 names, or null when one of them is not of its type. */
function readParameters({ parameters }: InnerList): SignatureParameters | null {
  const read = {
    created: numberOf(parameters.get('created')),
    expires: numberOf(parameters.get('expires')),
    nonce: stringOf(parameters.get('nonce')),
    keyid: stringOf(parameters.get('keyid')),
    alg: stringOf(parameters.get('alg')),
    tag: stringOf(parameters.get('tag')),
  };
  return Object.entries(read).every(([name, value]) => value === parameters.get(name)) ? read : null;
}

function readSignature(label: string, input: Item | InnerList, value: unknown): MessageSignature | Fault {
  if (!isInnerList(input)) return { fault: `Signature-Input: ${label} must be a list of components.` };
  if (!Buffer.isBuffer(value)) return { fault: `Signature: ${label} must be a byte sequence.` };
  const components = input.value.filter(isComponent);
  if (components.length < input.value.length) {
    return { fault: `Signature-Input: a component of ${label} is not a lower-case name in double quotes.` };
  }
  if (new Set(components.map(serializeItem)).size < components.length) {
    return { fault: `Signature-Input: a component of ${label} is repeated.` };
  }
  const parameters = readParameters(input);
  if (parameters === null) return { fault: `Signature-Input: a parameter of ${label} has the wrong type.` };
  return { ...parameters, label, components, input, signature: value };
}

/** Reads the signatures of a request from its two fields (RFC 9421 §4.1, §4.2): the same labels, at least one. */
export function parseMessageSignatures(signatureInput: string, signature: string): readonly MessageSignature[] | Fault {
  const inputs = parseDictionary(signatureInput);
  if (isFault(inputs)) return { fault: 'Signature-Input is not a structured-field dictionary.' };
  const values = parseDictionary(signature);
  if (isFault(values)) return { fault: 'Signature is not a structured-field dictionary.' };
  if (inputs.size === 0) return { fault: 'Signature-Input holds no signature.' };
  if (values.size !== inputs.size) return { fault: 'Signature and Signature-Input must have the same labels.' };
  const signatures: MessageSignature[] = [];
  for (const [label, input] of inputs) {
    const read = readSignature(label, input, values.get(label)?.value);
    if (isFault(read)) return read;
    signatures.push(read);
  }
  return signatures;
}
