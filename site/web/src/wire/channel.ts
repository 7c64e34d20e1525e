// How a trainer is reached: as a worker of the page's own, or natively, at the
// other end of a socket.

import type { Code } from '../generated/session';
import { say } from '../texts/texts';
import type { Native } from './native';
import type { Supply } from './supply';

/** Why a trainer is gone: it was not there, it had too little memory, what it did, or the way to it was lost. */
export type Cause = 'supply' | 'memory' | 'run' | 'dropped';

/** What a trainer says. */
export interface Message {
  type: string; text: string; code: Code; fatal?: boolean; cause?: string; backend: string; bytes: ArrayBuffer; files: string[]; variant: string;
  /** Of a native trainer that is ready: what it computes with, and whether its run has begun. */
  arithmetic?: string; joined?: boolean;
  /** The page looks on; the run is another program's, which says what it is and how fast. */
  watching?: boolean; attended?: boolean;
}

/** What is said to a trainer. */
export type Request =
  | { type: 'command'; text: string }
  | { type: 'pull'; more: boolean }
  | { type: 'teacher' | 'shipped' | 'graph'; name: string; bytes: ArrayBuffer };

export interface Channel {
  /** Moves bytes rather than copying them. */
  send(r: Request): void;
  close(): void;
}

export interface Listener {
  said(m: Message): void;
  died(text: string, cause: Cause): void;
}

/** Starts a worker; kernels is what the address calls so, and the worker holds the lock while it lives. */
export async function startWorker(supply: Supply, kernels: string, lock: string, on: Listener): Promise<Channel> {
  const [program, modules] = await Promise.all([supply.trainer(), supply.kernels()]);
  const worker = supply.newWorker();
  worker.onmessage = ({ data }) => on.said(data);
  worker.onerror = (e) => {
    e.preventDefault();
    on.died(e.message ? say('trainer.own', { reason: e.message }) : say('trainer.unstarted'), 'run');
  };
  worker.postMessage({ type: 'start', program, kernels: modules, arithmetic: kernels, lock });
  return {
    send: (r) => worker.postMessage(r, 'bytes' in r ? [r.bytes] : []),
    close: () => worker.terminate(),
  };
}

/** Which of the lab's sessions a page wants: the main run, begun again or as it is, or one of its own. */
export interface Wanted { run: 'main' | 'study'; anew: boolean }

/** Why a lab sends a page away. */
const refusals: Record<string, () => string> = {
  token: () => say('trainer.secret'), taken: () => say('trainer.taken'), full: () => say('trainer.full'), hello: () => say('trainer.stranger'), over: () => say('trainer.over'),
};

/** Asks the lab that serves the page for a session. */
export function openSocket({ token }: Native, kernels: string, { run, anew }: Wanted, on: Listener): Channel {
  const address = new URL('lab', location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  address.hash = '';
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', token, run, arithmetic: kernels, anew }));
  socket.onmessage = ({ data }) => {
    const m = (typeof data === 'string' ? JSON.parse(data) : { type: 'snapshot', bytes: data }) as Message, refused = m.fatal && refusals[m.code];
    if (refused) on.died(refused(), 'supply');
    else on.said(m);
  };
  socket.onclose = () => on.died(say('trainer.gone'), 'dropped');
  return {
    send: (r) => {
      if (socket.readyState !== WebSocket.OPEN) return; // its end is told
      if (!('bytes' in r)) return socket.send(JSON.stringify(r));
      const { bytes, ...head } = r;
      socket.send(new Blob([`${JSON.stringify(head)}\n`, bytes]));
    },
    close: () => {
      socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}
