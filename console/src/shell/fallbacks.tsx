// What is shown when an address has no page, or a page cannot be drawn.
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';

import { ApiError } from '../api/client';
import { useT } from '../i18n/language';
import { ButtonLink } from './links';
import { Empty, Failed, type Failure } from '../ui/states';

/** What the `Failed` state shows of an error. */
export function failure(error: unknown): Failure {
  if (error instanceof ApiError) {
    const { status, message, hint, retryAfterSeconds } = error;
    return { status, message, hint, retryAfterSeconds };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <main className="y-page">
      <Failed
        error={failure(error)}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </main>
  );
}

export function NotFoundPage() {
  const t = useT();
  return (
    <main className="y-page">
      <Empty title={t('app.notFound')} detail={t('app.notFound.detail')}>
        <ButtonLink to="/" variant="default">
          {t('app.toOverview')}
        </ButtonLink>
      </Empty>
    </main>
  );
}
