// The cache of server state. What an ended session answers with 401 leads to the sign-in page, once.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

import { ApiError } from './api/client';

const RETRIES = 2;
let sessionEnded: () => void = () => undefined;

/** Says what happens when the server no longer knows the session. */
export function onSessionEnded(listener: () => void): void {
  sessionEnded = listener;
}

function watch(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) sessionEnded();
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (!query.meta?.['signsIn']) watch(error);
    },
  }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      if (!mutation.options.meta?.['signsIn']) watch(error);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // A refused request stays refused; a server that restarts is back soon.
      retry: (failures, error) => failures < RETRIES && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
