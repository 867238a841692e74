// Where the things of an incident's graph stand: what leads to a thing stands above it, a tree from left to right.
import type { IncidentGraph } from '../../api/model';

export const NODE_WIDTH = 168;
export const NODE_HEIGHT = 44;
const COLUMN = NODE_WIDTH + 18;
const ROW = NODE_HEIGHT + 34;

export interface PlacedNode {
  id: string;
  x: number;
  y: number;
}

export interface GraphLayout {
  nodes: PlacedNode[];
  width: number;
  height: number;
}

/** The longest way from a beginning to each thing; a ring ends where it began. */
function depths({ nodes, edges }: IncidentGraph): Map<string, number> {
  const depth = new Map(nodes.map(({ id }) => [id, 0]));
  for (let round = 0; round < nodes.length; round += 1) {
    let moved = false;
    for (const { from, to } of edges) {
      const next = (depth.get(from) ?? 0) + 1;
      if (next > (depth.get(to) ?? 0) && next < nodes.length) {
        depth.set(to, next);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return depth;
}

export function graphLayout(graph: IncidentGraph): GraphLayout {
  const depth = depths(graph);
  const next = new Map<string, string[]>();
  for (const { from, to } of graph.edges) next.set(from, [...(next.get(from) ?? []), to]);
  const rows = new Map<number, number>();
  const placed = new Map<string, PlacedNode>();
  const place = (id: string, column: number) => {
    if (placed.has(id)) return;
    const row = depth.get(id) ?? 0;
    const at = Math.max(column, rows.get(row) ?? 0);
    rows.set(row, at + 1);
    placed.set(id, { id, x: at * COLUMN, y: row * ROW });
    (next.get(id) ?? []).forEach((to, index) => {
      if ((depth.get(to) ?? 0) > row) place(to, at + index);
    });
  };
  const reached = new Set(graph.edges.map(({ to }) => to));
  const free = () => Math.max(0, ...rows.values());
  for (const { id } of graph.nodes) if (!reached.has(id)) place(id, free());
  for (const { id } of graph.nodes) place(id, free());
  const nodes = graph.nodes.flatMap(({ id }) => placed.get(id) ?? []);
  return {
    nodes,
    width: Math.max(0, ...nodes.map(({ x }) => x + NODE_WIDTH)),
    height: Math.max(0, ...nodes.map(({ y }) => y + NODE_HEIGHT)),
  };
}
