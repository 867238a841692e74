// Scans against a real server: a small root file system and an advisory database made here, the vulnerability on the
// page with its proof, the package in the search, a secret, an image, a schedule; in two languages and at 360 px.
//
// Besides YAGURA_URL, YAGURA_SETUP_URL and YAGURA_DATA it needs YAGURA_BINARY, which builds the database.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { accessibility, asRoot, openBrowser, OUT, signIn } from './browser.mjs';

const run = promisify(execFile);
const { YAGURA_URL: URL_, YAGURA_SETUP_URL: SETUP_URL, YAGURA_DATA: DATA, YAGURA_BINARY: BINARY } = process.env;
const SCAN_MS_MAX = 60_000;

if (!URL_ || !SETUP_URL || !DATA || !BINARY) {
  console.error('YAGURA_URL, YAGURA_SETUP_URL, YAGURA_DATA and YAGURA_BINARY are needed');
  process.exit(2);
}

const OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n';
const STATUS = ['openssl 3.0.9-1', 'libssl3 3.0.9-1 openssl', 'zlib1g 1:1.2.13.dfsg-1 zlib'].map((line) => {
  const [name, version, source] = line.split(' ');
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\n${source ? `Source: ${source}\n` : ''}Version: ${version}\nDescription: made for a test\n`;
}).join('\n');
const ADVISORY = {
  id: 'DSA-9001-1', modified: '2026-01-01T00:00:00Z', published: '2026-01-01T00:00:00Z', aliases: ['CVE-2026-9001'], summary: 'Key material may be read back',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [{ package: { ecosystem: 'Debian:12', name: 'openssl' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0.11-1' }] }] }],
};
// Made up; of the shape that the rule for GitHub's tokens asks for.
const SECRET = `aws_access_key_id = AKIA${'Q3EGV7XK2LMN4RTB'}\naws_secret_access_key = ${'wJ7rXq9TnF2kLzP8'}${'vB4mYc6HdS1aGu3EoRiKjWtQ'}\n`;

function write(root, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

describe('scans', () => {
  let session;
  let page;
  const root = mkdtempSync(join(tmpdir(), 'yagura-scan-'));
  const rootfs = join(root, 'rootfs');
  before(async () => {
    write(rootfs, {
      'etc/os-release': OS_RELEASE, 'var/lib/dpkg/status': STATUS, 'var/lib/dpkg/info/openssl.list': '/.\n/usr/bin/openssl\n', 'root/.aws/credentials': `[default]\n${SECRET}`,
      'srv/app/package-lock.json': JSON.stringify({ name: 'app', version: '1.0.0', lockfileVersion: 3, packages: { '': { name: 'app', version: '1.0.0' }, 'node_modules/left-pad': { version: '1.3.0' } } }),
    });
    write(root, { 'osv.json': JSON.stringify(ADVISORY) });
    session = await openBrowser();
    page = session.page;
    page.setDefaultTimeout(15_000);
  });
  after(async () => {
    await page?.screenshot({ path: `${OUT}/scans-last.png` }).catch(() => undefined);
    await session?.browser.close();
    rmSync(root, { recursive: true, force: true });
  });
  const shot = (name) => page.screenshot({ path: `${OUT}/${name}.png` });
  const heading = (name) => page.getByRole('heading', { level: 1, name }).waitFor();

  it('lets in whoever was set up before, or sets up', async () => {
    await signIn(page);
    await heading('Overview');
  });

  it('says what to do while there is nothing, and which command gets the advisories', async () => {
    for (const [path, name] of [['/vulnerabilities', 'Vulnerabilities'], ['/images', 'Images'], ['/packages', 'Packages'], ['/secrets', 'Secrets'], ['/scans', 'Scans']]) {
      await page.goto(URL_ + path);
      await heading(name);
      await page.locator('.y-state').first().waitFor();
      assert.deepEqual(await accessibility(page), [], path);
      await shot(`empty-${name.toLowerCase()}`);
    }
    await page.locator('[data-advisories=none]').waitFor();
    assert.match(await page.locator('[data-advisories=none] pre').innerText(), /yagura db update/);
    await asRoot(BINARY, ['db', 'update', '--quiet', '--data', DATA, '--source', `made:osv=${join(root, 'osv.json')}`]);
    await page.reload();
    await page.locator('[data-advisories=there]').waitFor();
  });

  it('refuses a path that is none, and says why', async () => {
    await page.getByLabel('What', { exact: true }).selectOption('rootfs');
    await page.locator('input[name=place]').fill('relative/path');
    await page.getByRole('button', { name: 'Start scan' }).click();
    await page.getByRole('alert').filter({ hasText: 'no whole path' }).waitFor();
    await page.locator('input[name=place]').fill('/proc');
    await page.getByRole('button', { name: 'Start scan' }).click();
    await page.getByRole('alert').filter({ hasText: 'kernel' }).waitFor();
  });

  it('scans a root file system and tells what came of it', async () => {
    await page.locator('input[name=place]').fill(rootfs);
    await page.getByRole('button', { name: 'Start scan' }).click();
    const done = page.locator(`[data-scan="rootfs:${rootfs}"][data-status=done]`);
    await done.waitFor({ timeout: SCAN_MS_MAX });
    assert.match(await done.innerText(), /2 vulnerabilities.*4 packages/s);
    assert.deepEqual(await accessibility(page), []);
    await shot('scans');
  });

  it('shows the vulnerability, what to do and the proof', async () => {
    await page.goto(`${URL_}/vulnerabilities`);
    const rows = page.locator('[data-vulnerability="CVE-2026-9001"]');
    await rows.first().waitFor();
    assert.equal(await rows.count(), 2, 'openssl, and libssl3 by its source package');
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300);
      assert.deepEqual(await accessibility(page), []);
      await shot(`vulnerabilities-${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await rows.filter({ hasText: 'libssl3' }).click();
    await heading('CVE-2026-9001 in libssl3');
    await page.getByText('Update libssl3 from 3.0.9-1 to 3.0.11-1 or later.').waitFor();
    const proof = page.locator('[data-proof="DSA-9001-1"]');
    assert.match(await proof.innerText(), /by its source package/);
    assert.match(await proof.innerText(), /3\.0\.9-1 < 3\.0\.11-1/);
    await page.getByText('/var/lib/dpkg/status').first().waitFor();
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/vulnerability.png`, fullPage: true });
  });

  it('groups by package and asset, and leads from a group to its vulnerabilities', async () => {
    await page.goto(`${URL_}/vulnerabilities?by=package`);
    await page.locator('[data-group=libssl3]').waitFor();
    assert.deepEqual(await accessibility(page), []);
    await shot('vulnerabilities-by-package');
    await page.locator('[data-group=libssl3]').click();
    await page.locator('[data-vulnerability]').first().waitFor();
    assert.equal(await page.locator('[data-vulnerability]').count(), 1);
  });

  it('finds where a package is installed', async () => {
    await page.goto(`${URL_}/packages`);
    await page.getByRole('textbox', { name: /Name or package URL/ }).fill('LEFT-PAD');
    await page.waitForFunction(() => [...document.querySelectorAll('[data-package]')].map((row) => row.dataset.package).join() === 'left-pad');
    assert.match(await page.locator('[data-package]').innerText(), /srv\/app\/package-lock\.json/);
    assert.deepEqual(await accessibility(page), []);
    await shot('packages');
    await page.getByRole('textbox', { name: /Name or package URL/ }).fill('log4j');
    await page.getByRole('heading', { name: 'Nowhere to be found' }).waitFor();
  });

  it('shows a secret without telling it', async () => {
    await page.goto(`${URL_}/secrets`);
    await page.locator('[data-secret]').first().waitFor();
    assert.match(await page.locator('.y-rows').innerText(), /root\/\.aws\/credentials/);
    assert.doesNotMatch(await page.content(), /Q3EGV7XK2LMN4RTB|vB4mYc6HdS1aGu3EoRiKjWtQ/);
    assert.deepEqual(await accessibility(page), []);
    await shot('secrets');
    await page.locator('[data-secret]').first().click();
    await page.getByText('Revoke the key').waitFor();
    assert.deepEqual(await accessibility(page), []);
    assert.doesNotMatch(await page.content(), /Q3EGV7XK2LMN4RTB|vB4mYc6HdS1aGu3EoRiKjWtQ/);
    await page.screenshot({ path: `${OUT}/secret.png`, fullPage: true });
  });

  it('remembers a decision, and what was accepted is not open', async () => {
    await page.goto(`${URL_}/vulnerabilities?package=openssl`);
    await page.locator('[data-vulnerability]').click();
    await page.getByRole('button', { name: 'Accept', exact: false }).first().click();
    await page.getByRole('textbox', { name: /Why/ }).fill('behind a proxy, in a test');
    await page.getByRole('button', { name: 'Record decision' }).click();
    await page.getByText('behind a proxy, in a test').first().waitFor();
    await page.goto(`${URL_}/vulnerabilities?package=openssl`);
    await page.getByRole('heading', { name: 'No vulnerability fits' }).waitFor();
    await page.goto(`${URL_}/vulnerabilities?package=openssl&status=accepted`);
    await page.locator('[data-vulnerability]').waitFor();
  });

  it('scans an image made of a tar and lists it with its layer', async () => {
    const tar = join(root, 'app.tar');
    await run('tar', ['-C', rootfs, '-cf', tar, '.']);
    await page.goto(`${URL_}/scans?kind=image`);
    await page.locator('input[name=place]').fill(tar);
    await page.getByRole('button', { name: 'Start scan' }).click();
    await page.locator(`[data-scan="image:${tar}"][data-status=done]`).waitFor({ timeout: SCAN_MS_MAX });
    await page.goto(`${URL_}/images`);
    await page.locator(`[data-image="${tar}"]`).waitFor();
    assert.deepEqual(await accessibility(page), []);
    await shot('images');
  });

  it('schedules a scan and takes it away', async () => {
    await page.goto(`${URL_}/scans?kind=fs`);
    await page.locator('input[name=place]').fill(rootfs);
    await page.getByLabel('When').selectOption('24');
    await page.getByRole('button', { name: 'Schedule' }).click();
    const schedule = page.locator(`[data-schedule="fs:${rootfs}"]`);
    await schedule.waitFor();
    await page.locator(`[data-scan="fs:${rootfs}"][data-status=done]`).waitFor({ timeout: SCAN_MS_MAX });
    await shot('scans-schedule');
    await schedule.getByRole('button').click();
    await schedule.waitFor({ state: 'detached' });
  });

  it('fits a telephone and speaks Japanese', async () => {
    await page.evaluate(() => localStorage.setItem('yagura-language', 'ja'));
    await page.goto(`${URL_}/vulnerabilities?status=open`);
    await heading('脆弱性');
    const row = page.locator('[data-vulnerability]').first();
    const detail = await row.getAttribute('href');
    await shot('vulnerabilities-ja');
    await page.goto(URL_ + detail);
    await page.locator('[data-proof]').first().waitFor();
    await page.screenshot({ path: `${OUT}/vulnerability-ja.png`, fullPage: true });
    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of ['/vulnerabilities', '/vulnerabilities?by=package', detail, '/images', '/packages', '/secrets', '/scans']) {
      await page.goto(URL_ + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForTimeout(500);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wider <= 0, `${path} is ${wider} px too wide`);
      assert.deepEqual(await accessibility(page), [], path);
      await shot(`phone${path.replaceAll(/[^a-z]+/g, '-').slice(0, 30)}`);
    }
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  it('called nobody but its server and raised no error', () => {
    assert.deepEqual([...session.hosts], [new URL(URL_).host]);
    assert.deepEqual(session.complaints, []);
  });
});
