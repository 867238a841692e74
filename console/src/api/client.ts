// The typed client. Every call goes to the server the page came from; a failure becomes an `ApiError`.
import createClient from 'openapi-fetch';

import type { ApiPaths, Problem } from './model';

/** A request that was not answered, with what the server said about it; `offline` when no server was reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, code: string, detail: string, hint: string | null, retryAfterSeconds: number | null) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const client = createClient<ApiPaths>({ baseUrl: location.origin, credentials: 'same-origin' });

client.use({
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('x-yagura-csrf', '1');
    return request;
  },
  onError() {
    return new ApiError(0, 'offline', '', null, null);
  },
});

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'detail' in value && 'code' in value;
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer. Throws an `ApiError` for everything else. */
export async function answered<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (response.ok) return data as Data;
  if (isProblem(error)) {
    throw new ApiError(response.status, error.code, error.detail, error.hint ?? null, error.retry_after_s ?? null);
  }
  throw new ApiError(response.status, 'unknown', `HTTP ${response.status}`, null, null);
}
