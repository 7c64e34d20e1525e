// Starts the server that people start, `abkd serve`, on a free port.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Serves folder with the program abkd and returns the URL that it prints and a function that stops it. */
export async function serve(abkd, folder) {
  const child = spawn(abkd, ['serve', '--dir', folder, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address) {
      child.stdout.resume();
      return { url: `${address}/`, stop: () => { child.kill(); return exited; } };
    }
  }
  throw new Error(`${abkd} ended without an address`);
}
