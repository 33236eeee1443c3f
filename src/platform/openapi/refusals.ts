import type { OpenAPIObject } from '@nestjs/swagger';
import { type ErrorCode, errorCodes, errorEntry } from '../../kernel/errors/catalogue.js';
import type { Routes } from '../access/index.js';
import { isOAuthPath, OAUTH_ERROR_STATUS, PROBLEM_MEDIA_TYPE, toProblem } from '../http/problem/index.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { REFUSALS } from '../http/index.js';

/** Refusals that any route can answer. */
const COMMON: readonly ErrorCode[] = ['REQ_001', 'REQ_008', 'SRV_001', 'SRV_002'];
/** Refusals of every route that takes a body. */
const WITH_BODY: readonly ErrorCode[] = ['REQ_002', 'REQ_003', 'REQ_004'];
/** Refusals of every route with a parameter in its path. */
const WITH_ID: readonly ErrorCode[] = ['REQ_005'];

/** Refusals of every route that changes something for a caller, who may be a browser with a cookie. */
const STATE_CHANGING: readonly ErrorCode[] = ['AUTH_010'];

const METADATA_OF_OPERATION = 'swagger/apiOperation';
const EXAMPLE_REQUEST_ID = '018cf2b8-3c00-7000-8000-000000000000';

interface Operation {
  operationId?: string;
  requestBody?: unknown;
  security?: unknown;
  responses: Record<string, unknown>;
}

/**
 * Writes the refusals of each operation into the document: one response a status, one example a code. An example stands
 * once among the components; written out in each operation they would make most of the document.
 */
export function addRefusals(document: OpenAPIObject, routes: Routes, problemSchemas: Record<string, object>): void {
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, ...problemSchemas } as never;
  document.components.examples = exampleOfEachCode();
  const declared = refusalsByOperation(routes);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      if (!operation?.responses) continue;
      if (isOAuthPath(path)) {
        Object.assign(operation.responses, oauthResponses());
        continue;
      }
      const codes = new Set<ErrorCode>([
        ...(declared.get(operation.operationId ?? '') ?? []),
        ...COMMON,
        ...(operation.requestBody ? WITH_BODY : []),
        ...(path.includes('{') ? WITH_ID : []),
        ...(operation.security && method !== 'get' ? STATE_CHANGING : []),
      ]);
      Object.assign(operation.responses, responsesOf([...codes].toSorted()));
    }
  }
}

function refusalsByOperation(routes: Routes): Map<string, ErrorCode[]> {
  const byOperation = new Map<string, ErrorCode[]>();
  for (const { handler } of routes.list()) {
    const operation = Reflect.getMetadata(METADATA_OF_OPERATION, handler) as { operationId?: string } | undefined;
    const codes = (Reflect.getMetadata(REFUSALS, handler) as ErrorCode[] | undefined) ?? [];
    if (operation?.operationId) byOperation.set(operation.operationId, codes);
  }
  return byOperation;
}

/** Statuses that OAuth's endpoints share with HTTP, and the code that the body has with them. */
const OAUTH_HTTP_STATUSES = { 413: 'invalid_request', 429: 'temporarily_unavailable' } as const;

/** The refusals of an operation under `/oauth`, whose shape the protocol prescribes. */
function oauthResponses(): Record<string, unknown> {
  const codes = Object.entries(OAUTH_ERROR_STATUS).map(([code, status]) => [String(status), code] as const);
  const byStatus = Map.groupBy([...codes, ...Object.entries(OAUTH_HTTP_STATUSES)], ([status]) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map(([, code]) => code).join(' · '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/OAuthError' } } },
      },
    ]),
  );
}

function responsesOf(codes: readonly ErrorCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(codes, (code) => errorEntry(code).status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `${code} ${errorEntry(code).title}`).join(' · '),
        content: {
          [PROBLEM_MEDIA_TYPE]: {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(group.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
          },
        },
      },
    ]),
  );
}

function exampleOfEachCode(): Record<ErrorCode, { value: object }> {
  const codes = errorCodes();
  const examples = codes.map((code) => [code, { value: toProblem(new AppError(code), EXAMPLE_REQUEST_ID) }] as const);
  return Object.fromEntries(examples) as Record<ErrorCode, { value: object }>;
}
