// Every finding, latest first; new ones arrive by themselves.
import { ActionIcon, Button, Checkbox, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState, type CSSProperties } from 'react';

import type { Finding } from '../../api/model';
import { queries, type FindingFilter } from '../../api/queries';
import { useStream } from '../../api/stream';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { PageHead } from '../../shell/PageFrame';
import { useMay } from '../../shell/role';
import { ago, count, dateTime } from '../../ui/format';
import { LiveMark, SEVERITIES, SeverityMark, StatusMark, Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { VirtualRows } from '../../ui/VirtualRows';
import { BulkDecision, SELECTED_MAX } from './BulkDecision';

const WITHIN_MS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const;
const MINUTE_MS = 60_000;
const STATUSES = ['open', 'accepted', 'fixed', 'false', 'all'] as const;
const WIDE = '96px minmax(0, 1fr) minmax(120px, 220px) 70px 130px 100px';
const NARROW = 'minmax(0, 1fr) auto';

interface RowProps {
  finding: Finding;
  fresh: boolean;
  wide: boolean;
  ticked: boolean;
  onTick: (ticked: boolean) => void;
  style: CSSProperties;
}

function Row({ finding, fresh, wide, ticked, onTick, style }: RowProps) {
  const { language, t } = useLanguage();
  const { may } = useMay('responder');
  const when = <time dateTime={finding.last_seen} title={dateTime(finding.last_seen, language)}>{ago(finding.last_seen, Date.now(), language)}</time>;
  const where = [finding.asset_name, finding.container_id].filter(Boolean).join(' / ');
  return (
    <div className={may ? 'y-tick-row' : undefined} style={style}>
    {may ? <Checkbox size="xs" checked={ticked} onChange={(event) => onTick(event.currentTarget.checked)} aria-label={t('findings.bulk.select', { title: finding.title })} /> : null}
    <Link to="/findings/$id" params={{ id: finding.id }} data-finding={finding.id} data-rule={finding.rule}
      className={fresh ? 'y-vrow y-fresh' : 'y-vrow'} style={{ height: '100%', gridTemplateColumns: wide ? WIDE : NARROW }}>
      {wide ? <SeverityMark severity={finding.severity} /> : null}
      <span>
        <span className="y-clip" style={{ display: 'block', fontWeight: 600 }}>
          {fresh ? <><Tag tone="good">{t('findings.new')}</Tag>{' '}</> : null}
          {finding.title}
        </span>
        <span className="y-clip y-quiet" style={{ display: 'block', fontSize: 13 }}>{finding.message}</span>
        {wide ? null : (
          <span className="y-clip y-quiet" style={{ display: 'block', fontSize: 12.5 }}>
            <SeverityMark severity={finding.severity} /> · {when} · {count(finding.count, language)}×
          </span>
        )}
      </span>
      {wide ? (
        <>
          <span className="y-clip y-quiet" style={{ fontSize: 13 }} title={where}>{where}</span>
          <span className="y-number">{count(finding.count, language)}</span>
          <span className="y-quiet y-clip" style={{ fontSize: 13 }}>{when}</span>
        </>
      ) : null}
      <span><StatusMark status={finding.status} /></span>
    </Link>
    </div>
  );
}

export default function FindingsPage() {
  const { may } = useMay('responder');
  const { language, t } = useLanguage();
  const search = useSearch({ from: '/shell/findings' });
  const navigate = useNavigate({ from: '/findings' });
  const cache = useQueryClient();
  const wide = useMediaQuery('(min-width: 900px)', true, { getInitialValueInEffect: false });
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [typed, setTyped] = useState(search.text ?? '');

  const status = search.status ?? 'open';
  // The beginning moves once a minute, so that the filter is the same for as long.
  const minute = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const filter = useMemo<FindingFilter>(() => {
    const { severity_min, rule, asset_id, technique, text, within } = search;
    return {
      ...(status === 'all' ? {} : { status }),
      ...(severity_min ? { severity_min } : {}),
      ...(rule ? { rule } : {}),
      ...(asset_id ? { asset_id } : {}),
      ...(technique ? { technique } : {}),
      ...(text ? { text } : {}),
      ...(within ? { since: new Date(minute - WITHIN_MS[within]).toISOString() } : {}),
    };
  }, [search, status, minute]);

  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(queries.findings(filter));
  const items = useMemo(() => {
    const seen = new Set<string>();
    return (data?.pages ?? []).flatMap((page) => page.items).filter(({ id }) => !seen.has(id) && seen.add(id));
  }, [data]);

  // What a filter hides is not decided about unseen.
  const selected = useMemo(() => items.filter(({ id }) => ticked.has(id)).map(({ id }) => id), [items, ticked]);
  const tick = (id: string, on: boolean) =>
    setTicked((before) => {
      const after = new Set(before);
      if (on && after.size < SELECTED_MAX) after.add(id);
      else after.delete(id);
      return after;
    });
  const live = useStream(['finding'], {
    finding: (finding) => {
      setFresh((before) => new Set([...before].slice(-50)).add(finding.id));
      void cache.invalidateQueries({ queryKey: ['findings'] });
    },
  });
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const setText = useDebouncedCallback((text: string) => set({ text: text || undefined }), 250);
  const clear = () => {
    setTyped('');
    void navigate({ search: {} });
  };
  const narrowed = Object.keys(search).length > 0;
  const chips = (['rule', 'asset_id', 'technique'] as const).flatMap((name) => {
    const value = search[name];
    return value ? [{ name, value, key: `findings.filter.${name === 'asset_id' ? 'asset' : name}` as const }] : [];
  });

  return (
    <>
      <PageHead title={t('findings.title')} lead={data ? t(hasNextPage ? 'findings.shownMore' : 'findings.shown', { count: count(items.length, language) }) : undefined}>
        <LiveMark on={live} />
      </PageHead>
      <Group gap="xs" mb="sm" align="flex-end">
        <TextInput
          style={{ flex: '1 1 240px' }} leftSection={<IconSearch size={16} aria-hidden />} aria-label={t('findings.search')} placeholder={t('findings.search')}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setText(event.currentTarget.value);
          }}
        />
        <Select aria-label={t('findings.status')} w={140} allowDeselect={false} value={status}
          data={STATUSES.map((value) => ({ value, label: value === 'all' ? t('app.all') : t(`status.${value}`) }))}
          onChange={(value) => set({ status: value === 'open' ? undefined : STATUSES.find((one) => one === value) })} />
        <Select aria-label={t('findings.severity')} w={190} placeholder={t('findings.severity')} clearable value={search.severity_min ?? null}
          data={SEVERITIES.slice(0, 4).map((value) => ({ value, label: value === 'critical' ? t('severity.critical') : t('findings.severity.atLeast', { severity: t(`severity.${value}`) }) }))}
          onChange={(value) => set({ severity_min: SEVERITIES.find((one) => one === value) })} />
        <Select aria-label={t('findings.since')} w={150} allowDeselect={false} value={search.within ?? 'any'}
          data={(['any', '1h', '24h', '7d'] as const).map((value) => ({ value, label: t(`findings.since.${value}`) }))}
          onChange={(value) => set({ within: value === '1h' || value === '24h' || value === '7d' ? value : undefined })} />
        {narrowed ? <Button variant="subtle" onClick={clear}>{t('findings.clear')}</Button> : null}
      </Group>
      {chips.length > 0 ? (
        <Group gap="xs" mb="sm">
          {chips.map(({ name, value, key }) => (
            <span key={name} className="y-tag" style={{ gap: 4 }}>
              {t(key, { value })}
              <ActionIcon size="xs" variant="subtle" aria-label={t('findings.filter.remove', { value })} onClick={() => set({ [name]: undefined })}><IconX size={12} /></ActionIcon>
            </span>
          ))}
        </Group>
      ) : null}
      {selected.length > 0 ? <BulkDecision ids={selected} onClear={() => setTicked(new Set())} /> : null}
      {isPending ? <Loading rows={8} height={52} /> : error && items.length === 0 ? (
        <Failed error={failure(error)} onRetry={() => void refetch()} />
      ) : items.length === 0 ? (
        <div className="y-card">
          <Empty title={t(narrowed ? 'findings.emptyFiltered' : 'findings.empty')} detail={t(narrowed ? 'findings.emptyFiltered.detail' : 'findings.empty.detail')}>
            {narrowed ? <Button variant="default" onClick={clear}>{t('findings.clear')}</Button> : null}
          </Empty>
        </div>
      ) : (
        <VirtualRows
          count={items.length} rowHeight={wide ? 58 : 80} label={t('findings.list')} keyOf={(index) => items[index]?.id ?? index} onEnd={more}
          head={wide ? (
            <div className={may ? 'y-tick-row y-vhead' : 'y-vhead'}>
            {may ? <Checkbox size="xs" checked={selected.length > 0 && selected.length >= Math.min(items.length, SELECTED_MAX)} indeterminate={selected.length > 0 && selected.length < Math.min(items.length, SELECTED_MAX)} aria-label={t('findings.bulk.selectAll')}
              onChange={(event) => setTicked(new Set(event.currentTarget.checked ? items.slice(0, SELECTED_MAX).map(({ id }) => id) : []))} /> : null}
            <div className="y-vrow" style={{ gridTemplateColumns: WIDE, fontSize: 12, border: 0 }}>
              <span>{t('findings.column.severity')}</span>
              <span>{t('findings.column.finding')}</span>
              <span>{t('findings.column.where')}</span>
              <span className="y-number">{t('findings.column.count')}</span>
              <span>{t('findings.column.lastSeen')}</span>
              <span>{t('findings.column.status')}</span>
            </div>
            </div>
          ) : undefined}
          row={(index, style) => {
            const finding = items[index];
            return finding ? <Row key={finding.id} finding={finding} fresh={fresh.has(finding.id)} wide={wide} ticked={ticked.has(finding.id)} onTick={(on) => tick(finding.id, on)} style={style} /> : null;
          }}
        />
      )}
    </>
  );
}
