// What a page and a room say to each other: HTTP to come in, then a WebSocket, as
// site/api and site/room have it.

import { isOneFile } from '../wire/enclosed';

/** What is asked below this address; a host without rooms has a file there that says so. */
const base = () => new URL('api/', document.baseURI);

export interface Lesson { frozen: boolean; scene?: string; step: number; moved: number; link?: string; sent: number; seeds: number; revealed?: string[] }

/** How many guessed what, by question and guess. */
export type Counts = Record<string, Record<string, number>>;

export interface Progress { scene: string; step: number; running: boolean; over: boolean; seed: number; epoch: number; accuracy: number | null; parameters: number | null }

/** A student on the board: quiet and still are the seconds since the student was heard, and since anything moved. */
export interface Row extends Progress { number: number; name?: string; quiet: number; still: number }

export interface Entry { seed: number; link: string; weights: string; epoch: number; accuracy: number; parameters: number }
export interface Ran extends Entry { number: number }

/** What a room says. */
export type Said =
  | { type: 'board'; code: string; left: number; locked: boolean; lesson: Lesson; students: Row[]; entries: Ran[]; counts: Counts }
  | { type: 'lesson'; number?: number; name?: string; seed?: number; locked?: boolean; lesson: Lesson; counts: Counts }
  | { type: 'student'; student: Row } | { type: 'entry'; entry: Ran } | { type: 'counts'; counts: Counts }
  | { type: 'kept'; weights: string } | { type: 'refused'; status: number; error: string }
  | { type: 'removed'; number: number } | { type: 'heard' } | { type: 'closed' } | { type: 'restart' };

/** Who somebody is in a room; the token is nobody else's. */
export interface Seat { role: 'teacher' | 'student'; code: string; token: string; number: number; name: string }

/** Why a server does not do something: its status, 0 if it cannot be reached. */
export class Refused extends Error {
  constructor(readonly status: number, text: string) { super(text); }
}

/** Whether the server has rooms, opens them for nobody without a key, and by which addresses other machines reach it if it is this one. Every host answers that, so nothing is told in the console. */
export async function rooms(): Promise<{ there: boolean; keyed: boolean; others: string[] }> {
  const none = { there: false, keyed: false, others: [] };
  if (isOneFile) return none;
  try {
    const answer = await fetch(new URL('about.json', base()), { cache: 'no-store' });
    if (!answer.ok) return none;
    const about = await answer.json() as { rooms?: boolean; key?: boolean; others?: string[] };
    return { there: about.rooms === true, keyed: about.key === true, others: about.others ?? [] };
  } catch {
    return none;
  }
}

/** Whether an address leads each machine to itself alone. */
export const isOwn = (hostname: string): boolean => /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

/** How long an answer may take, in milliseconds. */
const patience = 20_000;

async function ask(path: string, body?: unknown, token = ''): Promise<Response> {
  const headers = { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  let answer: Response;
  try {
    answer = await fetch(new URL(path, base()), { method: body === undefined ? 'GET' : 'POST', headers, cache: 'no-store', signal: AbortSignal.timeout(patience), ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  } catch {
    throw new Refused(0, '');
  }
  if (!answer.ok) throw new Refused(answer.status, ((await answer.json().catch(() => ({}))) as { error?: string }).error ?? '');
  return answer;
}

/** Opens a room, with the key of teachers, '' for none. */
export async function openRoom(key: string): Promise<Seat> {
  const { code, token } = await (await ask('rooms', {}, key)).json() as { code: string; token: string };
  return { role: 'teacher', code, token, number: 0, name: '' };
}

export async function joinRoom(code: string, name: string): Promise<Seat> {
  const said = await (await ask(`rooms/${encodeURIComponent(code)}/students`, { name })).json() as { token: string; number: number; name?: string };
  return { role: 'student', code, token: said.token, number: said.number, name: said.name ?? '' };
}

/** Whether a seat is still one of the room; undefined if nobody can tell. */
export async function holds({ code, token }: Seat): Promise<boolean | undefined> {
  try {
    await ask(`rooms/${code}`, undefined, token);
    return true;
  } catch (err) {
    return (err as Refused).status === 401 ? false : undefined;
  }
}

/** A short address that leads to a link for 90 days. */
export async function shortOf(link: string): Promise<string> {
  const { id } = await (await ask('links', { link: new URL(link).hash })).json() as { id: string };
  return new URL(`links/${id}`, base()).href;
}

/** The results of all, as CSV. */
export const resultsOf = async ({ code, token }: Seat): Promise<string> => (await ask(`rooms/${code}/results`, undefined, token)).text();

/** Connects a seat. The token is offered as a protocol, so that it is in no address. */
export function connect({ code, token }: Seat): WebSocket {
  const address = new URL(`rooms/${code}/socket`, base());
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(address, ['abkd-room', `token.${token}`]);
}
