// Drives bench.html in a browser of its own.

import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** TensorFlow.js starts its threads from a blob, which the site's policy forbids its workers. */
async function withoutPolicy(route) {
  const response = await route.fetch();
  const { 'content-security-policy': _, ...headers } = response.headers();
  await route.fulfill({ response, headers });
}

/**
 * Opens bench.html of the site in folder, lets it measure and returns what it
 * has found, with what went wrong and which addresses it asked for. inspect
 * is given the page at the end.
 */
export async function measure(folder, { quick = false, inspect } = {}) {
  const site = await serve(process.env.ABKD ?? join(here, '../../../build/abkd'), folder);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    if (!quick) await page.context().route('**/bench.js', withoutPolicy);
    const trouble = [], requests = [];
    page.on('console', (m) => { if (m.type() === 'error') trouble.push(m.text()); });
    page.on('pageerror', (e) => trouble.push(e.message));
    page.on('request', (r) => requests.push(r.url()));
    await page.goto(`${site.url}bench.html${quick ? '?quick' : ''}`);
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.waitForFunction(() => ['done', 'failed'].includes(window.__bench.phase), null, { timeout: 15 * 60_000, polling: 500 });
    const found = await page.evaluate(() => window.__bench);
    await inspect?.(page);
    return { ...found, trouble, requests, host: new URL(site.url).host, browser: browser.version() };
  } finally {
    await browser.close();
    await site.stop();
  }
}
