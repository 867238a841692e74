// What a page shows when it has nothing, not yet, or no longer anything to show.
import { Button, Skeleton, Stack } from '@mantine/core';
import { IconAlertTriangle, IconCircleDashed, IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { useT } from '../i18n/language';

/** Why something failed: `status` is the HTTP status, 0 when no server was reached. */
export interface Failure {
  status?: number;
  message: string;
  hint?: string | null;
  retryAfterSeconds?: number | null;
}

export function Empty({ title, detail, children }: { title: string; detail?: string; children?: ReactNode }) {
  return (
    <div className="y-state">
      <IconCircleDashed size={34} stroke={1.3} aria-hidden className="y-quiet" />
      <h2>{title}</h2>
      {detail ? <p>{detail}</p> : null}
      {children}
    </div>
  );
}

export function Failed({ error, onRetry }: { error: Failure; onRetry?: () => void }) {
  const t = useT();
  const offline = error.status === 0;
  const Icon = offline ? IconPlugConnectedX : IconAlertTriangle;
  const detail = offline ? t('error.offline') : error.status === 403 ? t('error.forbidden') : error.status ? error.message : t('error.unexpected');
  return (
    <div className="y-state" role="alert">
      <Icon size={34} stroke={1.3} aria-hidden color="var(--y-critical)" />
      <h2>{t('error.title')}</h2>
      <p>{detail}</p>
      {error.hint ? <p>{error.hint}</p> : null}
      {error.retryAfterSeconds ? <p>{t('error.retryAfter', { seconds: error.retryAfterSeconds })}</p> : null}
      {onRetry ? (
        <Button variant="default" onClick={onRetry} mt="xs">
          {t('app.retry')}
        </Button>
      ) : null}
    </div>
  );
}

export function Loading({ rows = 6, height = 44 }: { rows?: number; height?: number }) {
  const t = useT();
  return (
    <Stack gap="sm" p="md" role="status" aria-label={t('app.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} radius="md" />
      ))}
    </Stack>
  );
}
