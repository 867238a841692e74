// Server state of what scans find: vulnerabilities, packages, images, secrets, and the scans themselves.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { answered, client } from './client';
import type { ApiOperations, FindingStatus, VulnerabilityGrouping } from './model';

type QueryOf<Name extends keyof ApiOperations> = ApiOperations[Name]['parameters'] extends { query?: infer Query } ? NonNullable<Query> : never;
export type VulnerabilityFilter = Omit<QueryOf<'vulnerability_list'>, 'cursor' | 'limit'>;
export type PackageFilter = Omit<QueryOf<'package_list'>, 'cursor' | 'limit'>;

const ROWS_A_PAGE = 100;
const BUSY_MS = 1_500;
const IDLE_MS = 15_000;

export const scanQueries = {
  vulnerabilities: (filter: VulnerabilityFilter) =>
    infiniteQueryOptions({
      queryKey: ['vulnerabilities', filter],
      queryFn: ({ pageParam }) =>
        answered(client.GET('/v1/vulnerabilities', { params: { query: { ...filter, limit: ROWS_A_PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
      placeholderData: keepPreviousData,
    }),

  vulnerabilityGroups: (by: VulnerabilityGrouping, filter: VulnerabilityFilter) =>
    queryOptions({
      queryKey: ['vulnerabilities', 'groups', by, filter],
      queryFn: () => answered(client.GET('/v1/vulnerability-groups', { params: { query: { ...filter, by } } })),
      placeholderData: keepPreviousData,
    }),

  vulnerability: (id: string) =>
    queryOptions({
      queryKey: ['vulnerability', id],
      queryFn: () => answered(client.GET('/v1/vulnerabilities/{id}', { params: { path: { id } } })),
    }),

  packages: (filter: PackageFilter) =>
    infiniteQueryOptions({
      queryKey: ['packages', filter],
      queryFn: ({ pageParam }) =>
        answered(client.GET('/v1/packages', { params: { query: { ...filter, limit: ROWS_A_PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
      placeholderData: keepPreviousData,
    }),

  images: () =>
    infiniteQueryOptions({
      queryKey: ['images'],
      queryFn: ({ pageParam }) => answered(client.GET('/v1/images', { params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
      refetchInterval: IDLE_MS,
    }),

  secrets: (filter: { status: FindingStatus; text?: string; asset_id?: string }) =>
    infiniteQueryOptions({
      queryKey: ['findings', 'secrets', filter],
      queryFn: ({ pageParam }) =>
        answered(
          client.GET('/v1/findings', {
            params: { query: { ...filter, kind: 'secret', order: 'severity', limit: ROWS_A_PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
          }),
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
      placeholderData: keepPreviousData,
    }),

  scans: () =>
    infiniteQueryOptions({
      queryKey: ['scans'],
      queryFn: ({ pageParam }) => answered(client.GET('/v1/scans', { params: { query: { limit: 30, ...(pageParam ? { cursor: pageParam } : {}) } } })),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
      refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some(({ progress }) => progress !== null)) ? BUSY_MS : IDLE_MS),
    }),

  schedules: () => queryOptions({ queryKey: ['schedules'], queryFn: () => answered(client.GET('/v1/scan-schedules')), refetchInterval: IDLE_MS }),

  advisories: () => queryOptions({ queryKey: ['advisories'], queryFn: () => answered(client.GET('/v1/advisories')), refetchInterval: 60_000 }),
};

export const scanChanges = {
  scan: (target: string) => answered(client.POST('/v1/scans', { body: { target } })),
  cancel: (id: string) => answered(client.POST('/v1/scans/{id}/cancel', { params: { path: { id } } })),
  schedule: (target: string, every_hours: number) => answered(client.POST('/v1/scan-schedules', { body: { target, every_hours } })),
  unschedule: (id: string) => answered(client.DELETE('/v1/scan-schedules/{id}', { params: { path: { id } } })),
};
