// Rule files that are kept by the server: what pages read of them, and what changes them.
import { queryOptions } from '@tanstack/react-query';

import { answered, client } from './client';

const path = (name: string) => ({ path: { name } });

export const ruleQueries = {
  files: () => queryOptions({ queryKey: ['rule-files'], queryFn: () => answered(client.GET('/v1/rule-files')) }),
  file: (name: string) =>
    queryOptions({ queryKey: ['rule-file', name], queryFn: () => answered(client.GET('/v1/rule-files/{name}', { params: path(name) })) }),
  versions: (name: string) =>
    queryOptions({ queryKey: ['rule-file', name, 'versions'], queryFn: () => answered(client.GET('/v1/rule-files/{name}/versions', { params: path(name) })) }),
  version: (name: string, version: number) =>
    queryOptions({
      queryKey: ['rule-file', name, 'version', version],
      staleTime: Infinity,
      queryFn: () => answered(client.GET('/v1/rule-files/{name}', { params: { ...path(name), query: { version } } })),
    }),
  check: (text: string, file: string | undefined) =>
    queryOptions({
      queryKey: ['rule-check', file ?? '', text],
      staleTime: 60_000,
      gcTime: 60_000,
      retry: false,
      queryFn: () => answered(client.POST('/v1/rules/lint', { body: { text, ...(file ? { file } : {}) } })),
    }),
};

export const ruleChanges = {
  put: (name: string, text: string, note: string, basedOn: number) =>
    answered(client.PUT('/v1/rule-files/{name}', { params: path(name), body: { text, note, based_on: basedOn } })),
  remove: (name: string) => answered(client.DELETE('/v1/rule-files/{name}', { params: path(name) })),
  trial: (text: string, file: string | undefined, days: number) =>
    answered(client.POST('/v1/rules/trial', { body: { text, days, ...(file ? { file } : {}) } })),
};
