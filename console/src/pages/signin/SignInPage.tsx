// Signs in, and leads back to where the session ended.
import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { ApiError } from '../../api/client';
import { changes } from '../../api/queries';
import { useT } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { Gate } from '../../shell/PageFrame';
import { PasswordField } from '../../ui/PasswordField';

export default function SignInPage() {
  const t = useT();
  const { next, reason } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: changes.signIn,
    meta: { signsIn: true },
    onSuccess: () => {
      cache.clear();
      router.history.push(next ?? '/');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ name: name.trim(), password });
  };
  const wrong = signIn.error instanceof ApiError && signIn.error.status === 401;
  return (
    <Gate title={t('signin.title')}>
      <form onSubmit={submit}>
        <Stack>
          {signIn.isError ? (
            <Alert color="red" role="alert">
              {wrong ? t('signin.wrong') : failure(signIn.error).message || t('error.offline')}
            </Alert>
          ) : reason ? (
            <Alert role="status">{t(reason === 'expired' ? 'signin.expired' : 'signin.signedOut')}</Alert>
          ) : null}
          <TextInput label={t('signin.name')} name="name" autoComplete="username" required value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <PasswordField label={t('signin.password')} name="password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          <Button type="submit" loading={signIn.isPending}>{t('signin.submit')}</Button>
        </Stack>
      </form>
    </Gate>
  );
}
