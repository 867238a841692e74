import { describe, expect, it } from 'vitest';

import { containerOf, NODE_HEIGHT, placeChain, processChain } from './processChain';

const bash = { pid: 7, name: 'bash', uid: '7-1', parent_process: { pid: 1, name: 'init', uid: '1-1' } };

describe('processChain', () => {
  it('puts the eldest first and the new process last', () => {
    const event = { process: { pid: 9, name: 'cat', user: { uid: '0', name: 'root' }, parent_process: bash }, actor: { process: bash } };
    expect(processChain(event).map((process) => process.name)).toEqual(['init', 'bash', 'cat']);
    expect(processChain(event).at(-1)?.user).toBe('root');
  });
  it('takes the actor where there is no new process', () => {
    expect(processChain({ actor: { process: bash } }).map((process) => process.pid)).toEqual([1, 7]);
  });
  it('has nothing to draw for what is no event', () => {
    for (const value of [null, 3, 'x', [], {}]) expect(processChain(value)).toEqual([]);
  });
  it('ends at a ceiling', () => {
    let process: object = { pid: 1, name: 'a' };
    for (let depth = 0; depth < 500; depth += 1) process = { pid: 2, name: 'b', parent_process: process };
    expect(processChain({ process })).toHaveLength(64);
  });
});

describe('placeChain', () => {
  it('does not let nodes overlap and stops indenting', () => {
    const chain = Array.from({ length: 20 }, (_, index) => ({
      key: String(index), pid: index, name: 'x', commandLine: '', path: '', user: '', inContainer: false,
    }));
    const { nodes, height } = placeChain(chain);
    nodes.slice(1).forEach((node, index) => expect(node.y - (nodes[index]?.y ?? 0)).toBeGreaterThan(NODE_HEIGHT));
    expect(nodes[19]?.x).toBe(nodes[8]?.x);
    expect(height).toBe((nodes[19]?.y ?? 0) + NODE_HEIGHT);
    expect(nodes.filter((node) => node.acted)).toHaveLength(1);
  });
});

it('names the container by name, else by short id', () => {
  expect(containerOf({ container: { uid: '0123456789abcdef', name: 'web' } })).toBe('web');
  expect(containerOf({ container: { uid: '0123456789abcdef' } })).toBe('0123456789ab');
});
