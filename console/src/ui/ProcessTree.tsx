// Draws who started whom: the ancestors of a process, the process itself, its user, command line and container.
import { useElementSize } from '@mantine/hooks';

import { useT } from '../i18n/language';
import { containerOf, NODE_HEIGHT, placeChain, processChain } from './processChain';

const NODE_WIDTH_MIN = 250;
const NODE_WIDTH_MAX = 760;
const CHARACTER_WIDTH = 7.3;

function shortened(text: string, width: number): string {
  const room = Math.max(8, Math.floor((width - 28) / CHARACTER_WIDTH));
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

export function ProcessTree({ event }: { event: unknown }) {
  const t = useT();
  const { ref, width } = useElementSize();
  const chain = processChain(event);
  if (chain.length === 0) return <p className="y-quiet">{t('finding.tree.none')}</p>;
  const { nodes, height, indentMax } = placeChain(chain);
  const nodeWidth = Math.min(NODE_WIDTH_MAX, Math.max(NODE_WIDTH_MIN, (width || 600) - indentMax - 4));
  const container = containerOf(event);
  const names = chain.map((process) => process.name).join(' → ');
  return (
    <div className="y-tree" ref={ref} tabIndex={0} role="group" aria-label={t('finding.tree')}>
      <svg width={indentMax + nodeWidth + 4} height={height + 4} role="img" aria-label={t('tree.label', { names })}>
        <g transform="translate(2 2)">
          {nodes.slice(1).map((node, index) => {
            const parent = nodes[index];
            if (!parent) return null;
            const fromX = parent.x + 13;
            const middle = node.y + NODE_HEIGHT / 2;
            return node.x > parent.x ? (
              <path key={node.key} d={`M${fromX} ${parent.y + NODE_HEIGHT}V${middle - 6}q0 6 6 6H${node.x}`} />
            ) : (
              <path key={node.key} d={`M${fromX} ${parent.y + NODE_HEIGHT}V${node.y}`} />
            );
          })}
          {nodes.map((node) => {
            const facts = [
              node.pid === null ? '' : t('tree.pid', { pid: node.pid }),
              node.user,
              node.inContainer && container ? t('tree.container', { name: container }) : '',
            ].filter(Boolean);
            return (
              <g key={node.key} transform={`translate(${node.x} ${node.y})`} data-acted={node.acted} data-pid={node.pid}>
                <title>{node.commandLine || node.path}</title>
                <rect width={nodeWidth} height={NODE_HEIGHT} rx={8} />
                <text x={14} y={20}>
                  <tspan fontWeight={650}>{shortened(node.name, nodeWidth / 3)}</tspan>
                  <tspan dx={10} className="y-tree-quiet">{shortened(facts.join(' · '), nodeWidth * 0.66)}</tspan>
                </text>
                <text x={14} y={39} className="y-tree-cmd">{shortened(node.commandLine || node.path || '—', nodeWidth)}</text>
                <text x={14} y={56} className="y-tree-quiet">{shortened(node.path, nodeWidth)}</text>
              </g>
            );
          })}
        </g>
      </svg>
    </div>
  );
}
