// Lighthouse on the built site, served by abkd, as a desktop and as a phone:
//
//	node lighthouse.mjs ABKD FOLDER
//
// npm fetches Lighthouse for this alone.

import { execFileSync } from 'node:child_process';
import { serve } from './test/serve.mjs';

const [abkd, folder] = process.argv.slice(2), site = await serve(abkd, folder);
const categories = ['performance', 'accessibility', 'best-practices'];
try {
  for (const preset of ['desktop', 'mobile']) {
    const text = execFileSync('npm', ['exec', '--yes', '--package=lighthouse@12.8.2', '--', 'lighthouse', site.url, '--quiet', '--output=json', '--output-path=stdout',
      `--only-categories=${categories}`, ...(preset === 'desktop' ? ['--preset=desktop'] : []), '--chrome-flags=--headless=new --no-sandbox --use-angle=swiftshader --enable-unsafe-swiftshader'],
    { env: { CHROME_PATH: '/usr/bin/chromium', ...process.env }, maxBuffer: 1e9, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const report = JSON.parse(text);
    console.log(`Lighthouse ${report.lighthouseVersion}, ${preset}: ${categories.map((c) => `${c} ${report.categories[c].score ?? 'unknown'}`).join(', ')}`);
    for (const c of categories.slice(1)) for (const { id } of report.categories[c].auditRefs) if (report.audits[id].score === 0) console.log(`  ${id}: ${report.audits[id].title}`);
  }
} finally {
  await site.stop();
}
