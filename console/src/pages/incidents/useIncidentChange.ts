// Changes an incident, and makes everything stale that shows it.
import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { IncidentPatch } from '../../api/model';
import { changes } from '../../api/queries';

export function useIncidentChange(id: string, onDone?: () => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (patch: IncidentPatch) => changes.incidentUpdate(id, patch),
    onSuccess: () => {
      for (const key of ['incidents', 'incident', 'incident-metrics', 'findings', 'finding', 'overview']) void cache.invalidateQueries({ queryKey: [key] });
      onDone?.();
    },
  });
}
