// The things an incident is about, drawn: processes and who started them, users, containers, programs, addresses.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { incidentQueries } from '../../api/incidentQueries';
import type { IncidentGraph } from '../../api/model';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { Failed, Loading } from '../../ui/states';
import { graphLayout, NODE_HEIGHT, NODE_WIDTH } from './graphLayout';

const LETTERS_MAX = 20;
const shortened = (text: string) => (text.length > LETTERS_MAX ? `${text.slice(0, LETTERS_MAX - 1)}…` : text);

function Drawing({ graph }: { graph: IncidentGraph }) {
  const { language, t } = useLanguage();
  const { nodes, width, height } = useMemo(() => graphLayout(graph), [graph]);
  const at = new Map(nodes.map((node) => [node.id, node]));
  const named = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <div className="y-tree" tabIndex={0} role="group" aria-label={t('incident.graph')}>
      <svg width={width + 4} height={height + 4} role="img" aria-label={t('incident.graph.label', { count: graph.nodes.length })}>
        <g transform="translate(2 2)">
          {graph.edges.map(({ from, to, relation }) => {
            const [left, right] = [at.get(from), at.get(to)];
            if (!left || !right) return null;
            const [x1, y1, x2, y2] = [left.x + NODE_WIDTH / 2, left.y + NODE_HEIGHT, right.x + NODE_WIDTH / 2, right.y];
            const middle = (y1 + y2) / 2;
            return (
              <path key={`${from} ${to}`} d={`M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`} data-relation={relation}>
                <title>{t('incident.graph.edge', { from: named.get(from)?.label ?? '', relation: t(`relation.${relation}`), to: named.get(to)?.label ?? '' })}</title>
              </path>
            );
          })}
          {nodes.map(({ id, x, y }) => {
            const node = named.get(id);
            if (!node) return null;
            return (
              <g key={id} transform={`translate(${x} ${y})`} data-acted={node.severity !== null} data-node={node.kind}>
                <title>{[node.label, ...node.titles].join('\n')}</title>
                <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx={8} />
                <text x={12} y={18} fontWeight={600}>{shortened(node.label)}</text>
                <text x={12} y={35} className="y-tree-quiet">{t(`entity.${node.kind}`)}{node.titles.length > 0 ? ` · ${node.titles.length.toLocaleString(language)}` : ''}</text>
              </g>
            );
          })}
        </g>
      </svg>
    </div>
  );
}

export function EntityGraph({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data, error, refetch } = useQuery(incidentQueries.graph(id));
  return (
    <section className="y-card" data-part="graph">
      <h2>{t('incident.graph')}</h2>
      {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={2} />) : (
        <>
          <Drawing graph={data} />
          {data.left_out > 0 ? <Text size="sm" c="dimmed" mt="xs">{t('incident.graph.leftOut', { count: data.left_out })}</Text> : null}
        </>
      )}
    </section>
  );
}
