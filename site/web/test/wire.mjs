// What comes over the wire for a page, as the browser's network sees it:
// compressed, with headers, nothing of what it has kept.

/** Watches a page and its frames. With forgetful the browser keeps nothing. */
export async function watchWire(page, forgetful = true) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: forgetful });
  const requests = new Map();
  let wall = 0; // what to add to the browser's clock for the time of day, in seconds
  const arrive = (id, timestamp, bytes) => requests.get(id)?.pieces.push({ at: 1e3 * (timestamp + wall), bytes });
  cdp.on('Network.requestWillBeSent', ({ requestId, request, timestamp, wallTime }) => {
    wall = wallTime - timestamp;
    if (/^https?:/.test(request.url)) requests.set(requestId, { url: request.url, asked: 1e3 * wallTime, pieces: [], headers: {}, cached: false });
  });
  cdp.on('Network.responseReceived', ({ requestId, response, timestamp }) => {
    const r = requests.get(requestId);
    if (!r) return;
    r.headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
    r.cached = response.fromDiskCache;
    arrive(requestId, timestamp, response.encodedDataLength);
  });
  cdp.on('Network.dataReceived', ({ requestId, timestamp, encodedDataLength }) => arrive(requestId, timestamp, encodedDataLength));
  cdp.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) => {
    const r = requests.get(requestId);
    if (!r) return;
    arrive(requestId, timestamp, encodedDataLength - sum(r.pieces)); // what no piece told
    r.finished = 1e3 * (timestamp + wall);
  });
  const sum = (pieces, until = Infinity) => pieces.reduce((n, p) => n + (p.at <= until ? p.bytes : 0), 0);
  return {
    cdp,
    all: () => [...requests.values()],
    /** The bytes of some requests that had come at a time of day, in milliseconds. */
    bytes: (of = [...requests.values()], until = Infinity) => of.reduce((n, r) => n + sum(r.pieces, until), 0),
    find: (name) => [...requests.values()].find((r) => new URL(r.url).pathname.endsWith(`/${name}`)),
    clear: () => requests.clear(),
  };
}
