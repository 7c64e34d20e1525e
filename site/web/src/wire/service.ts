// Has the browser keep the page, so that it opens without a network.

import { isOneFile } from './enclosed';

/** The version of this page, as its document says; "" of a page that is not kept. */
const version = () => document.querySelector<HTMLMetaElement>('meta[name=abkd-version]')?.content ?? '';

/** How long a page that is looked at again asks for no newer version, in milliseconds. */
const rest = 60_000;

/**
 * Keeps the page with all its files from now on; told is called once a newer version has come, which waits until no page
 * is open. Where a browser keeps nothing, as of an address without https, nothing is done.
 */
export async function keepPage(told: () => void): Promise<void> {
  if (isOneFile || !version() || !navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register('service.js', { updateViaCache: 'none' }).catch(() => undefined);
  if (!registration) return;
  const look = async (worker: ServiceWorker | null) => {
    if (worker?.state === 'installed' && registration.active && await versionOf(worker) !== version()) told();
  };
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => void look(worker));
  });
  void look(registration.waiting);
  let asked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || Date.now() - asked < rest) return;
    asked = Date.now();
    registration.update().catch(() => { /* there is no network */ });
  });
}

const versionOf = (worker: ServiceWorker) => new Promise<string>((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => done(data as string);
  worker.postMessage(null, [port2]);
});
