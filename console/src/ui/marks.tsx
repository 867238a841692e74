// Small marks that carry meaning: severity, status, connection.
import type { ReactNode } from 'react';

import { useT } from '../i18n/language';
import type { TextKey } from '../i18n/texts';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'informational'] as const;
export type SeverityName = (typeof SEVERITIES)[number];
export type StatusName = 'open' | 'accepted' | 'fixed' | 'false';

export function SeverityMark({ severity }: { severity: SeverityName }) {
  const t = useT();
  return (
    <span className="y-severity" data-severity={severity}>
      {t(`severity.${severity}`)}
    </span>
  );
}

export function Tag({ tone, title, children }: { tone?: 'good' | 'bad' | 'warn'; title?: string; children: ReactNode }) {
  return (
    <span className="y-tag" data-tone={tone} title={title}>
      {children}
    </span>
  );
}

export function StatusMark({ status }: { status: StatusName }) {
  const t = useT();
  return <Tag {...(status === 'open' ? { tone: 'warn' as const } : {})}>{t(`status.${status}`)}</Tag>;
}

export function LiveMark({ on }: { on: boolean }) {
  const t = useT();
  return (
    <span className="y-live" data-on={on}>
      {t(on ? 'app.live' : 'app.notLive')}
    </span>
  );
}

export function Facts({ items }: { items: readonly (readonly [TextKey, ReactNode])[] }) {
  const t = useT();
  return (
    <dl className="y-dl">
      {items.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{t(label)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
