// The first administrator, made from the one-time address.
import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { changes, queries } from '../../api/queries';
import { useT } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { ButtonLink } from '../../shell/links';
import { Gate } from '../../shell/PageFrame';
import { PasswordField } from '../../ui/PasswordField';
import { Failed, Loading } from '../../ui/states';

export default function SetupPage() {
  const t = useT();
  const { token } = useSearch({ from: '/setup' });
  const navigate = useNavigate();
  const cache = useQueryClient();
  const setup = useQuery(queries.setup());
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const create = useMutation({
    mutationFn: changes.setup,
    meta: { signsIn: true },
    onSuccess: async () => {
      cache.clear();
      await navigate({ to: '/', replace: true });
    },
  });
  if (setup.isPending) return <Gate title={t('setup.title')}><Loading rows={3} /></Gate>;
  if (setup.isError) {
    return <Gate title={t('setup.title')}><Failed error={failure(setup.error)} onRetry={() => void setup.refetch()} /></Gate>;
  }
  if (!setup.data.needed) {
    return (
      <Gate title={t('setup.done')} lead={t('setup.done.detail')}>
        <ButtonLink to="/sign-in" fullWidth>{t('signin.title')}</ButtonLink>
      </Gate>
    );
  }
  if (!token) return <Gate title={t('setup.noToken')} lead={t('setup.noToken.detail')}>{null}</Gate>;
  const minimum = setup.data.password_chars_min;
  const tooShort = [...password].length < minimum;
  const differs = password !== again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!tooShort && !differs) create.mutate({ token, name: name.trim(), password });
  };
  return (
    <Gate title={t('setup.title')} lead={t('setup.lead')}>
      <form onSubmit={submit}>
        <Stack>
          {create.isError ? <Alert color="red" role="alert">{failure(create.error).message || t('error.offline')}</Alert> : null}
          <TextInput label={t('setup.name')} name="name" autoComplete="username" required value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
          <PasswordField
            label={t('setup.password')} name="password" autoComplete="new-password" required value={password}
            description={t('setup.passwordHint', { count: minimum })}
            error={tried && tooShort ? t('setup.tooShort', { count: minimum }) : undefined}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <PasswordField
            label={t('setup.repeat')} name="repeat" autoComplete="new-password" required value={again}
            error={tried && differs ? t('setup.differs') : undefined}
            onChange={(e) => setAgain(e.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending}>{t('setup.submit')}</Button>
        </Stack>
      </form>
    </Gate>
  );
}
