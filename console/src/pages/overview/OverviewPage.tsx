// How things stand in one look: am I under attack, is the sensor well, what is protected, what was found, what next.
import { IconArrowRight, IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';

import type { HourCount, NextStepCode, Overview } from '../../api/model';
import { queries } from '../../api/queries';
import { useStream } from '../../api/stream';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { ButtonLink } from '../../shell/links';
import { PageHead } from '../../shell/PageFrame';
import type { ChartSeries } from '../../ui/Chart';
import { ago, count, duration, rate } from '../../ui/format';
import { LiveMark, SEVERITIES, SeverityMark } from '../../ui/marks';
import { Failed, Loading } from '../../ui/states';

const Chart = lazy(() => import('../../ui/Chart'));
const HOUR_MS = 3_600_000;
const RATE_SAMPLES = 120;

const STEP_PAGES: Record<NextStepCode, '/sensor' | '/rules' | '/proofs' | '/findings' | '/settings'> = {
  start_sensor: '/sensor', improve_sensor: '/sensor', load_rules: '/rules', fix_rules: '/rules', run_verify: '/proofs',
  fix_proofs: '/proofs', review_findings: '/findings', add_token: '/settings',
};

function Card({ title, children, style }: { title: string; children: ReactNode; style?: React.CSSProperties }) {
  return (
    <section className="y-card" style={style}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Stat({ to, label, value, note }: { to: string; label: string; value: ReactNode; note: ReactNode }) {
  return (
    <Link to={to} className="y-card y-stat">
      <div className="y-stat-label">{label}</div>
      <div className="y-stat-value">{value}</div>
      <div className="y-stat-note">{note}</div>
    </Link>
  );
}

function Verdict({ overview }: { overview: Overview }) {
  const { language, t } = useLanguage();
  const severe = overview.findings.open_by_severity
    .filter(({ severity }) => severity === 'critical' || severity === 'high')
    .reduce((sum, one) => sum + one.count, 0);
  const blind = overview.sensor.mode === 'off';
  const good = severe === 0 && !blind;
  const Icon = good ? IconShieldCheck : IconShieldX;
  const title = severe > 0
    ? t(severe === 1 ? 'overview.attack.one' : 'overview.attack.many', { count: count(severe, language) })
    : t(blind ? 'overview.blind' : 'overview.calm');
  const detail = severe > 0
    ? t('overview.attack.detail')
    : blind ? t('overview.blind.detail') : t('overview.calm.detail', { host: overview.host.name, rules: count(overview.rules.enabled, language) });
  return (
    <section className="y-verdict" data-tone={good ? 'good' : 'bad'}>
      <span className="y-verdict-mark"><Icon size={36} stroke={1.5} aria-hidden /></span>
      <div className="y-grow" style={{ minWidth: 220 }}>
        <h2 className="y-verdict-title">{title}</h2>
        <div className="y-quiet">{detail}</div>
      </div>
      {severe > 0 ? (
        <ButtonLink to="/findings" search={{ severity_min: 'high' }} rightSection={<IconArrowRight size={16} />}>{t('overview.review')}</ButtonLink>
      ) : blind ? (
        <ButtonLink to="/sensor">{t('overview.seeSensor')}</ButtonLink>
      ) : null}
    </section>
  );
}

function hours(byHour: readonly HourCount[], nowMs: number): number[] {
  const last = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const first = Math.min(last - 23 * HOUR_MS, ...byHour.map(({ hour }) => Date.parse(hour)));
  return Array.from({ length: Math.min(25, (last - first) / HOUR_MS + 1) }, (_, index) => first + index * HOUR_MS);
}

function ByHour({ byHour }: { byHour: readonly HourCount[] }) {
  const { language, t } = useLanguage();
  const drawn = useMemo(() => {
    const slots = hours(byHour, Date.now());
    const format = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hour12: false });
    const series: ChartSeries[] = [...SEVERITIES].reverse().map((severity) => ({
      name: t(`severity.${severity}`),
      colour: `--y-${severity}`,
      values: slots.map((slot) => byHour.filter((one) => one.severity === severity && Date.parse(one.hour) === slot).reduce((sum, one) => sum + one.count, 0)),
    }));
    return { categories: slots.map((slot) => format.format(slot)), series };
  }, [byHour, language, t]);
  if (byHour.length === 0) return <p className="y-quiet">{t('overview.byHour.empty')}</p>;
  return (
    <Suspense fallback={<Loading rows={1} height={190} />}>
      <Chart kind="bar" label={t('overview.byHour')} {...drawn} />
    </Suspense>
  );
}

function EventRate({ samples }: { samples: readonly { time: number; value: number }[] }) {
  const { language, t } = useLanguage();
  const drawn = useMemo(() => {
    const format = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
    return {
      categories: samples.map(({ time }) => format.format(time)),
      series: [{ name: t('overview.eventRate'), colour: '--y-low', values: samples.map(({ value }) => Math.round(value * 10) / 10) }],
    };
  }, [samples, language, t]);
  if (samples.length < 2) return <p className="y-quiet">{t('overview.eventRate.wait')}</p>;
  return (
    <Suspense fallback={<Loading rows={1} height={190} />}>
      <Chart kind="line" label={t('overview.eventRate')} {...drawn} />
    </Suspense>
  );
}

function Latest() {
  const { language, t } = useLanguage();
  const { data } = useInfiniteQuery(queries.findings({ status: 'open' }));
  const latest = data?.pages[0]?.items.slice(0, 6) ?? [];
  if (data && latest.length === 0) return <p className="y-quiet">{t('overview.latest.empty')}</p>;
  return (
    <ul className="y-rows">
      {latest.map((finding) => (
        <li key={finding.id}>
          <Link to="/findings/$id" params={{ id: finding.id }} className="y-row-link">
            <span style={{ width: 76, flex: 'none' }}><SeverityMark severity={finding.severity} /></span>
            <span className="y-grow y-clip">{finding.title}</span>
            <span className="y-quiet" style={{ fontSize: 13, whiteSpace: 'nowrap' }}>{ago(finding.last_seen, Date.now(), language)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

export default function OverviewPage() {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const { data: overview, error, refetch } = useQuery(queries.overview());
  const [samples, setSamples] = useState<readonly { time: number; value: number }[]>([]);
  const live = useStream(['finding', 'sensor'], {
    finding: () => {
      void cache.invalidateQueries({ queryKey: ['overview'] });
      void cache.invalidateQueries({ queryKey: ['findings'] });
    },
    sensor: (sensor) => {
      const value = sensor.rates.reduce((sum, one) => sum + one.per_second, 0);
      setSamples((before) => [...before.slice(1 - RATE_SAMPLES), { time: Date.now(), value }]);
    },
  });
  if (!overview) {
    return (
      <>
        <PageHead title={t('overview.title')} />
        {error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading />}
      </>
    );
  }
  const { sensor, rules, findings, proofs } = overview;
  const open = findings.open_by_severity.reduce((sum, one) => sum + one.count, 0);
  const most = Math.max(1, ...findings.top_rules.map((one) => one.findings));
  return (
    <>
      <PageHead title={t('overview.title')}><LiveMark on={live} /></PageHead>
      <div className="y-grid">
        <Verdict overview={overview} />
        <div className="y-grid y-stat-row">
          <Stat to="/findings" label={t('overview.openFindings')} value={count(open, language)}
            note={
              <span style={{ display: 'flex', gap: '2px 12px', flexWrap: 'wrap' }}>
                {findings.open_by_severity.filter((one) => one.count > 0).slice(0, 3).map((one) => (
                  <span key={one.severity} style={{ display: 'inline-flex', gap: 5 }}><SeverityMark severity={one.severity} />{count(one.count, language)}</span>
                ))}
                {open === 0 ? t('app.none') : null}
              </span>
            } />
          <Stat to="/sensor" label={t('overview.sensor')} value={t(`mode.${sensor.mode}`)}
            note={`${t('overview.sensor.rate', { rate: rate(samples.at(-1)?.value ?? sensor.events_per_second, language) })} · ${sensor.lost > 0 ? t('overview.sensor.lost', { count: count(sensor.lost, language) }) : t('overview.sensor.noLoss')}`} />
          <Stat to="/assets" label={t('overview.protected')} value={<span className="y-clip" style={{ display: 'block' }}>{overview.host.name}</span>}
            note={t('overview.protected.since', { duration: duration(overview.uptime_ms, language) })} />
          <Stat to="/rules" label={t('overview.rules')}
            value={<>{count(rules.enabled, language)} <small>{t('overview.rules.enabled', { total: count(rules.total, language) })}</small></>}
            note={[rules.blind > 0 ? t('overview.rules.blind', { count: rules.blind }) : '', rules.errors > 0 ? t('overview.rules.errors', { count: rules.errors }) : ''].filter(Boolean).join(' · ') || t('overview.rules.fine')} />
          <Stat to="/proofs" label={t('overview.proof')} value={proofs.emulations > 0 ? `${proofs.seen}/${proofs.emulations}` : '—'}
            note={proofs.emulations > 0 ? t('overview.proof.seen', { seen: proofs.seen, total: proofs.emulations }) : t('overview.proof.never')} />
        </div>
        <div className="y-grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))' }}>
          <Card title={t('overview.byHour')}><ByHour byHour={findings.by_hour} /></Card>
          <Card title={t('overview.next')}>
            {overview.next_steps.length === 0 ? <p className="y-quiet">{t('overview.next.empty')}</p> : (
              <ul className="y-rows">
                {overview.next_steps.map(({ code, count: about }) => (
                  <li key={code}>
                    <Link to={STEP_PAGES[code]} search={code === 'review_findings' ? { severity_min: 'high' } : {}} className="y-row-link">
                      <span className="y-grow">
                        <strong style={{ fontWeight: 600 }}>{t(`next.${code}`)}</strong>
                        <span className="y-quiet" style={{ display: 'block', fontSize: 13 }}>{t(`next.${code}.detail`)}</span>
                      </span>
                      {about ? <span className="y-tag">{count(about, language)}</span> : null}
                      <IconArrowRight size={16} aria-hidden className="y-quiet" />
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title={t('overview.latest')}><Latest /></Card>
          <Card title={t('overview.eventRate')}><EventRate samples={samples} /></Card>
          <Card title={t('overview.topRules')}>
            {findings.top_rules.length === 0 ? <p className="y-quiet">{t('overview.topRules.empty')}</p> : (
              <ul className="y-rows">
                {findings.top_rules.slice(0, 6).map((one) => (
                  <li key={one.rule}>
                    <Link to="/findings" search={{ rule: one.rule }} className="y-row-link">
                      <span className="y-grow">
                        <span className="y-clip" style={{ display: 'block' }}>{one.rule}</span>
                        <span className="y-bar" style={{ display: 'block' }}><span style={{ width: `${(100 * one.findings) / most}%`, background: `var(--y-${one.severity})` }} /></span>
                      </span>
                      <span className="y-number">{count(one.findings, language)}</span>
                      <span className="y-quiet y-number" style={{ fontSize: 13, minWidth: 52 }}>{t('overview.topRules.count', { count: count(one.occurrences, language) })}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title={t('overview.losses')}>
            {sensor.losses.length === 0 ? <p className="y-quiet">{t('overview.losses.empty')}</p> : (
              <ul className="y-rows">
                {sensor.losses.map((loss) => (
                  <li key={loss.place} style={{ padding: '8px 0', display: 'flex', gap: 12 }}>
                    <span className="y-grow"><span className="y-mono">{loss.place}</span><span className="y-quiet" style={{ display: 'block', fontSize: 13 }}>{loss.detail}</span></span>
                    <span className="y-number">{count(loss.count, language)}</span>
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
