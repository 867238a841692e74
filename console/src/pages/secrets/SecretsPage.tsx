// Secrets that lie in files, redacted.
import { ActionIcon, Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { scanQueries } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { ButtonLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { ago, count, dateTime } from '../../ui/format';
import { SeverityMark } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { shortDigest } from '../vulnerabilities/proof';

const STATUSES = ['open', 'accepted', 'fixed', 'false'] as const;

export default function SecretsPage() {
  const { language, t } = useLanguage();
  const { status = 'open', text, asset_id } = useSearch({ from: '/shell/secrets' });
  const navigate = useNavigate({ from: '/secrets' });
  const [typed, setTyped] = useState(text ?? '');
  const { data, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(scanQueries.secrets({ status, ...(text ? { text } : {}), ...(asset_id ? { asset_id } : {}) }));
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const set = (change: { status?: (typeof STATUSES)[number] | undefined; text?: string | undefined }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const setText = useDebouncedCallback((value: string) => set({ text: value || undefined }), 250);
  return (
    <>
      <PageHead title={t('secrets.title')} lead={data ? t(hasNextPage ? 'secrets.shownMore' : 'secrets.shown', { count: count(items.length, language) }) : undefined} />
      <Group gap="xs" mb="sm">
        <TextInput style={{ flex: '1 1 240px' }} leftSection={<IconSearch size={16} aria-hidden />} aria-label={t('secrets.search')} placeholder={t('secrets.search')} value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setText(event.currentTarget.value);
          }} />
        <SegmentedControl size="xs" aria-label={t('findings.status')} value={status} data={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
          onChange={(value) => set({ status: value === 'open' ? undefined : STATUSES.find((one) => one === value) })} />
        {asset_id ? (
          <span className="y-tag" style={{ gap: 4 }} title={asset_id}>
            {t('vulnerabilities.filter.asset_id', { value: shortDigest(items[0]?.asset_name ?? asset_id) })}
            <ActionIcon size="xs" variant="subtle" aria-label={t('findings.filter.remove', { value: asset_id })} onClick={() => void navigate({ search: (before) => ({ ...before, asset_id: undefined }), replace: true })}><IconX size={12} /></ActionIcon>
          </span>
        ) : null}
      </Group>
      {isPending ? <Loading rows={6} /> : error && items.length === 0 ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : items.length === 0 ? (
        <div className="y-card"><Empty title={t('secrets.empty')} detail={t('secrets.empty.detail')}><ButtonLink to="/scans" variant="default">{t('vulnerabilities.toScans')}</ButtonLink></Empty></div>
      ) : (
        <section className="y-card" aria-label={t('secrets.title')}>
          <ul className="y-rows">
            {items.map((finding) => (
              <li key={finding.id}>
                <Link to="/secrets/$id" params={{ id: finding.id }} className="y-row-link" data-secret={finding.rule} style={{ flexWrap: 'wrap' }}>
                  <span style={{ width: 84, flex: 'none' }}><SeverityMark severity={finding.severity} /></span>
                  <span className="y-grow" style={{ minWidth: 200 }}>
                    <strong style={{ fontWeight: 600 }}>{finding.title}</strong>
                    <span className="y-mono y-quiet" style={{ display: 'block' }}>/{finding.message}</span>
                  </span>
                  <span className="y-quiet" style={{ fontSize: 13 }}>{finding.asset_name}</span>
                  <time className="y-quiet" style={{ fontSize: 13, whiteSpace: 'nowrap' }} dateTime={finding.last_seen} title={dateTime(finding.last_seen, language)}>{ago(finding.last_seen, Date.now(), language)}</time>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {hasNextPage ? <Button variant="default" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('app.more')}</Button> : null}
    </>
  );
}
