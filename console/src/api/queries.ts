// Server state: one entry for each thing that pages read, under the keys that changes make stale.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { answered, ApiError, client } from './client';
import type { FindingPatch, FindingStatus, Role, Severity } from './model';

export interface FindingFilter {
  status?: FindingStatus;
  severity_min?: Severity;
  rule?: string;
  asset_id?: string;
  technique?: string;
  text?: string;
  since?: string;
  until?: string;
}

const FINDINGS_A_PAGE = 100;

export const queries = {
  setup: () => queryOptions({ queryKey: ['setup'], queryFn: () => answered(client.GET('/v1/setup')) }),

  /** Who is signed in; `null` when nobody is. */
  session: () =>
    queryOptions({
      queryKey: ['session'],
      staleTime: 60_000,
      queryFn: async () => {
        try {
          return await answered(client.GET('/v1/session'));
        } catch (error) {
          if (error instanceof ApiError && error.status === 401) return null;
          throw error;
        }
      },
    }),

  overview: () =>
    queryOptions({
      queryKey: ['overview'],
      queryFn: () => answered(client.GET('/v1/overview')),
      refetchInterval: 10_000,
    }),

  findings: (filter: FindingFilter) =>
    infiniteQueryOptions({
      queryKey: ['findings', filter],
      queryFn: ({ pageParam }) =>
        answered(
          client.GET('/v1/findings', {
            params: { query: { ...filter, limit: FINDINGS_A_PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
      placeholderData: keepPreviousData,
    }),

  finding: (id: string) =>
    queryOptions({
      queryKey: ['finding', id],
      queryFn: () => answered(client.GET('/v1/findings/{id}', { params: { path: { id } } })),
    }),

  assets: () =>
    queryOptions({
      queryKey: ['assets'],
      queryFn: () => answered(client.GET('/v1/assets', { params: { query: { limit: 200 } } })),
      refetchInterval: 30_000,
    }),

  rules: () =>
    queryOptions({ queryKey: ['rules'], queryFn: () => answered(client.GET('/v1/rules')), refetchInterval: 15_000 }),

  rule: (name: string) =>
    queryOptions({
      queryKey: ['rule', name],
      queryFn: () => answered(client.GET('/v1/rules/{name}', { params: { path: { name } } })),
    }),

  sensor: () =>
    queryOptions({ queryKey: ['sensor'], queryFn: () => answered(client.GET('/v1/sensor')), refetchInterval: 2_000 }),

  eventSchema: () =>
    queryOptions({
      queryKey: ['events', 'schema'],
      queryFn: () => answered(client.GET('/v1/events/schema')),
      staleTime: Infinity,
    }),

  savedQueries: () => queryOptions({ queryKey: ['queries'], queryFn: () => answered(client.GET('/v1/queries')) }),

  tokens: () => queryOptions({ queryKey: ['tokens'], queryFn: () => answered(client.GET('/v1/tokens')) }),

  proofs: () => queryOptions({ queryKey: ['proofs'], queryFn: () => answered(client.GET('/v1/proofs', { params: { query: { limit: 1000 } } })) }),

  audit: () =>
    infiniteQueryOptions({
      queryKey: ['audit'],
      queryFn: ({ pageParam }) =>
        answered(
          client.GET('/v1/audit', {
            params: { query: { limit: 50, ...(pageParam === null ? {} : { before: pageParam }) } },
          }),
        ),
      initialPageParam: null as number | null,
      getNextPageParam: (page) => page.next ?? null,
    }),
};

export const changes = {
  setup: (body: { token: string; name: string; password: string }) => answered(client.POST('/v1/setup', { body })),
  signIn: (body: { name: string; password: string }) => answered(client.POST('/v1/session', { body })),
  signOut: () => answered(client.DELETE('/v1/session')),
  password: (body: { current: string; new: string }) => answered(client.PUT('/v1/password', { body })),
  findingStatus: (id: string, body: FindingPatch) =>
    answered(client.PATCH('/v1/findings/{id}', { params: { path: { id } }, body })),
  ruleEnabled: (name: string, enabled: boolean) =>
    answered(client.PATCH('/v1/rules/{name}', { params: { path: { name } }, body: { enabled } })),
  rulesLint: (text: string) => answered(client.POST('/v1/rules/lint', { body: { text } })),
  hunt: (sql: string, limit: number) => answered(client.POST('/v1/hunt', { body: { sql, limit } })),
  queryCreate: (name: string, sql: string) => answered(client.POST('/v1/queries', { body: { name, sql } })),
  queryDelete: (id: string) => answered(client.DELETE('/v1/queries/{id}', { params: { path: { id } } })),
  tokenCreate: (body: { name: string; role: Role; expires: string | null }) =>
    answered(client.POST('/v1/tokens', { body })),
  tokenDelete: (id: string) => answered(client.DELETE('/v1/tokens/{id}', { params: { path: { id } } })),
};
