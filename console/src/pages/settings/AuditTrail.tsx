// Who did what, latest first.
import { Button, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';

import { queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { dateTime } from '../../ui/format';
import { Empty, Failed, Loading } from '../../ui/states';

export function AuditTrail() {
  const { language, t } = useLanguage();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(queries.audit());
  if (!data) return error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={5} />;
  const rows = data.pages.flatMap((page) => page.items);
  return (
    <section className="y-card">
      <Text size="sm" c="dimmed" mb="sm">{t('settings.audit.lead')}</Text>
      {rows.length === 0 ? <Empty title={t('settings.audit.empty')} /> : (
        <div className="y-scroll-x" tabIndex={0} role="region" aria-label={t('settings.tab.audit')}>
          <table className="y-plain-table" style={{ minWidth: 760 }}>
            <thead>
              <tr>{(['time', 'actor', 'action', 'object', 'detail', 'address'] as const).map((name) => <th key={name} scope="col">{t(`settings.audit.${name}`)}</th>)}</tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.number} title={row.hash}>
                  <td style={{ whiteSpace: 'nowrap' }}>{dateTime(row.time, language)}</td><td>{row.actor}</td><td className="y-mono">{row.action}</td>
                  <td className="y-mono">{row.object}</td><td>{row.detail}</td><td className="y-mono">{row.address ?? '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hasNextPage ? <Button variant="default" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('app.more')}</Button> : null}
    </section>
  );
}
