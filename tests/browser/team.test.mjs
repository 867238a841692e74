// The pages a team works on: incidents, response, assets, people and their invitation; and what a viewer does not get.
//
// Needs the same as console.test.mjs, and works after it or alone. Webhooks are told on this machine, by a receiver that
// is started here.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { accessibility, asRoot, BASE, looks, openBrowser, OUT, signIn, speak } from './browser.mjs';

const SECRET = 'only the two know it';
const VIEWER = { name: 'vera', password: 'another long sentence' };

/** Takes what is posted to /good, refuses what is posted elsewhere; keeps all of it. */
function receiver() {
  const told = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      told.push({ path: request.url, signature: request.headers['x-yagura-signature'] ?? '', body: Buffer.concat(parts).toString() });
      response.writeHead(request.url === '/good' ? 204 : 403).end(request.url === '/good' ? undefined : 'not for you');
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, told, address: `http://127.0.0.1:${server.address().port}` }));
  });
}

/** Something that no finding knows yet: a program of this name reads the password hashes. */
async function attack(name) {
  const program = `/tmp/${name}`;
  await asRoot('sh', ['-c', `cp "$(command -v cat)" ${program} && ${program} /etc/shadow >/dev/null; rm -f ${program}`]).catch(() => undefined);
}

describe('team', () => {
  let session;
  let page;
  let hooks;
  before(async () => {
    hooks = await receiver();
    session = await openBrowser();
    page = session.page;
    page.setDefaultTimeout(15_000);
    await signIn(page);
    await speak(page, 'en');
  });
  after(async () => {
    await page?.screenshot({ path: `${OUT}/team-last.png` }).catch(() => undefined);
    await session?.browser.close();
    hooks?.server.close();
  });

  const addWebhook = async (name, url) => {
    await page.getByRole('button', { name: 'Add webhook' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill(name);
    await form.getByLabel('Address').fill(url);
    await form.getByLabel('Secret', { exact: true }).fill(SECRET);
    await form.getByLabel('Told of').selectOption('low');
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/response-form.png` });
    await form.getByRole('button', { name: 'Save' }).click();
    await page.locator(`[data-webhook="${name}"]`).waitFor();
  };

  it('adds webhooks and tries them: one takes it, signed, the other says why not', async () => {
    await page.goto(`${BASE}/response`);
    await addWebhook('works', `${hooks.address}/good`);
    await addWebhook('refuses', `${hooks.address}/closed`);
    await page.getByRole('button', { name: 'Try: works' }).click();
    await page.locator('[data-tested=true]').waitFor();
    await page.getByRole('button', { name: 'Try: refuses' }).click();
    await page.locator('[data-tested=false]', { hasText: '403' }).waitFor();
    const [{ signature, body }] = hooks.told.filter((one) => one.path === '/good');
    const [, time, sum] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    assert.equal(sum, createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
    await page.screenshot({ path: `${OUT}/response-tried.png`, fullPage: true });
  });

  it('lists what was delivered and what was given up, and sends that again', async () => {
    await attack('harvest-for-webhooks');
    await page.reload();
    await page.locator('[data-delivery=delivered]').first().waitFor();
    const dead = page.locator('[data-delivery=dead]');
    for (let tries = 0; tries < 20 && (await dead.count()) === 0; tries += 1) {
      await page.waitForTimeout(500);
      await page.reload();
      await page.locator('[data-delivery]').first().waitFor();
    }
    await page.locator('label', { hasText: 'given up' }).click();
    await dead.first().getByText(/403/).waitFor();
    const before = hooks.told.length;
    await dead.first().getByRole('button', { name: 'Send again' }).click();
    for (let tries = 0; tries < 40 && hooks.told.length === before; tries += 1) await page.waitForTimeout(250);
    assert.ok(hooks.told.length > before, 'it was sent once more');
  });

  let incident;
  it('tells an incident as a story, takes it up, and records the decision', async () => {
    await attack('harvest-for-incidents');
    await page.goto(`${BASE}/incidents`);
    await page.locator('[data-incident]').first().waitFor();
    incident = await page.locator('[data-incident]').first().getAttribute('data-incident');
    await page.locator('[data-incident]').first().click();
    await page.locator('[data-story]').first().waitFor();
    assert.ok((await page.locator('[data-story]').count()) >= 2, 'how it began and how it stands');
    await page.getByRole('button', { name: 'Take it up' }).click();
    await page.getByText('tester is working on it.').waitFor();
    await page.getByLabel('Write what you found out').fill('It was the test.');
    await page.getByRole('button', { name: 'Add comment' }).click();
    await page.locator('.y-rows').getByText('It was the test.').waitFor();
    await page.getByRole('button', { name: 'Close as false alarm' }).click();
    await page.getByRole('textbox', { name: /Why/ }).fill('a test of the console');
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/incident-decision.png`, fullPage: true });
    await page.getByRole('button', { name: 'Close incident' }).click();
    await page.locator('[data-story]', { hasText: 'a test of the console' }).waitFor();
    await page.goto(`${BASE}/incidents?status=closed`);
    await page.locator(`[data-incident="${incident}"]`).click();
    await page.getByRole('button', { name: 'Open again' }).click();
    await page.getByRole('button', { name: 'Close as real' }).waitFor();
  });

  it('draws how an incident hangs together, links it, exports it and accepts it until a date', async () => {
    await page.locator('[data-part=graph] [data-acted=true]').first().waitFor();
    assert.ok((await page.locator('[data-part=graph] [data-node]').count()) >= 2, 'a process and something else');
    await page.locator('[data-part=attack-path] li').first().waitFor();
    await page.locator('[data-part=checks] li').first().waitFor();
    await page.getByLabel('What it is').fill('ticket 7');
    await page.locator('input[type=url]').fill('https://tickets.example/7');
    await page.getByRole('button', { name: 'Add link' }).click();
    await page.getByRole('link', { name: 'ticket 7' }).waitFor();
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/incident-graph.png`, fullPage: true });
    await page.getByRole('button', { name: 'Export' }).click();
    for (const [name, mark] of [['Markdown', '## Timeline'], ['STIX 2.1', '"type": "bundle"'], ['OCSF Incident Finding', '"class_uid": 2005']]) {
      const address = await page.getByRole('menuitem', { name }).getAttribute('href');
      const document = await (await page.context().request.get(new URL(address, BASE).href)).text();
      assert.ok(document.includes(mark), `${name}: ${document.slice(0, 200)}`);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Accept until a date' }).click();
    await page.locator('input[type=date]').fill('2099-12-31');
    await page.getByRole('textbox', { name: /Why/ }).fill('a test of the console');
    await page.getByRole('button', { name: 'Close incident' }).click();
    await page.getByText('Accepted', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Open again' }).click();
    await page.getByRole('button', { name: 'Close as real' }).waitFor();
    await page.goto(`${BASE}/incidents`);
    await page.locator('[data-part=metrics] dd').first().waitFor();
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/incidents-metrics.png`, fullPage: true });
  });

  it('shows in the ATT&CK matrix what was proven here, and when', async () => {
    await asRoot(process.env.YAGURA_BINARY, ['verify', '--data', process.env.YAGURA_DATA, '--only', 'T1003', '--only', 'T1070.006'], { maxBuffer: 1 << 24 }).catch((error) => error);
    const recorded = await (await page.context().request.get(`${BASE}/v1/proofs?limit=1000`)).json();
    const held = recorded.filter((one) => one.technique === 'T1003.008' && (one.seen || one.blocked));
    assert.ok(held.length > 0, 'an emulation of reading password hashes was seen');
    await page.goto(`${BASE}/proofs`);
    const cell = page.locator('[data-tactic=credential_access] [data-technique="T1003.008"]');
    await cell.waitFor();
    assert.match(await cell.getAttribute('data-standing'), /^(seen|partly|blocked)$/);
    assert.match(await cell.innerText(), /20\d\d/);
    const unproven = page.locator('[data-technique="T1059.004"]').first();
    assert.equal(await unproven.getAttribute('data-standing'), 'claimed');
    await page.getByText('Tried', { exact: true }).click();
    await unproven.waitFor({ state: 'detached' });
  });

  it('lists this machine among the assets', async () => {
    await page.goto(`${BASE}/assets`);
    await page.locator('[data-asset]').first().waitFor();
    await page.locator('label', { hasText: /^Host$/ }).click();
    await page.waitForURL(/kind=host/);
    await page.waitForFunction(() => document.querySelectorAll('[data-asset]').length === 1);
  });

  let viewer;
  it('invites a person, who chooses a password and is in', async () => {
    await page.goto(`${BASE}/settings?view=users`);
    await page.getByRole('button', { name: 'Invite someone' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name to sign in with').fill(VIEWER.name);
    await dialog.getByLabel('Role').selectOption('viewer');
    await dialog.getByRole('button', { name: 'Invite someone' }).click();
    const address = dialog.getByText('/invitation?token=');
    await address.waitFor();
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/users-invited.png` });
    const link = /http\S+/.exec(await address.first().textContent())[0];
    await dialog.getByRole('button', { name: 'Close' }).last().click();

    const context = await session.browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en', bypassCSP: true });
    viewer = await context.newPage();
    viewer.setDefaultTimeout(15_000);
    await viewer.goto(link);
    for (const language of ['ja', 'en']) await looks(viewer, assert, language, [['invitation', link.slice(BASE.length), 'input[name=password]']]);
    await viewer.locator('input[name=password]').fill('short');
    await viewer.locator('input[name=repeat]').fill('different');
    await viewer.locator('button[type=submit]').click();
    await viewer.locator('[aria-invalid=true]').first().waitFor();
    await viewer.locator('input[name=password]').fill(VIEWER.password);
    await viewer.locator('input[name=repeat]').fill(VIEWER.password);
    await viewer.locator('button[type=submit]').click();
    await viewer.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const again = await context.newPage();
    await again.goto(link);
    await again.getByRole('heading', { name: 'This invitation does not work any more' }).waitFor();
    await again.close();
  });

  it('does not show a viewer what a viewer may not do', async () => {
    const list = await (await page.context().request.get(`${BASE}/v1/findings?limit=1`)).json();
    const pages = [
      ['/findings', '[data-finding]', ['input[type=checkbox]']],
      [`/findings/${list.items[0].id}`, '.y-tree, .y-card', ['text=Record decision', 'button:text-is("False alarm")']],
      [`/incidents/${incident}`, '[data-story]', ['button:text-is("Take it up")', 'button:text-is("Close as real")', 'textarea']],
      ['/rules', '[data-rule]', ['[data-rule] input', 'button:has-text("Check")']],
      ['/events?view=sql', '.cm-content', ['button:text-is("Run")']],
      ['/response', 'main h2', ['[data-webhook]', '[data-delivery]', 'button:text-is("Add webhook")']],
      ['/settings', '[role=tab]', ['[role=tab]:text-is("People")', '[role=tab]:text-is("API tokens")']],
    ];
    for (const [path, ready, forbidden] of pages) {
      await viewer.goto(BASE + path);
      await viewer.locator(ready).first().waitFor();
      await viewer.waitForTimeout(300);
      for (const control of forbidden) assert.equal(await viewer.locator(control).count(), 0, `${path}: ${control}`);
      assert.deepEqual(await accessibility(viewer), [], path);
      await viewer.screenshot({ path: `${OUT}/viewer${path.split(/[?/]/)[1]}.png`, fullPage: true });
      // The administrator sees each of them: what is looked for exists.
      await page.goto(BASE + path);
      await page.locator(ready).first().waitFor();
    }
    const refused = await viewer.evaluate(async () => (await fetch('/v1/users')).status);
    assert.equal(refused, 403);
  });

  for (const language of ['en', 'ja']) {
    it(`has no accessibility fault and fits a telephone, in ${language}`, async () => {
      await looks(page, assert, language, [
        ['incidents', '/incidents?status=all', '[data-incident]'],
        ['incident', `/incidents/${incident}`, '[data-story]'],
        ['response', '/response', '[data-webhook]'],
        ['assets', '/assets', '[data-asset]'],
        ['matrix', '/proofs', '[data-technique]'],
        ['users', '/settings?view=users', '[data-user]'],
      ]);
    });
  }

  it('called nobody but its server and raised no error', () => {
    assert.deepEqual([...session.hosts], [new URL(BASE).host]);
    assert.deepEqual(session.complaints, []);
  });
});
