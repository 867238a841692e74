// What is protected, and how each of it stands.
import { Button, SegmentedControl, Text } from '@mantine/core';
import { IconBox, IconServer } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';

import type { AssetKind, AssetSummary } from '../../api/model';
import { queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { ago, bytes, count, dateTime } from '../../ui/format';
import { SeverityMark, Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';

const KINDS = ['host', 'container', 'image', 'folder'] as const satisfies readonly AssetKind[];
const FACTS = ['architecture', 'capabilities', 'digest', 'host', 'image', 'image_id', 'kernel', 'kind', 'layers', 'memory', 'operating_system', 'platform', 'pod_name', 'pod_namespace', 'processors'] as const;

/** A fact as the page says it; sizes in the reader's units. */
function fact(name: string, value: string, language: string): string {
  const kilobytes = name === 'memory' ? /^(\d+) kB$/.exec(value) : null;
  return kilobytes ? bytes(Number(kilobytes[1]) * 1024, language) : value;
}

function AssetCard({ summary }: { summary: AssetSummary }) {
  const { language, t } = useLanguage();
  const { asset, findings_open: open, severity_max: worst } = summary;
  const Icon = asset.kind === 'host' ? IconServer : IconBox;
  const facts = Object.entries(asset.facts);
  const label = (name: string) => {
    const known = FACTS.find((one) => one === name);
    return known ? t(`asset.fact.${known}`) : name.replaceAll('_', ' ');
  };
  return (
    <section className="y-card" data-asset={asset.id}>
      <div style={{ display: 'flex', gap: 10, alignItems: 'center', marginBottom: 10 }}>
        <Icon size={22} stroke={1.5} aria-hidden />
        <h2 className="y-grow y-clip" style={{ margin: 0, fontSize: 16 }}>{asset.name}</h2>
        <Tag>{t(`asset.kind.${asset.kind}`)}</Tag>
      </div>
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', marginBottom: 10, flexWrap: 'wrap' }}>
        {open > 0 ? (
          <>
            {worst ? <SeverityMark severity={worst} /> : null}
            <AnchorLink to="/findings" search={asset.kind === 'container' ? { text: asset.name } : { asset_id: asset.id }} size="sm">{t(open === 1 ? 'assets.open.one' : 'assets.open', { count: count(open, language) })}</AnchorLink>
          </>
        ) : <Tag tone="good">{t('assets.calm')}</Tag>}
      </div>
      <dl className="y-dl">
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}><dt>{label(name)}</dt><dd>{fact(name, value, language)}</dd></div>
        ))}
        <dt>{t('assets.id')}</dt><dd className="y-mono">{asset.id}</dd>
        <dt>{t('assets.firstSeen')}</dt><dd>{dateTime(asset.first_seen, language)}</dd>
        <dt>{t('assets.lastSeen')}</dt><dd title={dateTime(asset.last_seen, language)}>{ago(asset.last_seen, Date.now(), language)}</dd>
      </dl>
    </section>
  );
}

export default function AssetsPage() {
  const { language, t } = useLanguage();
  const { kind } = useSearch({ from: '/shell/assets' });
  const navigate = useNavigate({ from: '/assets' });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(queries.assets(kind));
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const choose = (value: string) => void navigate({ search: KINDS.filter((one) => one === value).map((one) => ({ kind: one }))[0] ?? {}, replace: true });
  return (
    <>
      <PageHead title={t('assets.title')} lead={data ? t('assets.lead', { count: count(items.length, language) }) : undefined}>
        <SegmentedControl size="xs" aria-label={t('assets.kind')} value={kind ?? 'all'} onChange={choose}
          data={[{ value: 'all', label: t('app.all') }, ...KINDS.map((value) => ({ value, label: t(`asset.kind.${value}`) }))]} />
      </PageHead>
      {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={3} height={120} />) : items.length === 0 ? (
        <div className="y-card"><Empty title={t('assets.empty')} detail={t('assets.empty.detail')} /></div>
      ) : (
        <div className="y-grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 360px), 1fr))', alignItems: 'start' }}>
          {items.map((summary) => <AssetCard key={summary.asset.id} summary={summary} />)}
        </div>
      )}
      {hasNextPage ? <Button variant="default" mt="md" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('app.more')}</Button> : null}
      <Text size="sm" c="dimmed" mt="md">{t('assets.note')}</Text>
    </>
  );
}
