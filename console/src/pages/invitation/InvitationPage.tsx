// Someone who was invited chooses a password and is signed in.
import { Alert, Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { changes } from '../../api/queries';
import { useT } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { ButtonLink } from '../../shell/links';
import { Gate } from '../../shell/PageFrame';
import { PasswordField } from '../../ui/PasswordField';
import { Failed, Loading } from '../../ui/states';

export default function InvitationPage() {
  const t = useT();
  const { token = '' } = useSearch({ from: '/invitation' });
  const navigate = useNavigate();
  const cache = useQueryClient();
  const asked = useQuery({ queryKey: ['invitation', token], queryFn: () => changes.invitationAsk(token), retry: false, meta: { signsIn: true } });
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const take = useMutation({
    mutationFn: () => changes.invitationComplete({ token, password }),
    meta: { signsIn: true },
    onSuccess: async () => {
      cache.clear();
      await navigate({ to: '/', replace: true });
    },
  });
  if (asked.isPending) return <Gate title={t('invitation.title')}><Loading rows={3} /></Gate>;
  if (asked.isError) {
    const refused = failure(asked.error);
    return refused.status === 401 ? (
      <Gate title={t('invitation.over')} lead={t('invitation.over.detail')}><ButtonLink to="/sign-in" fullWidth>{t('signin.title')}</ButtonLink></Gate>
    ) : (
      <Gate title={t('invitation.title')}><Failed error={refused} onRetry={() => void asked.refetch()} /></Gate>
    );
  }
  const { name, role, password_chars_min: minimum } = asked.data;
  const tooShort = [...password].length < minimum;
  const differs = password !== again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!tooShort && !differs) take.mutate();
  };
  return (
    <Gate title={t('invitation.title')} lead={t('invitation.lead')}>
      <form onSubmit={submit}>
        <Stack>
          {take.isError ? <Alert color="red" role="alert">{failure(take.error).message || t('error.offline')}</Alert> : null}
          <Text size="sm">{t('invitation.you', { name, role: t(`role.${role}`) })}</Text>
          <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
          <PasswordField label={t('setup.password')} name="password" autoComplete="new-password" required value={password} description={t('setup.passwordHint', { count: minimum })}
            error={tried && tooShort ? t('setup.tooShort', { count: minimum }) : undefined} onChange={(e) => setPassword(e.currentTarget.value)} data-autofocus />
          <PasswordField label={t('setup.repeat')} name="repeat" autoComplete="new-password" required value={again}
            error={tried && differs ? t('setup.differs') : undefined} onChange={(e) => setAgain(e.currentTarget.value)} />
          <Button type="submit" loading={take.isPending}>{t('invitation.submit')}</Button>
        </Stack>
      </form>
    </Gate>
  );
}
