// Images that were scanned, and how each stands.
import { Button, Text } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';

import type { ScannedImage } from '../../api/model';
import { scanQueries } from '../../api/scanQueries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink, ButtonLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { ago, count, dateTime } from '../../ui/format';
import { SeverityMark, Tag } from '../../ui/marks';
import { Empty, Failed, Loading } from '../../ui/states';
import { AdvisoriesNote } from '../scans/AdvisoriesNote';
import { shortDigest } from '../vulnerabilities/proof';

function Card({ image }: { image: ScannedImage }) {
  const { language, t } = useLanguage();
  const { asset } = image;
  const { digest = asset.facts.image_id, platform, operating_system: system, layers } = asset.facts;
  const total = image.vulnerabilities.reduce((sum, one) => sum + one.count, 0);
  return (
    <section className="y-card" data-image={asset.name}>
      <div style={{ display: 'flex', gap: 10, alignItems: 'center', marginBottom: 10 }}>
        <IconStack2 size={22} stroke={1.5} aria-hidden />
        <h2 className="y-grow" style={{ margin: 0, fontSize: 16 }}>{asset.name}</h2>
      </div>
      <div style={{ display: 'flex', gap: '6px 14px', alignItems: 'center', flexWrap: 'wrap', marginBottom: 10 }}>
        {total === 0 ? <Tag tone="good">{t('images.calm')}</Tag> : image.vulnerabilities.map((one) => (
          <AnchorLink key={one.severity} to="/vulnerabilities" search={{ asset_id: asset.id, severity_min: one.severity }} underline="never" style={{ display: 'inline-flex', gap: 5, alignItems: 'center' }}>
            <SeverityMark severity={one.severity} />{count(one.count, language)}
          </AnchorLink>
        ))}
        {image.malware > 0 ? <Tag tone="bad">{t('images.malware', { count: count(image.malware, language) })}</Tag> : null}
        {image.secrets > 0 ? <AnchorLink size="sm" to="/secrets" search={{ asset_id: asset.id }}>{t('images.secrets', { count: count(image.secrets, language) })}</AnchorLink> : null}
      </div>
      <dl className="y-dl">
        <dt>{t('images.packages')}</dt><dd><AnchorLink to="/packages" search={{ asset_id: asset.id }}>{count(image.packages, language)}</AnchorLink></dd>
        {total > 0 ? <><dt>{t('images.fixable')}</dt><dd>{count(image.fixable, language)}</dd></> : null}
        {system ? <><dt>{t('images.system')}</dt><dd>{system}</dd></> : null}
        {platform ? <><dt>{t('images.platform')}</dt><dd>{platform}</dd></> : null}
        {layers ? <><dt>{t('images.layers')}</dt><dd>{layers}</dd></> : null}
        {digest ? <><dt>{t('images.digest')}</dt><dd className="y-mono" title={digest}>{shortDigest(digest)}</dd></> : null}
        <dt>{t('images.scanned')}</dt><dd title={dateTime(image.scanned, language)}>{ago(image.scanned, Date.now(), language)}</dd>
      </dl>
    </section>
  );
}

export default function ImagesPage() {
  const { language, t } = useLanguage();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(scanQueries.images());
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead title={t('images.title')} lead={data ? t('images.lead', { count: count(items.length, language) }) : undefined}><ButtonLink to="/scans" search={{ kind: 'image' }} size="sm">{t('images.scan')}</ButtonLink></PageHead>
      <AdvisoriesNote />
      {!data ? (error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={3} height={120} />) : items.length === 0 ? (
        <div className="y-card"><Empty title={t('images.empty')} detail={t('images.empty.detail')}><ButtonLink to="/scans" search={{ kind: 'image' }}>{t('images.scan')}</ButtonLink></Empty></div>
      ) : (
        <div className="y-grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 360px), 1fr))', alignItems: 'start' }}>{items.map((image) => <Card key={image.asset.id} image={image} />)}</div>
      )}
      {hasNextPage ? <Button variant="default" mt="md" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('app.more')}</Button> : null}
      <Text size="sm" c="dimmed" mt="md">{t('images.gate')}</Text>
    </>
  );
}
