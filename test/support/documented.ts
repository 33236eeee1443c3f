import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** A response of an operation, written out. */
export interface DocumentedResponse {
  readonly headers?: object;
  readonly content?: Record<string, { readonly schema: object; readonly examples?: object }>;
}

interface Operation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly responses: Record<string, DocumentedResponse | { readonly $ref: string }>;
}

/** The parts of an OpenAPI document that the tests read. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation & { 'x-requires'?: unknown; security?: unknown[] }>>;
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly components: {
    readonly schemas: Record<string, object>;
    readonly responses: Record<string, DocumentedResponse>;
    readonly examples: Record<string, { readonly value: object }>;
  };
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface Checker {
  readonly document: OpenApiDocument;
  readonly ajv: Ajv2020;
  readonly validators: Map<string, ValidateFunction>;
}

const checkers = new Map<string, Promise<Checker>>();

/** The server's OpenAPI document, fetched once. */
export async function openApiDocument(baseUrl: string): Promise<OpenApiDocument> {
  return (await checkerOf(baseUrl)).document;
}

/** Fails unless the operation's document foresees this status, media type and body. */
export async function assertDocumented(
  baseUrl: string,
  method: string,
  target: string,
  answer: Answered,
): Promise<void> {
  const checker = await checkerOf(baseUrl);
  const path = target.split('?')[0] ?? target;
  const found = Object.entries(checker.document.paths).find(
    ([template, item]) => item[method.toLowerCase()] && matches(template, path),
  );
  if (!found) {
    if (answer.status === 404 || answer.status === 405) return;
    throw new Error(`${method} ${path} answered ${answer.status} but is not in the OpenAPI document`);
  }
  const operation = found[1][method.toLowerCase()];
  const response = operation && responsesOf(checker.document, operation).get(String(answer.status));
  const where = `${operation?.operationId} ${answer.status}`;
  if (!response) throw new Error(`${where} is not in the OpenAPI document: ${JSON.stringify(answer.body)}`);
  const mediaType = answer.headers.get('content-type')?.split(';')[0] ?? '';
  const schema = response.content?.[mediaType]?.schema;
  if (!response.content && answer.body === null) return;
  if (!schema) throw new Error(`${where} answers ${mediaType}, which is not in the OpenAPI document`);
  if (!mediaType.endsWith('json')) return;
  const validate = validatorOf(checker, where, schema);
  if (!validate(answer.body)) {
    throw new Error(`${where} differs from its schema: ${checker.ajv.errorsText(validate.errors)}`);
  }
}

/** The responses of an operation by their status, also those that are written among the components. */
export function responsesOf(
  { components }: OpenApiDocument,
  { responses }: Pick<Operation, 'responses'>,
): Map<string, DocumentedResponse> {
  const written = Object.entries(responses).map(([status, response]): [string, DocumentedResponse | undefined] => [
    status,
    '$ref' in response ? components.responses[response.$ref.split('/').at(-1) ?? ''] : response,
  ]);
  return new Map(written.flatMap(([status, response]) => (response ? [[status, response]] : [])));
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}

function validatorOf({ ajv, validators }: Checker, key: string, schema: object): ValidateFunction {
  let validate = validators.get(key);
  if (!validate) {
    validate = ajv.compile(rebase(schema) as object);
    validators.set(key, validate);
  }
  return validate;
}

/** References of the document point into it; for the validator it has an id of its own. */
function rebase(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/'));
}

function checkerOf(baseUrl: string): Promise<Checker> {
  let checker = checkers.get(baseUrl);
  if (!checker) {
    checker = loadChecker(baseUrl);
    checkers.set(baseUrl, checker);
  }
  return checker;
}

async function loadChecker(baseUrl: string): Promise<Checker> {
  const response = await fetch(`${baseUrl}/openapi.json`);
  const document = (await response.json()) as OpenApiDocument;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'openapi', components: document.components });
  return { document, ajv, validators: new Map() };
}
