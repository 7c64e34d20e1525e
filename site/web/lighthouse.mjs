// Lighthouse on the built site, served by abkd, as a desktop and as a phone:
//
//	node lighthouse.mjs ABKD FOLDER
//
// npm fetches Lighthouse for this alone. It fails below the bars, which want a machine
// that does nothing else: it says how much that had to do.

import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { serve } from './test/serve.mjs';

const [abkd, folder] = process.argv.slice(2), site = await serve(abkd, folder);
/** The lowest scores that will do. */
const bars = { performance: 0.9, accessibility: 1 };
const categories = ['performance', 'accessibility', 'best-practices'];
try {
  for (const preset of ['desktop', 'mobile']) {
    const text = execFileSync('npm', ['exec', '--yes', '--package=lighthouse@12.8.2', '--', 'lighthouse', site.url, '--quiet', '--output=json', '--output-path=stdout',
      `--only-categories=${categories}`, ...(preset === 'desktop' ? ['--preset=desktop'] : []), '--chrome-flags=--headless=new --no-sandbox --use-angle=swiftshader --enable-unsafe-swiftshader'],
    { env: { CHROME_PATH: '/usr/bin/chromium', ...process.env }, maxBuffer: 1e9, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const report = JSON.parse(text);
    console.log(`Lighthouse ${report.lighthouseVersion}, ${preset}: ${categories.map((c) => `${c} ${report.categories[c].score ?? 'unknown'}`).join(', ')}; the load was ${loadavg()[0].toFixed(1)}`);
    for (const [c, bar] of Object.entries(bars)) {
      if (!(report.categories[c].score >= bar)) {
        console.log(`  ${c} is below ${bar}`);
        process.exitCode = 1;
      }
    }
    for (const c of categories.slice(1)) for (const { id } of report.categories[c].auditRefs) if (report.audits[id].score === 0) console.log(`  ${id}: ${report.audits[id].title}`);
  }
} finally {
  await site.stop();
}
