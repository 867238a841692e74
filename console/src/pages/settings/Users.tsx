// People who may sign in: invited, given a role, let back in, kept out.
import { Alert, Button, Group, Menu, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots, IconUserPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import type { Invitation, Role, User } from '../../api/model';
import { changes, queries } from '../../api/queries';
import { useLanguage } from '../../i18n/language';
import { failure } from '../../shell/fallbacks';
import { ROLES } from '../../shell/role';
import { CodeBlock, Copy } from '../../ui/CodeBlock';
import { ago, dateTime } from '../../ui/format';
import { Tag } from '../../ui/marks';
import { Failed, Loading } from '../../ui/states';

function Invited({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { language, t } = useLanguage();
  const address = `${location.origin}/invitation?token=${encodeURIComponent(invitation.token)}`;
  return (
    <Stack>
      <Alert color="yellow" title={t('settings.users.link', { name: invitation.user.name })}>
        {t('settings.users.link.detail', { time: dateTime(invitation.expires, language) })}
      </Alert>
      <CodeBlock text={address} label={t('settings.users.link', { name: invitation.user.name })} />
      <Group justify="space-between"><Copy text={address} /><Button onClick={onClose}>{t('app.close')}</Button></Group>
    </Stack>
  );
}

function Invite({ onInvited }: { onInvited: (invitation: Invitation) => void }) {
  const { t } = useLanguage();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('analyst');
  const create = useMutation({
    mutationFn: () => changes.userCreate({ name: name.trim(), role }),
    onSuccess: (invitation) => {
      void cache.invalidateQueries({ queryKey: ['users'] });
      onInvited(invitation);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {create.error ? <Alert color="red" role="alert">{failure(create.error).message || t('error.offline')}</Alert> : null}
        <TextInput label={t('settings.users.name')} name="name" required maxLength={100} value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
        <NativeSelect label={t('settings.users.role')} description={t(`role.${role}.detail`)} value={role} onChange={(e) => setRole(ROLES.find((one) => one === e.currentTarget.value) ?? 'viewer')} data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
        <Button type="submit" loading={create.isPending}>{t('settings.users.invite')}</Button>
      </Stack>
    </form>
  );
}

type Asked = { what: 'reset' | 'disable' | 'remove'; user: User };

function Confirm({ asked, onDone, onInvited }: { asked: Asked; onDone: () => void; onInvited: (invitation: Invitation) => void }) {
  const { t } = useLanguage();
  const cache = useQueryClient();
  const act = useMutation({
    mutationFn: async (): Promise<Invitation | null> => {
      const { what, user } = asked;
      if (what === 'reset') return changes.userReset(user.id);
      if (what === 'disable') await changes.userUpdate(user.id, { disabled: true });
      else await changes.userDelete(user.id);
      return null;
    },
    onSuccess: (invitation) => {
      void cache.invalidateQueries({ queryKey: ['users'] });
      onDone();
      if (invitation) onInvited(invitation);
    },
  });
  return (
    <Stack>
      <Text>{t(`settings.users.${asked.what}.ask`, { name: asked.user.name })}</Text>
      {act.error ? <Alert color="red" role="alert">{failure(act.error).message || t('error.offline')}</Alert> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>{t('app.cancel')}</Button>
        <Button color="red" loading={act.isPending} onClick={() => act.mutate()}>{t(`settings.users.${asked.what}`)}</Button>
      </Group>
    </Stack>
  );
}

function Person({ user, own, onAsk }: { user: User; own: boolean; onAsk: (asked: Asked) => void }) {
  const { language, t } = useLanguage();
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (patch: { role?: Role; disabled?: boolean }) => changes.userUpdate(user.id, patch),
    onError: (error) => notifications.show({ color: 'red', title: user.name, message: failure(error).message || t('error.offline') }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['users'] }),
  });
  return (
    <li data-user={user.name} style={{ display: 'flex', gap: 12, alignItems: 'center', padding: '10px 0', flexWrap: 'wrap' }}>
      <div className="y-grow" style={{ minWidth: 180 }}>
        <strong style={{ fontWeight: 600 }}>{user.name}</strong>{' '}
        {own ? <Tag tone="good">{t('settings.users.you')}</Tag> : null}{' '}
        {user.disabled ? <Tag tone="bad">{t('settings.users.disabled')}</Tag> : user.invited ? <Tag tone="warn">{t('settings.users.invited')}</Tag> : null}
        <Text size="sm" c="dimmed">{t('settings.users.lastSignIn')}: {user.last_sign_in ? ago(user.last_sign_in, Date.now(), language) : t('app.never')}</Text>
      </div>
      <NativeSelect size="xs" aria-label={`${t('settings.users.role')}: ${user.name}`} value={user.role} disabled={own || change.isPending} title={own ? t('settings.users.own') : undefined}
        onChange={(e) => change.mutate({ role: ROLES.find((one) => one === e.currentTarget.value) ?? user.role })} data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
      <Menu position="bottom-end" shadow="md">
        <Menu.Target><Button size="xs" variant="default" disabled={own} title={own ? t('settings.users.own') : undefined} aria-label={`${t('settings.users.more')}: ${user.name}`}><IconDots size={16} aria-hidden /></Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onAsk({ what: 'reset', user })}>{t('settings.users.reset')}</Menu.Item>
          {user.disabled
            ? <Menu.Item onClick={() => change.mutate({ disabled: false })}>{t('settings.users.enable')}</Menu.Item>
            : <Menu.Item onClick={() => onAsk({ what: 'disable', user })}>{t('settings.users.disable')}</Menu.Item>}
          <Menu.Item color="red" onClick={() => onAsk({ what: 'remove', user })}>{t('settings.users.remove')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

export function Users() {
  const { t } = useLanguage();
  const session = useQuery(queries.session()).data;
  const { data, error, refetch } = useQuery(queries.users());
  const [inviting, invite] = useState(false);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [asked, ask] = useState<Asked | null>(null);
  const invited = (made: Invitation) => {
    invite(false);
    setInvitation(made);
  };
  if (!data) return error ? <Failed error={failure(error)} onRetry={() => void refetch()} /> : <Loading rows={3} />;
  const close = { 'aria-label': t('app.close') };
  return (
    <section className="y-card">
      <Group justify="space-between" mb="md">
        <Text size="sm" c="dimmed" style={{ flex: '1 1 260px' }}>{t('settings.users.lead')}</Text>
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => invite(true)}>{t('settings.users.invite')}</Button>
      </Group>
      <ul className="y-rows">
        {data.map((user) => <Person key={user.id} user={user} own={session?.kind === 'session' && session.name === user.name} onAsk={ask} />)}
      </ul>
      <Modal opened={inviting} onClose={() => invite(false)} title={t('settings.users.invite')} closeButtonProps={close}><Invite onInvited={invited} /></Modal>
      <Modal opened={invitation !== null} onClose={() => setInvitation(null)} title={t('settings.users.invite')} closeButtonProps={close} size="lg">
        {invitation ? <Invited invitation={invitation} onClose={() => setInvitation(null)} /> : null}
      </Modal>
      <Modal opened={asked !== null} onClose={() => ask(null)} title={asked ? t(`settings.users.${asked.what}`) : ''} closeButtonProps={close}>
        {asked ? <Confirm asked={asked} onDone={() => ask(null)} onInvited={invited} /> : null}
      </Modal>
    </section>
  );
}
