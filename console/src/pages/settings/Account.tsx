// Who is signed in, and the change of one's own password.
import { Alert, Button, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { changes, queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { PasswordField } from '../../ui/PasswordField';
import { dateTime } from '../../ui/format';
import { Facts } from '../../ui/marks';

const PASSWORD_CHARS_MIN = 12;

export function Account() {
  const { language, t } = useLanguage();
  const session = useQuery(queries.session()).data;
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: () => changes.password({ current, new: next }),
    meta: { signsIn: true },
    onSuccess: () => {
      setCurrent('');
      setNext('');
      setAgain('');
      setTried(false);
    },
  });
  const tooShort = [...next].length < PASSWORD_CHARS_MIN;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!tooShort && next === again) change.mutate();
  };
  return (
    <div className="y-grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))', alignItems: 'start', maxWidth: 960 }}>
      <section className="y-card">
        {session ? (
          <Facts items={[
            ['settings.account.name', session.name],
            ['settings.account.role', t(`role.${session.role}`)],
            ['settings.account.expires', session.expires ? dateTime(session.expires, language) : '—'],
          ]} />
        ) : null}
      </section>
      <section className="y-card">
        <h2>{t('settings.password.title')}</h2>
        <form onSubmit={submit}>
          <Stack>
            {change.error ? <Alert color="red" role="alert">{failure(change.error).message || t('error.offline')}</Alert> : null}
            {change.isSuccess && !tried ? <Alert color="green" role="status">{t('settings.password.done')}</Alert> : null}
            <PasswordField label={t('settings.password.current')} required autoComplete="current-password" value={current} onChange={(e) => setCurrent(e.currentTarget.value)} />
            <PasswordField label={t('settings.password.new')} required autoComplete="new-password" value={next} onChange={(e) => setNext(e.currentTarget.value)} description={t('setup.passwordHint', { count: PASSWORD_CHARS_MIN })} error={tried && tooShort ? t('setup.tooShort', { count: PASSWORD_CHARS_MIN }) : undefined} />
            <PasswordField label={t('setup.repeat')} required autoComplete="new-password" value={again} onChange={(e) => setAgain(e.currentTarget.value)} error={tried && next !== again ? t('setup.differs') : undefined} />
            <Button type="submit" loading={change.isPending} style={{ alignSelf: 'start' }}>{t('settings.password.submit')}</Button>
          </Stack>
        </form>
      </section>
    </div>
  );
}
