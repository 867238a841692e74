// Addresses and their pages. Every page is loaded when it is first opened; what it shows is in the address.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';

import type { FindingStatus, Severity } from './api/model';
import { queries } from './api/queries';
import { onSessionEnded, queryClient } from './queryClient';
import { NotFoundPage, PageFailed } from './shell/fallbacks';
import { Shell } from './shell/Shell';
import { Loading } from './ui/states';

type Search = Record<string, unknown>;

function word<Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  return words.find((known) => known === value);
}

// The router reads an unquoted `1` or `true` as number or boolean; here everything is text.
function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function only<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

const STATUSES = ['open', 'accepted', 'fixed', 'false'] as const satisfies readonly FindingStatus[];
const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const satisfies readonly Severity[];

/** `next` only leads inside the console. */
function inside(value: unknown): string | undefined {
  const path = textOf(value);
  return path?.startsWith('/') && !path.startsWith('//') && !path.includes('\\') ? path : undefined;
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: PageFailed });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Search) => only({ token: textOf(search.token) }),
  component: lazyRouteComponent(() => import('./pages/setup/SetupPage')),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Search) =>
    only({ next: inside(search.next), reason: word(search.reason, ['expired', 'signed-out'] as const) }),
  component: lazyRouteComponent(() => import('./pages/signin/SignInPage')),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  validateSearch: (search: Search) => only({ token: textOf(search.token) }),
  component: lazyRouteComponent(() => import('./pages/invitation/InvitationPage')),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(queries.session());
    if (session) return;
    queryClient.removeQueries({ queryKey: ['session'] });
    const { needed } = await queryClient.fetchQuery(queries.setup());
    if (needed) throw redirect({ to: '/setup', search: {} });
    throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
  },
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview/OverviewPage')),
});

const findings = createRoute({
  getParentRoute: () => shell,
  path: '/findings',
  validateSearch: (search: Search) =>
    only({
      status: word(search.status, [...STATUSES, 'all']),
      severity_min: word(search.severity_min, SEVERITIES),
      within: word(search.within, ['1h', '24h', '7d'] as const),
      rule: textOf(search.rule),
      asset_id: textOf(search.asset_id),
      technique: textOf(search.technique),
      text: textOf(search.text),
    }),
  component: lazyRouteComponent(() => import('./pages/findings/FindingsPage')),
});

const finding = createRoute({
  getParentRoute: () => shell,
  path: '/findings/$id',
  component: lazyRouteComponent(() => import('./pages/findings/FindingPage')),
});

const incidents = createRoute({
  getParentRoute: () => shell,
  path: '/incidents',
  validateSearch: (search: Search) => only({ status: word(search.status, ['open', 'closed', 'all'] as const) }),
  component: lazyRouteComponent(() => import('./pages/incidents/IncidentsPage')),
});

const incident = createRoute({
  getParentRoute: () => shell,
  path: '/incidents/$id',
  component: lazyRouteComponent(() => import('./pages/incidents/IncidentPage')),
});

const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  validateSearch: (search: Search) =>
    only({ view: word(search.view, ['live', 'sql'] as const), filter: textOf(search.filter), sql: textOf(search.sql) }),
  component: lazyRouteComponent(() => import('./pages/events/EventsPage')),
});

const assets = createRoute({
  getParentRoute: () => shell,
  path: '/assets',
  validateSearch: (search: Search) => only({ kind: word(search.kind, ['host', 'container', 'image', 'folder'] as const) }),
  component: lazyRouteComponent(() => import('./pages/assets/AssetsPage')),
});

const rules = createRoute({
  getParentRoute: () => shell,
  path: '/rules',
  validateSearch: (search: Search) =>
    only({
      text: textOf(search.text),
      language: word(search.language, ['falco', 'sigma'] as const),
      state: word(search.state, ['on', 'off', 'hit', 'blind'] as const),
    }),
  component: lazyRouteComponent(() => import('./pages/rules/RulesPage')),
});

const ruleEditor = createRoute({
  getParentRoute: () => shell,
  path: '/rule-editor',
  validateSearch: (search: Search) => only({ file: textOf(search.file), from: textOf(search.from), text: textOf(search.text) }),
  component: lazyRouteComponent(() => import('./pages/rules/RuleEditorPage')),
});

const rule = createRoute({
  getParentRoute: () => shell,
  path: '/rules/$name',
  component: lazyRouteComponent(() => import('./pages/rules/RulePage')),
});

const sensor = createRoute({
  getParentRoute: () => shell,
  path: '/sensor',
  component: lazyRouteComponent(() => import('./pages/sensor/SensorPage')),
});

const proofs = createRoute({
  getParentRoute: () => shell,
  path: '/proofs',
  component: lazyRouteComponent(() => import('./pages/proofs/ProofsPage')),
});

const response = createRoute({
  getParentRoute: () => shell,
  path: '/response',
  component: lazyRouteComponent(() => import('./pages/response/ResponsePage')),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  validateSearch: (search: Search) =>
    only({ view: word(search.view, ['account', 'users', 'tokens', 'audit', 'display'] as const) }),
  component: lazyRouteComponent(() => import('./pages/settings/SettingsPage')),
});

/** A switch in the address: there and true, or not there. */
function flag(value: unknown): true | undefined {
  return value === true || value === 'true' ? true : undefined;
}

const vulnerabilities = createRoute({
  getParentRoute: () => shell,
  path: '/vulnerabilities',
  validateSearch: (search: Search) =>
    only({
      by: word(search.by, ['package', 'asset', 'image', 'layer'] as const),
      status: word(search.status, STATUSES),
      severity_min: word(search.severity_min, SEVERITIES),
      vulnerability: textOf(search.vulnerability),
      package: textOf(search.package),
      asset_id: textOf(search.asset_id),
      layer: textOf(search.layer),
      used: flag(search.used),
      fixable: flag(search.fixable),
      exploited: flag(search.exploited),
      text: textOf(search.text),
    }),
  component: lazyRouteComponent(() => import('./pages/vulnerabilities/VulnerabilitiesPage')),
});

const vulnerability = createRoute({
  getParentRoute: () => shell,
  path: '/vulnerabilities/$id',
  component: lazyRouteComponent(() => import('./pages/vulnerabilities/VulnerabilityPage')),
});

const images = createRoute({
  getParentRoute: () => shell,
  path: '/images',
  component: lazyRouteComponent(() => import('./pages/images/ImagesPage')),
});

const packages = createRoute({
  getParentRoute: () => shell,
  path: '/packages',
  validateSearch: (search: Search) =>
    only({ text: textOf(search.text), version: textOf(search.version), asset_id: textOf(search.asset_id), used: flag(search.used) }),
  component: lazyRouteComponent(() => import('./pages/packages/PackagesPage')),
});

const secrets = createRoute({
  getParentRoute: () => shell,
  path: '/secrets',
  validateSearch: (search: Search) => only({ status: word(search.status, STATUSES), text: textOf(search.text), asset_id: textOf(search.asset_id) }),
  component: lazyRouteComponent(() => import('./pages/secrets/SecretsPage')),
});

const secret = createRoute({
  getParentRoute: () => shell,
  path: '/secrets/$id',
  component: lazyRouteComponent(() => import('./pages/secrets/SecretPage')),
});

const scans = createRoute({
  getParentRoute: () => shell,
  path: '/scans',
  validateSearch: (search: Search) => only({ kind: word(search.kind, ['host', 'image', 'fs', 'repo', 'rootfs', 'sbom'] as const) }),
  component: lazyRouteComponent(() => import('./pages/scans/ScansPage')),
});

export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    signIn,
    invitation,
    shell.addChildren([vulnerabilities, vulnerability, images, packages, secrets, secret, scans, overview, incidents, incident, findings, finding, events, assets, rules, rule, ruleEditor, sensor, proofs, response, settings]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
});

onSessionEnded(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in' || pathname === '/setup' || pathname === '/invitation') return;
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { next: href, reason: 'expired' } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
