// What the sensor sees, what it cannot see, and what it lost.
import { Alert } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';

import type { SensorStatus } from '../../api/model';
import { queries } from '../../api/queries';
import { useStream } from '../../api/stream';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { PageHead } from '../../shell/PageFrame';
import { bytes, count, dateTime, percent, rate } from '../../ui/format';
import { LiveMark, Tag } from '../../ui/marks';
import { Failed, Loading } from '../../ui/states';

function Card({ title, children }: { title: string; children: ReactNode }) {
  return <section className="y-card"><h2>{title}</h2>{children}</section>;
}

function Figure({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="y-card">
      <div className="y-stat-label">{label}</div>
      <div className="y-stat-value">{value}</div>
      {note ? <div className="y-stat-note">{note}</div> : null}
    </div>
  );
}

function Rates({ sensor }: { sensor: SensorStatus }) {
  const { language, t } = useLanguage();
  const rows = useMemo(() => [...sensor.rates].sort((one, other) => other.count - one.count), [sensor.rates]);
  if (rows.length === 0) return <p className="y-quiet">{t('sensor.rates.empty')}</p>;
  return (
    <div style={{ maxHeight: 420, overflow: 'auto' }} tabIndex={0} role="region" aria-label={t('sensor.rates')}>
      <table className="y-plain-table">
        <thead><tr><th scope="col">{t('sensor.rates.kind')}</th><th scope="col" className="y-number">{t('sensor.rates.count')}</th><th scope="col" className="y-number">{t('sensor.rates.perSecond')}</th></tr></thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.kind}><td className="y-mono">{one.kind}</td><td className="y-number">{count(one.count, language)}</td><td className="y-number">{rate(one.per_second, language)}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export default function SensorPage() {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const { data: sensor, error, refetch } = useQuery(queries.sensor());
  const live = useStream(['sensor'], { sensor: (now) => cache.setQueryData(['sensor'], now) });
  if (!sensor) {
    return <><PageHead title={t('sensor.title')} />{error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading />}</>;
  }
  const total = sensor.events + sensor.lost;
  return (
    <>
      <PageHead title={t('sensor.title')}><LiveMark on={live} /></PageHead>
      <div className="y-grid">
        <div className="y-grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 190px), 1fr))' }}>
          <Figure label={t('sensor.mode')} value={t(`mode.${sensor.mode}`)} note={t(`mode.${sensor.mode}.detail`)} />
          <Figure label={t('sensor.events')} value={count(sensor.events, language)} note={t('overview.sensor.rate', { rate: rate(sensor.rates.reduce((sum, one) => sum + one.per_second, 0), language) })} />
          <Figure label={t('sensor.lost')} value={count(sensor.lost, language)} note={t('sensor.lost.share', { share: percent(total > 0 ? sensor.lost / total : 0, language) })} />
          <Figure label={t('sensor.processes')} value={count(sensor.processes, language)} note={`${t('sensor.containers')}: ${count(sensor.containers, language)}`} />
          <Figure label={t('sensor.memory')} value={bytes(sensor.memory_bytes, language)} note={sensor.started ? `${t('sensor.started')} ${dateTime(sensor.started, language)}` : '—'} />
        </div>
        {sensor.mode_reasons.length > 0 ? (
          <Alert color={sensor.mode === 'off' ? 'red' : 'yellow'} title={t('sensor.why')}>
            <ul style={{ margin: 0, paddingLeft: 18 }}>{sensor.mode_reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul>
          </Alert>
        ) : sensor.mode === 'ebpf' ? <Alert color="green">{t('sensor.best')} · {t('sensor.kernel')} {sensor.kernel}</Alert> : null}
        <div className="y-grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 400px), 1fr))', alignItems: 'start' }}>
          <Card title={t('sensor.rates')}><Rates sensor={sensor} /></Card>
          <Card title={t('sensor.blindSpots')}>
            {sensor.blind_spots.length === 0 ? <p className="y-quiet">{t('sensor.blindSpots.empty')}</p> : (
              <ul className="y-rows">
                {sensor.blind_spots.map((spot) => (
                  <li key={spot.what} style={{ padding: '9px 0' }}>
                    <strong style={{ fontWeight: 600 }}>{spot.what}</strong>
                    <div className="y-quiet" style={{ fontSize: 13 }}>{spot.why}</div>
                    {spot.rules.length > 0 ? <details style={{ fontSize: 13 }}><summary>{t('sensor.blindSpots.rules', { count: spot.rules.length })}</summary>{spot.rules.join(', ')}</details> : null}
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title={t('sensor.losses')}>
            {sensor.losses.length === 0 ? <p className="y-quiet">{t('sensor.losses.empty')}</p> : (
              <ul className="y-rows">
                {sensor.losses.map((loss) => (
                  <li key={loss.place} style={{ padding: '9px 0', display: 'flex', gap: 12 }}>
                    <span className="y-grow"><span className="y-mono">{loss.place}</span><span className="y-quiet" style={{ display: 'block', fontSize: 13 }}>{loss.detail}</span></span>
                    <span className="y-number">{count(loss.count, language)}</span>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title={t('sensor.capabilities')}>
            {sensor.capabilities.length === 0 ? <p className="y-quiet">{t('sensor.capabilities.empty')}</p> : (
              <ul className="y-rows">
                {sensor.capabilities.map((one) => (
                  <li key={one.name} style={{ padding: '9px 0', display: 'flex', gap: 12, alignItems: 'start' }}>
                    <span className="y-grow"><span className="y-mono">{one.name}</span><span className="y-quiet" style={{ display: 'block', fontSize: 13 }}>{one.detail}</span></span>
                    <Tag {...(one.available ? { tone: 'good' as const } : {})}>{t(one.available ? 'sensor.capabilities.works' : 'sensor.capabilities.refused')}</Tag>
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </div>
      </div>
    </>
  );
}
