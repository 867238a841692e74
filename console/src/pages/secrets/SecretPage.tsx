// One secret in a file: where it lies, redacted, and what to do about it.
import { Group, Text } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { AnchorLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import { cell, dateTime } from '../../ui/format';
import { Facts, SeverityMark, StatusMark } from '../../ui/marks';
import { Failed, Loading } from '../../ui/states';
import { Decision } from '../findings/Decision';
import { shortDigest } from '../vulnerabilities/proof';

export default function SecretPage() {
  const { language, t } = useLanguage();
  const { id } = useParams({ from: '/shell/secrets/$id' });
  const { data: finding, error, refetch } = useQuery(queries.finding(id));
  const back = (
    <AnchorLink to="/secrets" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2, marginBottom: 6 }}>
      <IconChevronLeft size={15} aria-hidden />{t('secrets.title')}
    </AnchorLink>
  );
  if (!finding) return <>{back}<PageHead title={t('secrets.title')} />{error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading />}</>;
  const found = (finding.evidence.at(-1)?.event ?? {}) as Record<string, unknown>;
  const layer = cell(found.layer);
  const removed = cell(found.removed_by);
  return (
    <>
      {back}
      <PageHead title={finding.title} lead={<Group gap="sm" mt={6}><SeverityMark severity={finding.severity} /><StatusMark status={finding.status} /><span>{finding.asset_name}</span></Group>} />
      <div className="y-grid y-with-proof">
        <div className="y-grid">
          <section className="y-card">
            <h2>{t('vulnerability.fix')}</h2>
            <p style={{ margin: 0, lineHeight: 1.6 }}>{t('secret.fix')}</p>
            {layer ? <Text size="sm" c="dimmed" mt={6}>{t('secret.fix.layer')}</Text> : null}
          </section>
          <Decision finding={finding} />
        </div>
        <section className="y-card">
          <h2>{t('secret.what')}</h2>
          <Facts items={[
            ['secret.redacted', <span key="r" className="y-mono">{cell(found.redacted)}</span>],
            ['secret.file', <span key="f" className="y-mono">/{cell(found.path)}</span>],
            ['secret.line', cell(found.line) || '—'],
            ['finding.asset', finding.asset_name],
            ...(layer ? [['vulnerability.layer', <span key="l" className="y-mono" title={layer}>{shortDigest(layer)}</span>] as const] : []),
            ...(removed ? [['secret.removed', <span key="d" className="y-mono" title={removed}>{shortDigest(removed)}</span>] as const] : []),
            ...(cell(found.detail) ? [['secret.check', cell(found.detail)] as const] : []),
            ['secret.rule', <span key="k" className="y-mono">{finding.rule}</span>],
            ['finding.confidence', `${finding.confidence} %`],
            ['finding.firstSeen', dateTime(finding.first_seen, language)],
            ['finding.lastSeen', dateTime(finding.last_seen, language)],
          ]} />
        </section>
      </div>
    </>
  );
}
