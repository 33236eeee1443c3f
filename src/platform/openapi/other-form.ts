import type { OpenAPIObject } from '@nestjs/swagger';
import type { Routes } from '../access/index.js';

/** Metadata key of a route's {@link OtherForm}. */
const OTHER_FORM = 'kindly:other-form';
const METADATA_OF_OPERATION = 'swagger/apiOperation';

/** Another media type in which an operation answers, and perhaps takes its body, beside JSON. */
export interface OtherForm {
  readonly status: number;
  readonly answers: string;
  readonly takes?: string;
  /** Headers of such an answer, each with what it means. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Operation {
  operationId?: string;
  requestBody?: { content: Record<string, object>; required?: boolean };
  responses: Record<string, { content: Record<string, object>; headers?: Record<string, object> }>;
}

/** Declares another form of a route beside JSON, for the OpenAPI document. */
export function HasOtherForm(form: OtherForm): MethodDecorator {
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata(OTHER_FORM, form, descriptor.value as object);
  };
}

/** Writes the other forms of operations into the document, which Nest knows to describe in one media type only. */
export function addOtherForms(document: OpenAPIObject, routes: Routes): void {
  const forms = formsByOperation(routes);
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      const form = forms.get(operation?.operationId ?? '');
      if (form) addForm(operation, form);
    }
  }
}

function addForm(operation: Operation, { status, answers, takes, headers }: OtherForm): void {
  const response = operation.responses[String(status)];
  if (!response) return;
  const schema = { type: 'string', ...(answers.startsWith('text/') ? {} : { format: 'binary' }) };
  response.content[answers] = { schema };
  if (takes && operation.requestBody) {
    operation.requestBody.content[takes] = { schema: { type: 'string', format: 'binary' } };
  }
  if (!headers) return;
  response.headers = Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

function formsByOperation(routes: Routes): Map<string, OtherForm> {
  const forms = new Map<string, OtherForm>();
  for (const { handler } of routes.list()) {
    const form = Reflect.getMetadata(OTHER_FORM, handler) as OtherForm | undefined;
    const operation = Reflect.getMetadata(METADATA_OF_OPERATION, handler) as { operationId?: string } | undefined;
    if (form && operation?.operationId) forms.set(operation.operationId, form);
  }
  return forms;
}
