// The processes of an OCSF event, eldest first, and where the drawing puts them.

const NODE_HEIGHT = 66;
const GAP = 16;
const INDENT = 26;
const INDENT_MAX = 8;
/** A tree deeper than this is cut at the eldest end. */
const CHAIN_MAX = 64;

export interface ChainProcess {
  key: string;
  pid: number | null;
  name: string;
  commandLine: string;
  path: string;
  user: string;
  inContainer: boolean;
}

export interface PlacedProcess extends ChainProcess {
  x: number;
  y: number;
  acted: boolean;
}

export type Json = Readonly<Record<string, unknown>>;

export function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** The process an event is about: the new one of a process event, else the one that acted. */
export function processOf(event: unknown): Json | null {
  const record = object(event);
  return object(record?.process) ?? object(object(record?.actor)?.process);
}

/** That process and its ancestors, eldest first. */
export function processChain(event: unknown): ChainProcess[] {
  const chain: ChainProcess[] = [];
  let process = processOf(event);
  while (process && chain.length < CHAIN_MAX) {
    const user = object(process.user);
    chain.push({
      key: `${chain.length}-${text(process.uid)}`,
      pid: typeof process.pid === 'number' ? process.pid : null,
      name: text(process.name) || '?',
      commandLine: text(process.cmd_line),
      path: text(object(process.file)?.path),
      user: text(user?.name) || text(user?.uid),
      inContainer: process.namespace_pid !== undefined,
    });
    process = object(process.parent_process);
  }
  return chain.reverse();
}

export function containerOf(event: unknown): string {
  const container = object(object(event)?.container);
  return text(container?.name) || text(container?.uid).slice(0, 12);
}

/** Puts each process below its parent and a step to the right; the step stops growing when the tree is deep. */
export function placeChain(chain: readonly ChainProcess[]): { nodes: PlacedProcess[]; height: number; indentMax: number } {
  const nodes = chain.map((process, index) => ({
    ...process,
    x: Math.min(index, INDENT_MAX) * INDENT,
    y: index * (NODE_HEIGHT + GAP),
    acted: index === chain.length - 1,
  }));
  const height = nodes.length === 0 ? 0 : nodes.length * (NODE_HEIGHT + GAP) - GAP;
  return { nodes, height, indentMax: Math.min(Math.max(chain.length - 1, 0), INDENT_MAX) * INDENT };
}

export { NODE_HEIGHT };
