// Follows the README's tour click by click on a fresh server and takes the pictures that the READMEs show, in English
// and Japanese. Like the tests it wants YAGURA_URL, YAGURA_SETUP_URL, YAGURA_DATA, and YAGURA_BINARY for the commands.
// The picture of vulnerabilities needs advisories: the PyPI archive of OSV under YAGURA_CORPORA; without, it is left out.
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import { asRoot, openBrowser } from './browser.mjs';

const { YAGURA_URL: server, YAGURA_SETUP_URL: setup, YAGURA_DATA: data, YAGURA_BINARY: yagura } = process.env;
const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));
const LANGUAGES = ['en', 'ja'];
const SUFFIX = { en: '', ja: '-ja' };
const QUESTION = "SELECT time, process_name, file_path FROM file_activity WHERE file_path LIKE '/etc/%' LIMIT 5";

const { browser, page, complaints } = await openBrowser();
page.setDefaultTimeout(20_000);
await page.setViewportSize({ width: 1280, height: 820 });

async function speak(language) {
  await page.evaluate(() => globalThis.scrollTo(0, 0));
  await page.getByRole('button', { name: /^(Account|アカウント)/ }).click();
  await page.getByText(language === 'ja' ? '日本語' : 'English').click();
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
}

/** One picture of the page as it stands, in each language. `prepare` brings back what a change of language closed. */
async function picture(name, path, ready, prepare = async () => {}) {
  for (const language of LANGUAGES) {
    await page.goto(server + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await speak(language);
    await page.goto(server + path);
    await page.locator(ready).first().waitFor();
    await prepare();
    await page.waitForTimeout(1_200);
    await page.screenshot({ path: `${IMAGES}/${name}${SUFFIX[language]}.png` });
    console.log(`${name}${SUFFIX[language]}.png`);
  }
}

// In a shell that belongs to nobody, so that the process tree tells of the attack and not of this program.
async function attack() {
  copyFileSync('/bin/cat', '/tmp/harvest');
  await asRoot('sh', ['-c', 'setsid bash -c "sleep 0.3; /tmp/harvest /etc/shadow >/dev/null; rm /tmp/harvest" &']);
}

// 1. Sign in.
await page.goto(setup);
await page.locator('input[name=name]').fill('admin');
for (const field of ['password', 'repeat']) await page.locator(`input[name=${field}]`).fill('a sentence to remember');
await page.locator('button[type=submit]').click();
await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();

// 3. Attack, and see it arrive under Findings while looking.
await page.getByRole('link', { name: /^Findings/ }).first().click();
await page.locator('.y-live[data-on=true]').waitFor();
await attack();
const started = performance.now() + 300;
const row = page.locator('[data-finding].y-fresh', { hasText: 'harvest' }).first();
await row.waitFor();
console.log(`attack to row: ${Math.round(performance.now() - started)} ms`);
const finding = await row.getAttribute('data-finding');
await picture('findings', '/findings', '[data-finding]');

// 2. Overview, with something to see. 4. The finding, and its incident. 5. Events in SQL. 6. Rules. 7. Sensor.
await picture('overview', '/', 'h1');
await picture('finding', `/findings/${finding}`, '.y-tree [data-acted=true]');
await page.goto(`${server}/incidents`);
await page.locator('[data-incident]').first().waitFor();
await picture('incident', `/incidents/${await page.locator('[data-incident]').first().getAttribute('data-incident')}`, '[data-story]');
await picture('events', '/events', 'button.y-vrow', async () => {
  await page.getByRole('tab', { name: 'SQL' }).click();
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(QUESTION);
  await page.keyboard.press('Control+Enter');
  await page.locator('[data-rows]').waitFor();
});
await picture('rules', '/rules', '[data-rule]');
await picture('sensor', '/sensor', 'h1');

// 8. Prove it.
const proof = await asRoot(yagura, ['verify', '--data', data], { maxBuffer: 1 << 24 }).catch((error) => error);
console.log(proof.stdout.trim().split('\n').slice(-2).join('\n'));
await picture('proof', '/proofs', 'table');

// 9. Scan a project with old dependencies.
const advisories = `${process.env.YAGURA_CORPORA ?? ''}/advisories/osv/PyPI/all.zip`;
if (existsSync(advisories)) {
  const shop = `${tmpdir()}/shop`;
  mkdirSync(shop, { recursive: true });
  writeFileSync(`${shop}/requirements.txt`, 'django==3.2.1\nrequests==2.25.0\njinja2==2.11.2\nurllib3==1.26.4\npillow==8.1.0\n');
  await asRoot(yagura, ['db', 'update', '--quiet', '--data', data, '--source', `osv-pypi:osv=${advisories}`]);
  console.log((await asRoot(yagura, ['scan', 'repo', shop, '--data', data, '--quiet'])).stdout.split('\n').slice(0, 12).join('\n'));
  await page.goto(`${server}/scans`);
  await page.locator('[data-advisories=there]').waitFor();
  await page.locator('select').first().selectOption('repo');
  await page.locator('input[name=place]').fill(shop);
  await page.locator('form button[type=submit]').click();
  await page.locator(`[data-scan="repo:${shop}"][data-status=done]`).waitFor({ timeout: 60_000 });
  rmSync(shop, { recursive: true });
  await picture('vulnerabilities', '/vulnerabilities', '[data-vulnerability]');
} else {
  console.log('vulnerabilities.png is left as it is: no advisories under YAGURA_CORPORA');
}

await browser.close();
if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('; ')}`);
