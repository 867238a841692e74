import { describe, expect, it } from 'vitest';

import type { IncidentGraph } from '../../api/model';
import { graphLayout } from './graphLayout';

function graph(...edges: [string, string][]): IncidentGraph {
  const ids = [...new Set(edges.flat())];
  return {
    nodes: ids.map((id) => ({ id, kind: 'process', label: id, severity: null, titles: [] })),
    edges: edges.map(([from, to]) => ({ from, to, relation: 'started' })),
    left_out: 0,
  };
}

describe('the layout of a graph', () => {
  it('puts what leads to a thing above it, and nothing over another', () => {
    const layout = graphLayout(graph(['nginx', 'sh'], ['sh', 'nc'], ['sh', 'id'], ['nc', 'address'], ['id', 'address']));
    const at = new Map(layout.nodes.map((node) => [node.id, node]));
    const y = (id: string) => at.get(id)?.y ?? -1;
    expect([y('nginx') < y('sh'), y('sh') < y('nc'), y('nc') === y('id'), y('nc') < y('address')]).toEqual([true, true, true, true]);
    expect(new Set(layout.nodes.map((node) => `${node.x},${node.y}`)).size).toBe(layout.nodes.length);
    expect(layout.height).toBeGreaterThan(y('address'));
  });

  it('ends for a ring', () => {
    expect(graphLayout(graph(['a', 'b'], ['b', 'a'])).nodes).toHaveLength(2);
    expect(graphLayout({ nodes: [], edges: [], left_out: 0 })).toEqual({ nodes: [], width: 0, height: 0 });
  });
});
