// What pages read of incidents besides the incidents themselves.
import { queryOptions } from '@tanstack/react-query';

import { answered, client } from './client';

export const incidentQueries = {
  graph: (id: string) =>
    queryOptions({ queryKey: ['incident', id, 'graph'], queryFn: () => answered(client.GET('/v1/incidents/{id}/graph', { params: { path: { id } } })) }),
  metrics: (days: number) =>
    queryOptions({
      queryKey: ['incident-metrics', days],
      refetchInterval: 60_000,
      queryFn: () => answered(client.GET('/v1/incident-metrics', { params: { query: { days } } })),
    }),
  assignees: () => queryOptions({ queryKey: ['assignees'], staleTime: 60_000, queryFn: () => answered(client.GET('/v1/assignees')) }),
};

export const EXPORT_FORMATS = ['markdown', 'json', 'ocsf', 'stix'] as const;

/** Where the document of an incident is; following it downloads it. */
export function exportAddress(id: string, format: (typeof EXPORT_FORMATS)[number]): string {
  return `/v1/incidents/${encodeURIComponent(id)}/export?format=${format}`;
}
