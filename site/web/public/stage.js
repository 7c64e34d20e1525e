// The stage: a frame that only draws. Its program (wasm/app) takes snapshots
// from the page through a MessagePort and sends back what the user clicks. The
// page hands the program over; it may begin anew in the same document.
'use strict';

/** What the page, tests and the program see; the program adds pinch(), svg() and state(). */
const stage = window.__abkd = {
  frames: 0, firstDraw: 0, error: '', port: null, pinch: null,
  state: () => null,
  svg: () => '',
  /** A text that the program's own font cannot write, in the browser's fonts, white and at most so wide. */
  write(text, size, bold, most) {
    const canvas = document.createElement('canvas'), pen = canvas.getContext('2d', { willReadFrequently: true });
    const style = {
      font: `${bold ? 'bold ' : ''}${size}px system-ui, sans-serif`, fillStyle: '#fff', textAlign: 'left',
      direction: /^\P{L}*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u.test(text) ? 'rtl' : 'ltr',
    };
    Object.assign(pen, style);
    const advance = Math.min(pen.measureText(text).width, most), base = Math.ceil(1.1 * size);
    Object.assign(canvas, { width: Math.ceil(advance) + 4, height: base + Math.ceil(0.4 * size) });
    Object.assign(pen, style); // a new size forgets it
    pen.fillText(text, 1, base, most);
    const image = pen.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < image.data.length; i += 4) image.data.fill(image.data[i + 3], i, i + 3); // multiplied by alpha
    return { image, base, advance };
  },
  /** What the drawing is called for who does not see it; the page says it in its language. */
  label: 'What the scene is about, drawn: models, nodes, layers or their alignment. The page lists the same as text. Keys: plus and minus zoom, Shift and an arrow pan, Home shows all.',
  /** Calls it so from now on. */
  call(text) {
    stage.label = text;
    document.querySelector('canvas')?.setAttribute('aria-label', text);
  },
  /** Says in one sentence why there is no picture: to the page, which has words of its own for some causes, or here. */
  fail(text, cause = '') {
    stage.error = text;
    if (stage.port) stage.port.postMessage({ type: 'error', text, cause });
    if (stage.frames > 0 || document.querySelector('.failure')) return;
    const p = document.createElement('p');
    p.className = 'failure';
    p.setAttribute('role', 'alert');
    p.textContent = text;
    document.body.append(p);
  },
};

// The drawing library takes every key, wheel and touch event. What moves the
// focus, scrolls the page or belongs to the browser passes by it: the wheel
// zooms with Ctrl, as it does by a pinch on a touchpad. From a tap the browser
// then makes the mouse events that the library understands; two fingers zoom,
// and once zoomed in one finger pans.
for (const type of ['keydown', 'keyup']) {
  addEventListener(type, (e) => {
    if (e.key === 'Tab' || e.ctrlKey || e.metaKey || e.altKey) e.stopImmediatePropagation();
  }, true);
}
addEventListener('wheel', (e) => {
  if (!e.ctrlKey) e.stopImmediatePropagation();
}, { capture: true, passive: true });

/** The fingers on the drawing, by their identifiers. */
const fingers = new Map();
for (const type of ['touchstart', 'touchmove', 'touchend', 'touchcancel']) {
  addEventListener(type, (e) => {
    e.stopImmediatePropagation();
    const before = spread([...fingers.values()]);
    if (type === 'touchmove') {
      for (const t of e.changedTouches) if (fingers.has(t.identifier)) fingers.set(t.identifier, [t.clientX, t.clientY]);
      const now = spread([...fingers.values()]);
      if (before && now && stage.pinch) {
        const zoom = stage.pinch(now.size / before.size, now.x, now.y, now.x - before.x, now.y - before.y);
        document.documentElement.classList.toggle('zoomed', zoom > 1);
      }
    } else {
      fingers.clear();
      for (const t of e.touches) fingers.set(t.identifier, [t.clientX, t.clientY]);
    }
  }, { capture: true, passive: true });
}

/** The middle of the fingers and how far apart they are; one finger keeps its distance. */
function spread(points) {
  if (points.length === 0) return undefined;
  const [[x0, y0], [x1, y1]] = [points[0], points.at(-1)];
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, size: points.length < 2 ? 1 : Math.max(Math.hypot(x1 - x0, y1 - y0), 1) };
}

/** What began last: the program, its port, and what ends with it. */
let run;

addEventListener('message', (e) => {
  if (e.source !== parent || e.origin !== origin || e.data?.type !== 'abkd-begin') return;
  begin(e.data.program, e.ports[0]);
});

// The drawing library would load the document again, which takes a network.
addEventListener('webglcontextlost', (e) => {
  e.stopImmediatePropagation();
  begin(run.program, run.port);
}, true);

/** Gives the canvas, which the library makes itself, a place in the page. */
function describe(canvas) {
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', stage.label);
}

/** Begins to draw, on a new canvas. */
async function begin(program, port) {
  end();
  const life = new AbortController();
  run = { program, port, life };
  Object.assign(stage, { frames: 0, firstDraw: 0, error: '', port });
  tie(life.signal);
  new MutationObserver((_, observer) => {
    const canvas = document.querySelector('canvas');
    if (canvas) observer.disconnect(), describe(canvas);
  }).observe(document.body, { childList: true, subtree: true });
  let trouble = 'its program ended.', cause = 'ended';
  try {
    const go = new Go();
    go.exit = () => {}; // it would warn of what is told below, or of a frame after the graphics processor has dropped the canvas
    const instance = await WebAssembly.instantiate(program, go.importObject);
    if (!life.signal.aborted) await go.run(instance);
  } catch (err) {
    [trouble, cause] = err instanceof RangeError ? ['there is no memory left for it. Close other pages, and try again.', 'memory'] : [err.message, ''];
  }
  if (life.signal.aborted) return;
  silence();
  if (!stage.error) stage.fail(trouble, cause);
}

/** Lets nobody call the program any more. */
function silence() {
  run.life.abort();
  run.port.onmessage = null;
  Object.assign(stage, { pinch: null, state: () => null, svg: () => '' });
}

/** Ends what is drawn. */
function end() {
  if (run) silence();
  const canvas = document.querySelector('canvas');
  canvas?.remove();
  canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
  document.querySelector('.failure')?.remove();
  document.documentElement.classList.remove('zoomed');
}

/** What the browser offers. */
const { addEventListener: listen } = EventTarget.prototype, { requestAnimationFrame: draw, setTimeout: wait, ResizeObserver: Observer } = window;

/** Ties to a signal what the program leaves with the browser to be called by: neither the library nor Go's runtime takes it back. */
function tie(signal) {
  const until = (call) => (...args) => { if (!signal.aborted) call(...args); };
  EventTarget.prototype.addEventListener = function (type, call, options) {
    listen.call(this, type, call, { ...(typeof options === 'object' ? options : { capture: options === true }), signal });
  };
  window.requestAnimationFrame = (call) => draw.call(window, until(call));
  window.setTimeout = (call, ms, ...args) => wait.call(window, until(call), ms, ...args);
  window.ResizeObserver = class extends Observer {
    constructor(call) { super(until(call)); }
  };
}

const theme = new URLSearchParams(location.search).get('theme');
if (theme) document.documentElement.className = theme;
