// The page as a part of a class: a teacher's, or a student's. The connection comes
// and goes; the page works without it, and says what it has to say once it is back.

import type { SceneID } from '../generated/lesson';
import { commands } from '../generated/wire';
import type { Lab } from '../state/lab.svelte';
import { experimentText } from '../state/fragment';
import { controls, formatLink, keyOf, parseLink } from '../state/link';
import { Pool } from '../studies/pool.svelte';
import { say } from '../texts/texts';
import type { Snapshot } from '../wire/snapshot';
import { taught } from '../words/report';
import { connect, holds, isOwn, joinRoom, openRoom, resultsOf, rooms, Refused, type Counts, type Entry, type Lesson, type Progress, type Ran, type Row, type Said, type Seat } from './talk';

const kept = 'abkd-class';
/** How often a student's page says where it is, in milliseconds, if something has changed; and if nothing has. */
const beat = 2000, idle = 8000;
/** How long an answer may take, in milliseconds. Then the connection is taken for gone, of which nobody may ever tell the page. */
const silence = 15_000;
/** How long the page waits until it tries again: longer each time, and not all pages of a class at once. */
const patience = (tries: number) => Math.min(10_000, 500 * 2 ** tries) * (0.5 + Math.random());
/** The longest link that a room keeps of a run. */
const mostLink = 2000;

type Verified = 'running' | 'same' | 'differs' | 'failed';

/** Whether a run that is over has come to what an entry says. */
export function comesTo(s: Snapshot, entry: Entry): boolean {
  const model = taught(s)?.model;
  return s.hash === entry.weights && Number(s.seed) === entry.seed && s.epoch === entry.epoch && model?.test === entry.accuracy && model.params === entry.parameters;
}

const noLesson: Lesson = { frozen: false, step: 0, moved: 0, sent: 0, seeds: 0 };

export class Classroom {
  /** The server has rooms. */
  there = $state(false);
  /** It opens them for nobody without a key. */
  keyed = $state(false);
  /** Where students find the page: where this one is, unless that is an address of this machine alone. */
  addresses = $state.raw<string[]>([]);
  /** The dialog is open. */
  open = $state(false);
  seat = $state.raw<Seat | undefined>();
  connected = $state(false);
  lesson = $state.raw<Lesson>(noLesson);
  /** The seed that was handed out to this student, 0 for none. */
  seed = $state(0);
  counts = $state.raw<Counts>({});
  /** The teacher's board, by number, with when each row came. */
  rows = $state.raw<(Row & { at: number })[]>([]);
  entries = $state.raw<Ran[]>([]);
  /** Nobody else may join. */
  locked = $state(false);
  /** What came of computing an entry again, by all that the entry says. */
  private readonly verified = $state<Record<string, Verified>>({});
  /** What went wrong, in a sentence. */
  error = $state('');

  private socket: WebSocket | undefined;
  private tries = 0;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private beating: ReturnType<typeof setInterval> | undefined;
  private said = { progress: '', at: 0, guesses: new Map<string, string>() };
  /** Since when an answer is waited for, 0 for no answer. */
  private asked = 0;
  /** Runs that came to their end and are yet to be kept, and those that are. */
  private readonly pending = new Map<string, Entry>();
  private readonly done = new Set<string>();
  /** What of the lesson this page has done, by its counts. */
  private followed = { moved: 0, sent: 0, seed: 0 };
  /** The run went on when the class was stopped. */
  private held = false;
  private pool: Pool | undefined;

  constructor(private readonly lab: Lab) {}

  get isTeacher(): boolean { return this.seat?.role === 'teacher'; }
  get frozen(): boolean { return this.seat?.role === 'student' && this.lesson.frozen; }

  /** Asks once whether there are rooms, and comes back to one that the page was in. */
  async find(): Promise<void> {
    if (this.lab.supply.native || this.lab.screen.embedded) return;
    const { there, keyed, others } = await rooms();
    [this.there, this.keyed] = [there, keyed];
    this.addresses = isOwn(location.hostname) ? others.map((address) => address.replace('http://', '')) : [location.host];
    if (!there) return;
    const text = sessionStorage.getItem(kept);
    if (!text) return;
    const { seat, followed } = JSON.parse(text) as { seat: Seat; followed: Classroom['followed'] };
    this.followed = followed;
    this.sit(seat);
  }

  /** Opens a room, as its teacher. */
  async begin(key: string): Promise<void> { await this.enter(openRoom(key.trim())); }

  /** Joins a room, as a student. */
  async join(code: string, name: string): Promise<void> { await this.enter(joinRoom(code.trim().toUpperCase(), name)); }

  private async enter(asked: Promise<Seat>): Promise<void> {
    this.error = '';
    try {
      const seat = await asked;
      this.followed = { moved: 0, sent: 0, seed: 0 };
      this.sit(seat);
      const { address } = this.lab;
      if (seat.role === 'student') {
        this.open = false;
        if (address.kernels === 'auto') this.lab.setKernels('simd128'); // a class compares numbers
      }
    } catch (err) {
      const { status, message } = err as Refused;
      this.error = say('room.refused', { why: status === 403 ? 'key' : status === 404 ? 'code' : status === 422 ? 'name' : status === 429 ? 'often' : status === 423 ? 'locked' : status === 409 || status === 503 ? 'full' : status === 0 ? 'gone' : 'other', said: message });
    }
  }

  /** Leaves the room; the page goes on by itself. */
  leave(): void {
    clearTimeout(this.waiting);
    clearInterval(this.beating);
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
    sessionStorage.removeItem(kept);
    this.seat = undefined;
    this.connected = this.held = false;
    this.lesson = noLesson;
    this.rows = [];
    this.entries = [];
    this.counts = {};
    this.locked = false;
    this.pending.clear();
    this.done.clear();
  }

  private sit(seat: Seat): void {
    this.seat = seat;
    this.keep();
    this.tries = 0;
    this.said = { progress: '', at: 0, guesses: new Map() };
    this.connect();
    this.beating = setInterval(() => this.report(), beat);
  }

  private keep(): void { sessionStorage.setItem(kept, JSON.stringify({ seat: this.seat, followed: this.followed })); }

  private connect(): void {
    const seat = this.seat!, socket = connect(seat);
    this.socket = socket;
    this.asked = performance.now();
    socket.onopen = () => {
      this.asked = 0;
      this.connected = true;
      this.tries = 0;
      this.said = { progress: '', at: 0, guesses: new Map() };
      this.report();
    };
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      this.asked = 0;
      this.hear(JSON.parse(data as string) as Said);
    };
    socket.onclose = () => { if (this.socket === socket) void this.lost(seat); };
  }

  /** Tries again to connect, unless the room is over. */
  private async lost(seat: Seat): Promise<void> {
    this.connected = false;
    this.asked = 0;
    if (this.lesson.frozen && !this.isTeacher) this.thaw(); // who learns alone is held up by nobody
    const before = this.seat;
    if (await holds(seat) === false && this.seat === before) return this.end();
    if (this.seat !== before) return;
    this.waiting = setTimeout(() => this.connect(), patience(this.tries++));
  }

  /** The room is over, for all or for this student. */
  private end(why: 'room.over' | 'room.removed' = 'room.over'): void {
    if (this.frozen) this.thaw();
    this.leave();
    this.open = false;
    this.lab.notices.tell(say(why));
  }

  private hear(said: Said): void {
    switch (said.type) {
      case 'board':
        this.rows = said.students.map((row) => ({ ...row, at: performance.now() }));
        this.entries = said.entries;
        this.lesson = said.lesson;
        this.counts = said.counts;
        this.locked = said.locked;
        break;
      case 'student':
        this.rows = [...this.rows.filter((r) => r.number !== said.student.number), { ...said.student, at: performance.now() }].sort((a, b) => a.number - b.number);
        break;
      case 'entry': this.entries = [...this.entries, said.entry]; break;
      case 'counts': this.counts = said.counts; break;
      case 'lesson':
        this.counts = said.counts;
        if (this.isTeacher) [this.lesson, this.locked] = [said.lesson, said.locked ?? false];
        else this.follow(said.lesson, said.seed ?? 0);
        break;
      case 'kept':
        this.pending.delete(said.weights);
        this.done.add(said.weights);
        break;
      case 'refused':
        if (said.status === 409) this.pending.clear(); // the room keeps no more of this student
        break;
      case 'removed':
        if (!this.isTeacher) return this.end('room.removed');
        this.rows = this.rows.filter((r) => r.number !== said.number);
        this.entries = this.entries.filter((e) => e.number !== said.number);
        break;
      case 'closed': this.end(); break;
    }
  }

  /** Does what the teacher has all students do, once. */
  private follow(lesson: Lesson, seed: number): void {
    const { lab, followed } = this, before = this.lesson;
    this.seed = seed;
    if (lesson.sent > followed.sent && lesson.link) this.take(lesson.link, seed);
    else if (seed > 0 && seed !== followed.seed) lab.experiment.set('seed', String(seed));
    if (lesson.moved > followed.moved && lesson.scene) lab.tell(lesson.scene as SceneID, lesson.step - 1);
    this.followed = { moved: lesson.moved, sent: lesson.sent, seed };
    this.lesson = lesson;
    this.keep();
    if (!lesson.frozen && before.frozen) this.thaw();
  }

  /** Goes to the teacher's state, with the student's own seed if there is one. */
  private take(link: string, seed: number): void {
    const { notice: _, drawn: __, ...address } = parseLink(link);
    const own = seed > 0 ? { ...address, settings: { ...address.settings, seed: String(seed) }, epoch: undefined } : address;
    history.pushState(null, '', formatLink(own));
    this.lab.followAddress();
  }

  /** Stops the run while the class is stopped, also one that begins meanwhile. */
  hold(): void {
    if (!this.frozen || !this.lab.run.running) return;
    this.held = true;
    this.lab.run.command(commands.pause());
  }

  private thaw(): void {
    this.lesson = { ...this.lesson, frozen: false };
    if (this.held) this.lab.run.command(commands.play());
    this.held = false;
  }

  private tell(message: object): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify(message));
    this.said.at = performance.now();
    this.asked ||= this.said.at;
  }

  /** Says what is new, or anything: without an answer the connection is gone. */
  private report(): void {
    const { seat, socket } = this, now = performance.now();
    if (!seat) return;
    if (!this.isTeacher) this.note();
    if (this.asked > 0 && now - this.asked > silence) {
      this.socket = undefined; // that it is closed is told late, or never
      socket?.close();
      return void this.lost(seat);
    }
    if (!this.connected) return;
    const isIdle = now - this.said.at > idle;
    if (!this.isTeacher) this.reportStudent(isIdle);
    else if (isIdle) this.tell({ type: 'ping' });
  }

  /** Says where the student is, what was guessed and which runs came to their end, as far as that is new. */
  private reportStudent(isIdle: boolean): void {
    const text = JSON.stringify(this.progress);
    if (text !== this.said.progress || isIdle) {
      this.tell({ type: 'heartbeat', progress: this.progress });
      this.said.progress = text;
    }
    for (const [question, guess] of Object.entries(this.lab.timeline.guesses)) {
      if (this.said.guesses.get(question) === guess) continue;
      this.said.guesses.set(question, guess);
      this.tell({ type: 'guess', question, guess });
    }
    for (const entry of this.pending.values()) this.tell({ type: 'entry', entry });
  }

  private get progress(): Progress {
    const { run, address } = this.lab, s = run.snapshot, model = s ? taught(s)?.model : undefined;
    return {
      scene: address.scene, step: address.step + 1, running: s?.running ?? false, over: s?.phase === 'finished', seed: Number(s?.seed ?? 0), epoch: s?.phase === 'teaching' ? 0 : s?.epoch ?? 0,
      accuracy: model && Number.isFinite(model.test) ? model.test : null, parameters: model?.params ?? null,
    };
  }

  /** Notes a run that has come to its end. */
  private note(): void {
    const { run, address, experiment } = this.lab, s = run.snapshot, { accuracy, parameters, epoch, seed } = this.progress;
    if (s?.phase !== 'finished' || accuracy === null || parameters === null) return;
    if (keyOf(s.experiment) !== experiment.text || s.backend === 'relaxed' && address.kernels !== 'auto') return; // it is of the run before
    const weights = s.hash, { link } = address;
    if (!this.done.has(weights) && link.length <= mostLink) this.pending.set(weights, { seed, link, weights, epoch, accuracy, parameters });
  }

  // --- what a teacher does ---

  freezeAll(on: boolean): void { this.tell({ type: 'freeze', on }); }

  /** Takes all to a step of the story, this page too. */
  stepAll(scene: SceneID, step: number): void {
    this.lab.tell(scene, step);
    this.tell({ type: 'step', scene, step: step + 1 });
  }

  sendAll(): void { this.tell({ type: 'send', link: this.lab.shared(false) }); }
  handOutSeeds(on: boolean): void { this.tell({ type: 'seeds', on, first: 1 }); }
  reveal(question: string): void { this.tell({ type: 'reveal', question }); }
  lock(on: boolean): void { this.tell({ type: 'lock', on }); }
  remove(number: number): void { this.tell({ type: 'remove', number }); }
  close(): void { this.tell({ type: 'close' }); }

  /** The results as CSV, undefined if they cannot be had. */
  async results(): Promise<string | undefined> {
    try {
      return await resultsOf(this.seat!);
    } catch {
      this.error = say('room.refused', { why: 'gone', said: '' });
      return undefined;
    }
  }

  /** Whether an entry can be computed again here to the same bits. */
  canVerify(entry: Entry): boolean {
    const { kernels, plan, settings } = parseLink(entry.link);
    return kernels !== 'auto' && plan === '' && settings.data !== 'pack';
  }

  verifiedOf(entry: Ran): Verified | undefined { return this.verified[JSON.stringify(entry)]; }

  /** Trains what an entry says, and compares all that comes of it: weights alone could be another run's. */
  async verify(entry: Ran): Promise<void> {
    const key = JSON.stringify(entry);
    this.pool ??= new Pool({ supply: this.lab.supply, kernels: () => 'simd128', notice: () => {}, graph: () => null });
    this.verified[key] = 'running';
    try {
      const last = await this.pool.run({ experiment: experimentText(controls, parseLink(entry.link).settings) }, new AbortController().signal);
      this.verified[key] = comesTo(last, entry) ? 'same' : 'differs';
    } catch {
      this.verified[key] = 'failed';
    }
  }
}
