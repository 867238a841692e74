// Where is it installed? Every package of every asset that was scanned.
import { ActionIcon, Button, Chip, Group, TextInput } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState, type CSSProperties } from 'react';

import type { InstalledPackage } from '../../api/model';
import { scanQueries, type PackageFilter } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { ButtonLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { count } from '../../ui/format';
import { Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { VirtualRows } from '../../ui/VirtualRows';
import { UseMark } from '../vulnerabilities/marks';
import { shortDigest } from '../vulnerabilities/proof';

const WIDE = 'minmax(0, 1.2fr) minmax(0, 160px) 74px minmax(0, 150px) minmax(0, 1.6fr) 90px';

function Row({ one, wide, style }: { one: InstalledPackage; wide: boolean; style: CSSProperties }) {
  const { t } = useLanguage();
  const place = (
    <span className="y-clip y-mono y-quiet" style={{ display: 'block' }} title={one.purl}>
      /{one.location}{one.layer ? ` · ${shortDigest(one.layer)}` : ''}
    </span>
  );
  const about = one.owned_by ? <span className="y-clip y-quiet" style={{ display: 'block', fontSize: 12.5 }} title={one.owned_by}>{t('packages.owned', { name: one.owned_by.replace(/^pkg:[^/]+\/|@.*$/g, '') })}</span> : null;
  if (!wide) {
    return (
      <Link to="/vulnerabilities" search={{ package: one.name, asset_id: one.asset_id }} className="y-vrow" data-package={one.name} style={{ ...style, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <span>
          <span className="y-clip" style={{ display: 'block' }}><strong style={{ fontWeight: 600 }}>{one.name}</strong> <span className="y-mono">{one.version}</span> <UseMark used={one.used} /></span>
          <span className="y-clip y-quiet" style={{ display: 'block', fontSize: 13 }}>{one.package_type} · {one.asset_name}</span>
          {place}
        </span>
      </Link>
    );
  }
  return (
    <Link to="/vulnerabilities" search={{ package: one.name, asset_id: one.asset_id }} className="y-vrow" data-package={one.name} style={{ ...style, gridTemplateColumns: WIDE }}>
      <span className="y-clip" style={{ fontWeight: 600 }} title={one.purl}>{one.name}</span>
      <span className="y-clip y-mono" title={one.version}>{one.version}</span>
      <span><Tag>{one.package_type}</Tag></span>
      <span className="y-clip y-quiet" style={{ fontSize: 13 }} title={one.asset_name}>{one.asset_name}</span>
      <span>{place}{about}</span>
      <span><UseMark used={one.used} /></span>
    </Link>
  );
}

export default function PackagesPage() {
  const { language, t } = useLanguage();
  const search = useSearch({ from: '/shell/packages' });
  const navigate = useNavigate({ from: '/packages' });
  const wide = useMediaQuery('(min-width: 900px)', true, { getInitialValueInEffect: false });
  const [typed, setTyped] = useState(search.text ?? '');
  const filter = useMemo<PackageFilter>(() => {
    const { used, ...rest } = search;
    return { ...rest, ...(used ? { used: true } : {}) };
  }, [search]);
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(scanQueries.packages(filter));
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const setText = useDebouncedCallback((text: string) => set({ text: text || undefined }), 250);
  const clear = () => {
    setTyped('');
    void navigate({ search: {} });
  };
  const isNarrowed = Object.keys(search).length > 0;
  return (
    <>
      <PageHead title={t('packages.title')} lead={data ? t(hasNextPage ? 'packages.shownMore' : items.length === 1 ? 'packages.shown.one' : 'packages.shown', { count: count(items.length, language) }) : t('packages.lead')} />
      <Group gap="xs" mb="sm">
        <TextInput style={{ flex: '1 1 280px' }} leftSection={<IconSearch size={16} aria-hidden />} aria-label={t('packages.search')} placeholder={t('packages.search')} value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setText(event.currentTarget.value);
          }} />
        <TextInput w={170} aria-label={t('packages.version')} placeholder={t('packages.version')} defaultValue={search.version ?? ''} onBlur={(event) => set({ version: event.currentTarget.value.trim() || undefined })} onKeyDown={(event) => event.key === 'Enter' && set({ version: event.currentTarget.value.trim() || undefined })} />
        <Chip size="sm" checked={search.used === true} onChange={(on) => set({ used: on || undefined })}>{t('vulnerabilities.only.used')}</Chip>
        {search.asset_id ? (
          <span className="y-tag" style={{ gap: 4 }} title={search.asset_id}>
            {t('vulnerabilities.filter.asset_id', { value: shortDigest(items[0]?.asset_name ?? search.asset_id) })}
            <ActionIcon size="xs" variant="subtle" aria-label={t('findings.filter.remove', { value: search.asset_id })} onClick={() => set({ asset_id: undefined })}><IconX size={12} /></ActionIcon>
          </span>
        ) : null}
        {isNarrowed ? <Button variant="subtle" onClick={clear}>{t('findings.clear')}</Button> : null}
      </Group>
      {isPending ? <Loading rows={8} height={48} /> : error && items.length === 0 ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : items.length === 0 ? (
        <div className="y-card">
          <Empty title={t(isNarrowed ? 'packages.emptyFiltered' : 'packages.empty')} detail={t(isNarrowed ? 'packages.emptyFiltered.detail' : 'packages.empty.detail')}>
            {isNarrowed ? <Button variant="default" onClick={clear}>{t('findings.clear')}</Button> : <ButtonLink to="/scans">{t('vulnerabilities.toScans')}</ButtonLink>}
          </Empty>
        </div>
      ) : (
        <VirtualRows count={items.length} rowHeight={wide ? 50 : 78} label={t('packages.title')} keyOf={(index) => index} onEnd={more} height="calc(100dvh - 190px)"
          head={wide ? (
            <div className="y-vrow y-vhead" style={{ gridTemplateColumns: WIDE }}>
              <span>{t('packages.column.name')}</span>
              <span>{t('packages.version')}</span>
              <span>{t('packages.column.type')}</span>
              <span>{t('vulnerabilities.column.where')}</span>
              <span>{t('packages.column.file')}</span>
              <span>{t('packages.column.use')}</span>
            </div>
          ) : undefined}
          row={(index, style) => {
            const one = items[index];
            return one ? <Row key={index} one={one} wide={wide} style={style} /> : null;
          }} />
      )}
    </>
  );
}
