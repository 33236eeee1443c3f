import { assertDocumented } from './documented.ts';

/** A problem as the API answers it. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly solution: string;
  readonly request_id: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** An answer, its body parsed if it is JSON. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

interface RequestOptions {
  readonly headers?: Record<string, string>;
  /** Sent as it is; `body` is sent as JSON. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly body?: unknown;
  /** Off for requests that do not concern a documented operation. */
  readonly isDocumented?: boolean;
}

/** Speaks HTTP to a server; every answer is held against the server's own OpenAPI document. */
export class Client {
  readonly baseUrl: string;
  private readonly credential: Record<string, string>;

  constructor(baseUrl: string, credential: Record<string, string> = {}) {
    this.baseUrl = baseUrl;
    this.credential = credential;
  }

  /** The same server with another credential. */
  with(credential: { bearer?: string; apiKey?: string }): Client {
    return new Client(this.baseUrl, {
      ...(credential.bearer !== undefined && { authorization: `Bearer ${credential.bearer}` }),
      ...(credential.apiKey !== undefined && { 'x-api-key': credential.apiKey }),
    });
  }

  /** The same credential on another server. */
  at(baseUrl: string): Client {
    return new Client(baseUrl, this.credential);
  }

  get<Body = ProblemBody>(path: string, options?: RequestOptions): Promise<Answer<Body>> {
    return this.request('GET', path, options);
  }

  post<Body = ProblemBody>(path: string, body?: unknown, options?: RequestOptions): Promise<Answer<Body>> {
    return this.request('POST', path, { body, ...options });
  }

  patch<Body = ProblemBody>(path: string, body?: unknown, options?: RequestOptions): Promise<Answer<Body>> {
    return this.request('PATCH', path, { body, ...options });
  }

  delete<Body = ProblemBody>(path: string, options?: RequestOptions): Promise<Answer<Body>> {
    return this.request('DELETE', path, options);
  }

  async request<Body = ProblemBody>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<Body>> {
    const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...this.credential,
        ...options.headers,
      },
      ...(payload !== undefined && { body: payload }),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const answer = { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
    if (options.isDocumented !== false) await assertDocumented(this.baseUrl, method, path, answer);
    return answer;
  }
}
