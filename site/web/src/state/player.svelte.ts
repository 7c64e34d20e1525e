// Plays a lesson: a guess is locked before the runs begin, and judged by what
// they came to.

import { end, parts, type Answer, type Lesson, type Part, type Run } from '../generated/course';
import type { SceneID } from '../generated/lesson';
import { commands, type Command, type Showable } from '../generated/wire';
import { experimentText, clean, parseFragment } from './fragment';
import { controls, keyOf } from './link';
import { isShown, valueOf, type Control, type Settings } from './schema';
import { say } from '../texts/texts';
import type { Snapshot } from '../wire/snapshot';
import type { Source } from '../wire/files';
import type { Read } from '../wire/lessons';
import { keep, kept, type Progress } from './progress';
import { holds, reckon, rightOf, valueIn, type Values } from './values';

/** Whether a lesson is named by its address on this site. */
export const isAddress = (id: string): boolean => id.endsWith('.md');

/** What a sitting is on paper. */
export const papers = ['worksheet', 'key', 'teacher'] as const;
export interface Paper { kind: (typeof papers)[number]; sitting: number }

/** What a player asks of the page. */
export interface Stage {
  /** Shows the picture of a step of a scene. */
  show(scene: SceneID, step: number): void;
  /** Begins an experiment; what follows is done before its first step. */
  perform(experiment: string, speed: number, then: Command[]): void;
  /** Begins what ran before the first of them again. */
  resume(): void;
  command(c: Command): void;
  /** Writes the address of what is shown. */
  moved(): void;
  notice(text: string): void;
  load(tag: string): Promise<Lesson[]>;
  /** What the lessons of the course came to, by their words. */
  answers(): Promise<Record<string, Answer>>;
  /** Reads lessons of a teacher's own: those in files, or the one at an address. */
  read(from: Source[] | string): Promise<Read[]>;
}

export class Player {
  /** The course stands in the card of the story: its list, or a lesson. */
  open = $state(false);
  private course = $state.raw<Lesson[]>([]);
  /** Lessons of files and addresses, which are their words: so none is taken for one of the course. */
  opened = $state.raw<Lesson[]>([]);
  /** What is wrong with files that were opened as lessons. */
  mistakes = $state.raw<string[]>([]);
  /** The lesson that is played, "" for the list. */
  id = $state('');
  /** Its step, counted from 0. */
  at = $state(0);
  /** The option that was guessed, -1 for none yet. */
  guess = $state(-1);
  progress = $state.raw<Progress>(kept());
  /** How often settings were handed in to the exam. */
  attempts = $state(0);
  /** The settings that the reader has chosen for the exam, by their keys. */
  private own = $state.raw<Settings>({});
  /** The option that the first settings handed in have left. */
  private first = $state(-1);
  /** The run that is being made. */
  now = $state.raw<Run | undefined>();
  /** What lies over the page, to be printed. */
  paper = $state.raw<Paper | undefined>();
  /** What the lessons of the course came to, once that was asked for. */
  answers = $state.raw<Record<string, Answer>>({});
  /** Why the last run did not come to its end, "" for none. */
  failed = $state('');
  /** What each run that was made came to. */
  private ran = $state.raw<Record<string, Values>>({});
  private seed: number | undefined;
  private waiting: Run[] = [];
  /** The experiment of now, as the trainer's snapshots have it. */
  private key = '';
  /** A command for now has been sent whose effect is yet to be seen. */
  private asked: 'pause' | 'rewind' | '' = '';
  private tag = '';

  constructor(private readonly stage: Stage) {}

  readonly lessons: Lesson[] = $derived([...this.course, ...this.opened]);
  /** The sittings of the course, 0 for its further lessons, in their order. */
  readonly sittings: number[] = $derived([...new Set(this.course.map((l) => l.sitting))]);
  readonly lesson = $derived(this.lessons.find((l) => l.id === this.id));
  /** The parts of the lesson that are steps. */
  readonly steps: Part[] = $derived(parts.filter((p) => p !== 'see' && (this.lesson?.texts[p]?.length ?? 0) > 0));
  readonly part: Part = $derived(this.steps[this.at] ?? 'claim');
  readonly values: Values = $derived(this.lesson ? reckon(this.lesson, Object.assign({}, ...Object.values(this.ran)) as Values) : {});
  /** All runs that answer the guess have been made. */
  readonly isAnswered = $derived(this.lesson?.runs.every((r) => this.ran[r.name]) ?? false);
  readonly hasChanged = $derived(this.lesson?.change ? this.ran[this.lesson.change.name] !== undefined : false);
  readonly right = $derived(this.attempts > 1 ? this.first : this.lesson && this.isAnswered ? rightOf(this.lesson, this.values) : -1);
  /** Whether each demand of the exam is met, undefined where that is not known. */
  readonly met = $derived(this.lesson?.exam?.passes.map((o) => holds(o.when, this.values)) ?? []);
  /** The guess can be changed no more. */
  readonly isLocked = $derived(this.now !== undefined || this.isAnswered || this.attempts > 0);
  /** What the runs of the exam have, with what the reader has chosen. */
  private readonly settings: Settings = $derived(this.lesson?.exam ? clean(controls, { ...parseFragment(this.lesson.runs[0]!.begin), ...this.own }) : {});
  /** The settings that the reader chooses, those that have an effect beside the others. */
  readonly fields: { control: Control; value: string }[] = $derived((this.lesson?.exam?.free ?? []).map((key) => controls.find((c) => c.key === key)!)
    .filter((c) => isShown(controls, this.settings, c)).map((control) => ({ control, value: valueOf(controls, this.settings, control.key) })));
  /** What the lesson needs to be computed. */
  get shows(): Showable[] { return this.open && this.lesson ? this.lesson.shows : []; }

  /** The last step that may be seen now. */
  private readonly most = $derived(this.guess < 0 ? this.steps.indexOf('guess') : this.isAnswered ? this.steps.length - 1 : this.steps.indexOf('run'));
  readonly hasNext = $derived(this.at < Math.min(this.most, this.steps.length - 1));

  /** Shows the list of the course in the language that is spoken. */
  async menu(tag: string): Promise<void> {
    this.open = true;
    this.quit();
    await this.speak(tag);
    this.stage.moved();
  }

  /** Lays a sitting on paper over the page. */
  async lay(kind: Paper['kind'], sitting: number): Promise<void> {
    try {
      if (kind !== 'worksheet') this.answers = await this.stage.answers();
      this.paper = { kind, sitting };
    } catch (err) {
      this.stage.notice(say('lesson.unloaded', { reason: (err as Error).message }));
    }
  }

  /** The lessons of a sitting of the course. */
  of(sitting: number): Lesson[] { return this.course.filter((l) => l.sitting === sitting); }

  putAway(): void { this.paper = undefined; }

  /** Has the lessons in a language. */
  async speak(tag: string): Promise<void> {
    if (this.tag === tag) return;
    try {
      const lessons = await this.stage.load(tag);
      this.tag = tag;
      this.course = lessons;
    } catch (err) {
      this.stage.notice(say('lesson.unloaded', { reason: (err as Error).message }));
    }
  }

  /** Begins a lesson, as a link says it. */
  async openAt(id: string, tag: string): Promise<void> {
    this.open = true;
    await this.speak(tag);
    if (isAddress(id)) return this.take(await this.stage.read(id), [id]);
    if (this.lessons.some((l) => l.id === id)) this.begin(id);
    else if (this.lessons.length > 0) this.stage.notice(say('lesson.none', { id, ids: this.lessons.map((l) => l.id).join(', ') }));
  }

  /** Opens lessons of files, and begins the first; what is wrong with others is told. */
  async openFiles(files: Source[], tag: string): Promise<void> {
    this.open = true;
    await this.speak(tag);
    this.take(await this.stage.read(files), files.map((f) => `file:${f.name}`));
  }

  private take(all: Read[], ids: string[]): void {
    const read = all.flatMap((r, i) => ('lesson' in r ? [{ ...r.lesson, id: ids[i]!, sitting: 0 }] : []));
    this.opened = [...this.opened.filter((l) => !ids.includes(l.id)), ...read];
    this.mistakes = all.flatMap((r) => ('mistakes' in r ? r.mistakes : []));
    if (read.length > 0 && this.mistakes.length === 0) this.begin(read[0]!.id);
    else this.quit();
    this.stage.moved();
  }

  /** What the address of the page calls the lesson: a file on a disk has none. */
  get word(): string { return this.id.startsWith('file:') ? '' : this.id; }

  /** Begins a lesson, with the picture of its first run before the first step. */
  begin(id: string, seed?: number): void {
    const own = id === this.id ? this.own : {}; // another seed is of the same settings
    this.quit();
    this.id = id;
    this.seed = seed;
    this.own = own;
    const lesson = this.lesson!;
    this.stage.show(lesson.scene, lesson.step);
    this.stage.perform(this.textOf(lesson.runs[0]!), lesson.speed, [commands.pause(), ...lesson.runs[0]!.commands as Command[]]);
    this.stage.moved();
  }

  /** Leaves the course: the story takes its place. */
  leave(): void {
    if (!this.open) return;
    this.open = false;
    this.quit();
    this.stage.resume();
    this.stage.moved();
  }

  private quit(): void {
    if (this.id !== '') this.mistakes = [];
    this.id = '';
    this.at = 0;
    this.guess = -1;
    this.ran = {};
    this.attempts = 0;
    this.first = -1;
    this.own = {};
    this.halt('');
  }

  private halt(why: string): void {
    this.now = undefined;
    this.waiting = [];
    this.asked = '';
    this.failed = why;
  }

  choose(option: number): void { if (this.part === 'guess' && !this.isLocked) this.guess = option; }

  next(): void { if (this.hasNext) this.go(this.at + 1); }
  previous(): void { if (this.at > 0) this.go(this.at - 1); }

  /** Goes to a step that may be seen; the runs begin when theirs is reached first, those of an exam when they are handed in. */
  go(step: number): void {
    if (step < 0 || step > this.most) return;
    this.at = step;
    if (this.part === 'run' && !this.lesson?.exam && !this.isAnswered && !this.now) this.runAll();
    this.stage.moved();
  }

  /** Makes the runs that answer the guess. */
  runAll(): void {
    this.ran = {};
    this.make([...this.lesson!.runs]);
  }

  /** Chooses a setting for the exam. */
  set(key: string, value: string): void { this.own = { ...this.own, [key]: value }; }

  /** Hands the settings in: they are trained and scored. */
  handIn(): void {
    this.attempts++;
    this.runAll();
  }

  /** Makes again what did not come to its end. */
  retry(): void {
    if (this.part === 'change') this.runChange();
    else this.runAll();
  }

  /** Another experiment was begun by hand: the run that was being made is gone. */
  interrupt(): void { if (this.now) this.halt(say('lesson.interrupted')); }

  /** Makes what the reader may change. */
  runChange(): void { if (this.lesson?.change) this.make([this.lesson.change]); }

  /** The same lesson on another seed: another guess, and other runs. */
  again(): void { this.begin(this.id, (this.seed ?? this.lesson!.seed) + 1); }

  get seedNow(): number { return this.seed ?? this.lesson?.seed ?? 1; }

  clear(): void { keep(this.progress = {}); }

  private make(runs: Run[]): void {
    this.halt('');
    this.waiting = runs;
    this.turn();
  }

  private textOf(run: Run): string {
    const own = run === this.lesson?.change ? {} : this.own;
    return experimentText(controls, clean(controls, { ...parseFragment(run.begin), ...own, seed: String(this.seedNow + run.plus) }));
  }

  /** Begins the next run that waits. */
  private turn(): void {
    const run = this.now = this.waiting.shift();
    this.asked = '';
    if (!run) return;
    const text = this.textOf(run);
    this.key = keyOf(text);
    this.stage.perform(text, this.lesson!.speed, [commands.pause(), ...run.commands as Command[], commands.play()]);
  }

  /** Follows the run that is being made, and reads what it came to. */
  follow(s: Snapshot): void {
    const { now: run, lesson } = this;
    if (!run || !lesson || keyOf(s.experiment) !== this.key) return;
    if (lesson.exam && run !== lesson.change && s.changes.length > 0) return this.halt(say('exam.changed'));
    if (s.phase === 'failed') return this.halt(say('lesson.failed', { run: run.name }));
    if (!this.isAt(run, s)) return;
    const own = lesson.values.filter((v) => v.run === run.name);
    if (own.some((v) => v.measure === 'baseline') && s.baselines.length === 0) return; // the next one has them
    this.ran = { ...this.ran, [run.name]: Object.fromEntries(own.map((v) => [v.name, valueIn(v, s)])) };
    this.turn();
    if (!this.now && run !== lesson.change) this.note(lesson);
  }

  /** Whether a run is at the moment at which it is looked at; one that has gone by is taken back. */
  private isAt(run: Run, s: Snapshot): boolean {
    if (run.until === end) return s.phase === 'finished';
    if (s.phase === 'teaching' || s.epoch < run.until && s.phase !== 'finished') return false;
    if (s.epoch === run.until && s.step === 0 && !s.running || s.phase === 'finished' && s.epoch < run.until) return true;
    if (s.running && this.asked === '') {
      this.asked = 'pause';
      this.stage.command(commands.pause());
    } else if (!s.running && this.asked !== 'rewind') {
      this.asked = 'rewind';
      this.stage.command(commands.rewind({ epoch: run.until, step: 0 }));
    }
    return false;
  }

  /** Keeps that the lesson was played to its answer. */
  private note(lesson: Lesson): void {
    if (this.guess < 0 || this.right < 0) return;
    if (this.attempts === 1) this.first = this.right;
    const guess = lesson.guess[this.guess]!.text.map((x) => x.text).join(''), was = this.progress[lesson.id];
    const exam = lesson.exam ? { passed: this.met.every((is) => is === true), attempts: this.attempts, settings: this.textOf(lesson.runs[0]!) } : undefined;
    if (was?.exam?.passed && !exam?.passed) return; // who has passed has passed
    this.progress = { ...this.progress, [lesson.id]: { title: lesson.title, guess, right: this.guess === this.right, seed: this.seedNow, at: new Date().toISOString(), ...(exam ? { exam } : {}) } };
    keep(this.progress);
  }
}
