// Server state: one entry for each thing that pages read, under the keys that changes make stale.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { answered, ApiError, client } from './client';
import type { AssetKind, DeliveryStatus, FindingPatch, FindingsPatch, FindingStatus, IncidentPatch, IncidentStatus, Role, Severity, WebhookRequest } from './model';

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

  assets: (kind?: AssetKind) =>
    infiniteQueryOptions({
      queryKey: ['assets', kind ?? 'all'],
      queryFn: ({ pageParam }) =>
        answered(
          client.GET('/v1/assets', {
            params: { query: { limit: 100, ...(kind ? { kind } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
      refetchInterval: 30_000,
    }),

  incidents: (status?: IncidentStatus) =>
    infiniteQueryOptions({
      queryKey: ['incidents', status ?? 'all'],
      queryFn: ({ pageParam }) =>
        answered(
          client.GET('/v1/incidents', {
            params: { query: { limit: 50, ...(status ? { status } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
      placeholderData: keepPreviousData,
    }),

  incident: (id: string) =>
    queryOptions({
      queryKey: ['incident', id],
      queryFn: () => answered(client.GET('/v1/incidents/{id}', { params: { path: { id } } })),
    }),

  incidentOf: (id: string) =>
    queryOptions({
      queryKey: ['incident', 'of', id],
      queryFn: () => answered(client.GET('/v1/findings/{id}/incident', { params: { path: { id } } })),
    }),

  webhooks: () => queryOptions({ queryKey: ['webhooks'], queryFn: () => answered(client.GET('/v1/webhooks')) }),

  deliveries: (status?: DeliveryStatus) =>
    queryOptions({
      queryKey: ['deliveries', status ?? 'all'],
      queryFn: () => answered(client.GET('/v1/deliveries', { params: { query: { limit: 200, ...(status ? { status } : {}) } } })),
      refetchInterval: 5_000,
    }),

  users: () => queryOptions({ queryKey: ['users'], queryFn: () => answered(client.GET('/v1/users')) }),

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
  findingsDecide: (body: FindingsPatch) => answered(client.POST('/v1/findings/decide', { body })),
  ruleEnabled: (name: string, enabled: boolean) =>
    answered(client.PATCH('/v1/rules/{name}', { params: { path: { name } }, body: { enabled } })),
  rulesLint: (text: string) => answered(client.POST('/v1/rules/lint', { body: { text } })),
  hunt: (sql: string, limit: number, signal?: AbortSignal) => answered(client.POST('/v1/hunt', { body: { sql, limit }, ...(signal ? { signal } : {}) })),
  queryCreate: (name: string, sql: string) => answered(client.POST('/v1/queries', { body: { name, sql } })),
  queryDelete: (id: string) => answered(client.DELETE('/v1/queries/{id}', { params: { path: { id } } })),
  incidentUpdate: (id: string, body: IncidentPatch) => answered(client.PATCH('/v1/incidents/{id}', { params: { path: { id } }, body })),
  incidentComment: (id: string, text: string) => answered(client.POST('/v1/incidents/{id}/comments', { params: { path: { id } }, body: { text } })),
  webhookCreate: (body: WebhookRequest) => answered(client.POST('/v1/webhooks', { body })),
  webhookUpdate: (id: string, body: WebhookRequest) => answered(client.PUT('/v1/webhooks/{id}', { params: { path: { id } }, body })),
  webhookDelete: (id: string) => answered(client.DELETE('/v1/webhooks/{id}', { params: { path: { id } } })),
  webhookTest: (id: string) => answered(client.POST('/v1/webhooks/{id}/test', { params: { path: { id } } })),
  deliveryRetry: (id: string) => answered(client.POST('/v1/deliveries/{id}/retry', { params: { path: { id } } })),
  userCreate: (body: { name: string; role: Role }) => answered(client.POST('/v1/users', { body })),
  userUpdate: (id: string, body: { role?: Role; disabled?: boolean }) =>
    answered(client.PATCH('/v1/users/{id}', { params: { path: { id } }, body })),
  userReset: (id: string) => answered(client.POST('/v1/users/{id}/reset', { params: { path: { id } } })),
  userDelete: (id: string) => answered(client.DELETE('/v1/users/{id}', { params: { path: { id } } })),
  invitationAsk: (token: string) => answered(client.POST('/v1/invitation/question', { body: { token } })),
  invitationComplete: (body: { token: string; password: string }) => answered(client.POST('/v1/invitation', { body })),
  tokenCreate: (body: { name: string; role: Role; expires: string | null }) =>
    answered(client.POST('/v1/tokens', { body })),
  tokenDelete: (id: string) => answered(client.DELETE('/v1/tokens/{id}', { params: { path: { id } } })),
};
