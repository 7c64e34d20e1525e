// The page's state, part by part, and what joins the parts: what the user asks
// for becomes commands to the trainer, what the trainer says becomes state.

import type { SceneID } from '../generated/lesson';
import type { Code } from '../generated/session';
import { shippedData } from '../generated/setup';
import { commands, type Command } from '../generated/wire';
import { told } from '../wire/foreign';
import { formatPlan } from '../wire/plan';
import { isOver, type Snapshot } from '../wire/snapshot';
import type { View } from '../wire/stage';
import { learn } from '../texts/glossary.svelte';
import { keepPage } from '../wire/service';
import { readAddress, readFiles } from '../wire/lessons';
import { Supply } from '../wire/supply';
import type { Cause } from '../wire/channel';
import { sentence, type Joined } from '../wire/trainer';
import { Address } from './address.svelte';
import { Attempts } from './attempts';
import { Player } from './player.svelte';
import { Beside } from './beside.svelte';
import { Drawing } from './drawing.svelte';
import { courseOf, courseText, Experiment, made, opening, type Course, type OwnGraph } from './experiment.svelte';
import { Inspected } from './inspected.svelte';
import { Language } from './language.svelte';
import { keyOf, misplaced, readSearch, type Place } from './link';
import { Notices } from './notices.svelte';
import { Outcomes } from './outcomes.svelte';
import { Run } from './run.svelte';
import { isFramedByOther, Screen } from './screen.svelte';
import { Timeline } from './timeline.svelte';
import { say } from '../texts/texts';

/** The scenes whose picture is of many runs. */
const ofManyRuns: SceneID[] = ['methods', 'frontier', 'collapse'];

export class Lab {
  readonly supply = new Supply();
  readonly notices = new Notices();
  readonly screen = new Screen();
  readonly language = new Language(this.supply, (text) => this.notices.tell(told(text)));
  readonly drawing = new Drawing();
  readonly outcomes = new Outcomes();
  readonly experiment = new Experiment((isAwaited) => this.changed(isAwaited));
  readonly address = new Address(this.experiment, () => this.place);
  readonly run = new Run(this.supply, () => this.experiment.own, {
    ready: (joined) => {
      this.tries = 0;
      if (joined === undefined) this.begin();
      else this.join(joined);
    },
    graphRefused: (text) => this.notices.tell(told(text)),
    snapshot: (before, bytes) => this.follow(before, bytes),
    commanded: (c) => this.beside.mirror(c),
    refused: (text, code) => this.refuse(text, code),
    untaught: (why) => this.notices.add(say('notice.untaught', { reason: told(why) })),
    slowed: (text) => this.notices.add(text),
    died: (cause) => {
      this.cause = cause;
      if (cause === 'dropped') this.comeBack();
    },
  });
  readonly timeline = new Timeline(this.run, () => this.notices.clear(), (epochs) => this.experiment.extend(epochs));
  readonly beside = new Beside({
    supply: this.supply, experiment: this.experiment, drawing: this.drawing, kernels: () => this.address.kernels, isOfARun: () => !ofManyRuns.includes(this.address.scene),
  });
  readonly inspected = new Inspected((c) => this.run.command(c), () => this.address.write());
  readonly player = new Player({
    show: (scene, step) => this.stand(scene, step),
    perform: (experiment, speed, then) => this.perform(experiment, speed, then),
    command: (c) => this.run.command(c),
    resume: () => this.resume(),
    moved: () => this.address.write(),
    notice: (text) => this.notices.tell(told(text)),
    load: (tag) => this.supply.lessons(tag),
    answers: () => this.supply.answers(),
    read: async (from) => (typeof from === 'string' ? [await readAddress(this.supply, from)] : readFiles(this.supply, from)),
  });
  private readonly attempts = new Attempts();
  /** The lesson of the address, until the run can be told of it. */
  private lessonAsked: string | undefined;
  /** What ran before the first run of a lesson, undefined outside of the course. */
  private beforeCourse: { course: Course; speed: number } | undefined;
  /** The graph that what is inspected is of. */
  private inspectedIn = '';
  /** Why the trainer is gone. */
  private cause: Cause = 'supply';
  /** The trainer has been told what to begin. */
  private begun = false;
  /** The run of a lab that the page has joined is yet to say what it is of. */
  private joining = false;
  /** The experiment of the address was refused, and another one runs. */
  private replaced = false;
  /** Where in the run the address wants to be, until the run is there; without an epoch, its first moment, of the teacher's training where it has that. */
  private arriving = $state.raw<{ epoch: number | undefined; paused: boolean } | undefined>();
  /** The focus that the address asks for, until the trainer has it. */
  private focus: number | undefined;
  /** The focus that each graph has by itself, once it is known. */
  private readonly ownFocus = new Map<string, number>();
  /** What is wrong with the address before its fragment. */
  private misread = '';
  private writing: ReturnType<typeof setTimeout> | undefined;
  private returning: ReturnType<typeof setTimeout> | undefined;
  /** How often the lab was asked for its run since the connection was lost. */
  private tries = 0;

  /** What the stage is to show. */
  get view(): View {
    const { screen, address, inspected } = this;
    return {
      theme: screen.forced === 'light' ? 'contrast-light' : screen.forced ? 'contrast' : screen.theme, model: screen.model, tab: screen.narrow && screen.tab !== 'curves' ? screen.tab : '',
      reducedMotion: screen.reducedMotion, visible: screen.showsDrawing && !screen.hidden, full: screen.full, large: screen.present ? 1.5 : 1, bare: screen.present && !screen.legend, speed: address.speed,
      scene: address.scene, step: address.step, select: inspected.subject, light: inspected.light, beat: this.timeline.beat, asked: inspected.quiz + 1,
      temperature: inspected.temperature || Number(this.experiment.value('temperature')) || 4,
    };
  }

  /** Where in the run the page is, as its address has it: the moment only while it stands still. */
  private get place(): Omit<Place, 'scene' | 'step'> {
    const { inspected, screen, run, arriving, experiment } = this;
    const s = run.snapshot && keyOf(run.snapshot.experiment) === experiment.text ? run.snapshot : null; // not of the run before
    const node = this.focus ?? s?.graph.nodes[0]?.id, halted = s !== null && !s.running && (s.phase === 'teaching' || s.phase === 'distilling');
    const epoch = arriving ? arriving.epoch : halted && s.phase === 'distilling' ? s.epoch : undefined;
    return {
      node: node === this.ownFocus.get(this.graph) ? undefined : node, open: inspected.sheet ? inspected.subject : '',
      epoch, paused: arriving ? arriving.paused : halted, messages: screen.model, layer: screen.layer, present: screen.present, hide: screen.hide, beside: this.beside.a,
      lesson: this.player.open ? this.player.word : undefined,
    };
  }

  /** Which graph it is. */
  private get graph(): string { return `${this.experiment.value('data')} ${this.experiment.own?.name ?? ''}`; }

  /** Finds out where the page is shown, before it is: in a window of its own, or as a part of another page. */
  settle(): void {
    const { search, fragment, embedded, notice } = readSearch({ search: location.search, fragment: location.hash });
    if (embedded) history.replaceState(null, '', `${search}${fragment}`);
    this.screen.embedded = embedded || isFramedByOther();
    this.misread = notice;
  }

  /** Starts training what the address says. */
  open(): void {
    const { native } = this.supply;
    if (native) this.experiment.own = { bytes: null, name: native.graph, address: '' };
    this.readAddress();
    if (native && !location.hash) this.experiment.course = courseOf(native.experiment, '');
    this.notices.add(this.misread);
    this.address.claim();
    this.start();
  }

  /** Fetches what may be asked for later; then the browser keeps the page. */
  async fetchRest(): Promise<void> {
    this.supply.glossary().then(learn, () => { /* told where it is looked at */ });
    await this.supply.fetchRest();
    if (!this.supply.native) await keepPage(() => this.notices.add(say('supply.newer')));
  }

  /** Follows a fragment that history went to, or that was changed by hand. */
  followAddress(): void {
    if (this.address.isOurs) {
      if (this.player.open) this.player.leave();
      this.address.readStory();
      this.enter();
      this.address.write(); // of the run as it is
      return;
    }
    const { experiment, address, run } = this, before = courseText(experiment.course), { kernels } = address;
    this.readAddress();
    address.claim();
    const isOther = courseText(experiment.course) !== before;
    if (isOther || address.kernels !== kernels) this.player.interrupt();
    if (address.kernels !== kernels) return this.start(true);
    if (isOther) return this.begin();
    run.command(commands.speed(address.speed));
    this.arrive();
  }

  /** The link for others to the moment that is shown. */
  shared(eachASeed: boolean): string {
    const s = this.run.snapshot;
    return this.address.shared({ epoch: s?.phase === 'teaching' ? undefined : s?.epoch, paused: !s?.running }, eachASeed);
  }

  private readAddress(): void {
    const { address, experiment, notices, inspected, screen } = this;
    const before = address.scene, search = new URLSearchParams(location.search);
    const { notice, drawn, node, open, epoch, paused, messages, layer, present, hide, beside, lesson } = address.read();
    notices.tell(notice);
    notices.add(misplaced(location.search));
    if (address.scene !== before) screen.tab = address.told.tab;
    screen.model = messages;
    screen.layer = layer;
    screen.present = present;
    screen.hide = hide;
    if (this.isOtherGraph()) inspected.leave();
    inspected.restore(open);
    if (!beside) this.beside.leave();
    else if (!this.beside.a || courseText(this.beside.a) !== courseText(beside)) this.beside.keep(beside);
    this.focus = node;
    this.lessonAsked = lesson;
    const { move, temperature } = address.toldStep; // of a link that says no moment
    if (temperature) inspected.temperature = temperature;
    this.arriving = epoch !== undefined || paused ? { epoch, paused } : move === 'start' ? { epoch: undefined, paused: true } : undefined;
    if (notice || drawn) address.write(); // what runs, not what was asked for
    if (experiment.awaitGraph() && !search.has('pack')) {
      notices.add(say(screen.has('settings') ? 'notice.graph' : 'notice.graph.closed'));
    }
  }

  /** Carries out what the drawing asks for. */
  fromStage(text: string): void {
    if (text.startsWith('inspect ')) this.inspected.inspect(text.slice('inspect '.length));
    else this.run.command(text as Command);
  }

  /** Goes to a step of a scene, an entry in the browser's history; the run goes on. */
  tell(scene: SceneID, step = 0): void {
    const { address } = this;
    this.player.leave();
    if (scene === address.scene && step === address.step) return;
    const isOther = scene !== address.scene;
    if (isOther) this.inspected.leave();
    address.go(scene, step, !this.screen.embedded); // history is that of the page around
    this.enter();
  }

  /** Shows the scene that the page is at, and moves the run as its step asks. */
  private enter(): void {
    this.screen.tab = this.address.told.tab;
    this.screen.drawer = false;
    this.beside.draw();
    this.show();
    this.move();
  }

  /** Moves the run as the step asks. A run that is over stays: its end can be seen. */
  private move(): void {
    const { run, timeline, inspected } = this, s = run.snapshot, { move, temperature } = this.address.toldStep;
    if (temperature) inspected.temperature = temperature;
    if (!s) return;
    if (move === 'start') timeline.toStart();
    else if (move === 'pause') run.command(commands.pause());
    else if (move === 'play' && !s.running && !isOver(s)) run.command(commands.play());
  }

  /** Shows the picture of a step of a scene for a lesson; the run stays as it is. */
  private stand(scene: SceneID, step: number): void {
    const { address, screen, inspected } = this;
    if (scene !== address.scene) inspected.leave();
    address.scene = scene;
    address.step = step;
    screen.tab = address.told.tab;
    screen.drawer = false;
    const { temperature } = address.toldStep;
    if (temperature) inspected.temperature = temperature;
  }

  /** Begins an experiment of a lesson; what follows is done before its first step. */
  private perform(experiment: string, speed: number, then: Command[]): void {
    const { notices, address, run } = this;
    this.beforeCourse ??= { course: this.experiment.course, speed: address.speed };
    notices.clear();
    this.beside.leave();
    this.experiment.course = courseOf(experiment, '');
    this.arriving = undefined;
    address.speed = speed;
    address.write();
    this.begin();
    for (const c of then) run.command(c);
  }

  /** Begins what ran before the course again: the story is of that. */
  private resume(): void {
    if (!this.beforeCourse) return;
    const { course, speed } = this.beforeCourse;
    this.beforeCourse = undefined;
    this.experiment.course = course;
    this.address.speed = speed;
    this.begin();
  }

  /** Whether the graph is another one than that of what is inspected; what is inspected from now on is of it. */
  private isOtherGraph(): boolean {
    const before = this.inspectedIn;
    return before !== (this.inspectedIn = this.graph);
  }

  setSpeed(speed: number): void {
    this.address.speed = speed;
    this.run.command(commands.speed(speed));
    this.address.write();
  }

  /** Changes what the trainer computes with: another trainer begins the experiment again. */
  setKernels(kernels: string): void {
    this.address.kernels = kernels;
    this.address.write();
    this.player.interrupt();
    this.start(true);
  }

  /** Gives the trainer a graph of the user's own and begins on it; rejects with a sentence if it is refused. */
  async trainOn(own: OwnGraph): Promise<void> {
    const suggested = await this.run.give(own);
    if (!own.address) this.address.clear(); // a pack that it names is not what is trained on
    this.experiment.takeGraph(own, suggested);
  }

  /** Starts another trainer, on what the last one did unless that was its end. */
  retry(): void {
    const other = this.begun && !this.supply.native ? this.attempts.instead(this.experiment.course, this.cause) : undefined;
    if (other) {
      this.experiment.course = other.course;
      this.notices.tell(say('notice.instead', { which: other.hasRun ? 'last' : 'opening' }));
      this.address.write();
    }
    this.start();
  }

  /** Asks the lab for its run again, for a minute: it goes on without the page. */
  private comeBack(): void {
    if (this.tries++ < 30) this.returning = setTimeout(() => this.start(false, true), 2000);
  }

  /** Keeps the run as A, beside which what is changed from now on is B; or leaves that. */
  keepOrLeave(): void {
    const { beside, experiment, timeline, run } = this;
    if (beside.a) beside.leave();
    else if (run.snapshot) beside.keep(experiment.course, run.snapshot.phase === 'teaching' ? [] : timeline.longest);
    this.address.write();
  }

  /** Steers A from now on, at the moment that is shown, beside what was steered. */
  swap(): void {
    const { beside, experiment, timeline, run: { snapshot: s } } = this, { a } = beside;
    if (!a || !s) return;
    this.notices.clear();
    const b = experiment.course;
    experiment.course = a;
    this.arriving = { epoch: s.phase === 'teaching' ? undefined : s.epoch, paused: !s.running };
    beside.keep(b, s.phase === 'teaching' ? [] : timeline.longest);
    this.address.write();
    this.begin();
  }

  private start(anew = false, again = false): void {
    clearTimeout(this.returning);
    this.begun = false;
    if (anew) this.beside.start();
    if (!this.supply.native) this.supply.for(this.experiment.value('data'))?.catch(() => { /* told when the trainer asks for it */ });
    this.run.start(this.address.kernels, anew, again);
  }

  /** Follows the run that a lab has as it is. */
  private join({ kernels, watching, attended }: Joined): void {
    this.begun = this.joining = true;
    this.address.kernels = kernels;
    this.screen.watching = watching;
    if (watching) this.notices.tell(say('notice.watching'));
    this.timeline.begin();
    if (attended) this.address.speed = 0;
    else this.run.command(commands.speed(this.address.speed));
    this.inspected.inspectAgain();
    this.arriving = this.focus = undefined;
    this.show();
  }

  /** Begins what the user has chosen; only a link that awaited its graph still has a moment to go to. */
  private changed(isAwaited: boolean): void {
    this.notices.clear();
    this.player.interrupt();
    if (this.address.toldStep.move === 'start') this.arriving = { epoch: undefined, paused: true };
    else if (!isAwaited) this.arriving = undefined;
    this.address.write();
    this.begin();
  }

  private begin(): void {
    const { experiment, run } = this;
    this.begun = true;
    this.timeline.begin();
    this.beside.begin();
    run.command(commands.begin(experiment.text)); // first: the answer to the first command shows the run
    run.command(commands.speed(this.address.speed));
    if (experiment.plan) run.command(commands.plan(experiment.plan));
    if (this.isOtherGraph()) this.inspected.leave();
    else this.inspected.inspectAgain();
    this.arrive();
  }

  /** Sets out for where the address wants to be. */
  private arrive(): void {
    const { run, arriving } = this;
    this.show();
    if (this.lessonAsked !== undefined) this.openLesson(this.lessonAsked);
    if (!arriving) return;
    if (arriving.epoch !== undefined) run.command(commands.speed(0));
    else run.command(commands.rewind({ epoch: 0, step: 0 }));
  }

  /** Opens the lesson of the address, "" for the list. */
  private openLesson(id: string): void {
    this.lessonAsked = undefined;
    void (id ? this.player.openAt(id, this.language.tag) : this.player.menu(this.language.tag));
  }

  /** Tells the trainer what the scene shows; nothing else is computed for show. */
  private show(): void { this.run.command(commands.show([...new Set([...this.address.told.shows, ...this.player.shows])])); }

  /** Takes over what the trainer says. */
  private follow(before: Snapshot | null, bytes: ArrayBuffer): void {
    const { experiment, timeline } = this, s = this.run.snapshot!;
    if (this.joining) {
      this.joining = false;
      experiment.course = courseOf(s.experiment, formatPlan(s.changes));
      this.address.write();
    }
    timeline.follow(s, before);
    this.player.follow(s);
    if (keyOf(s.experiment) === experiment.text) this.travel(s);
    const plan = formatPlan(s.changes);
    if (before && plan !== experiment.plan) {
      experiment.plan = plan;
      this.address.write();
    }
    if (before && (s.running !== before.running || !s.running && s.epoch !== before.epoch || s.graph.nodes[0]?.id !== before.graph.nodes[0]?.id)) this.writeSoon();
    if (this.address.scene === 'collapse') this.outcomes.keep(s, timeline.longest);
    if (s.epoch > 0 && keyOf(s.experiment) === experiment.text) this.attempts.note(experiment.course);
    this.beside.show(s, bytes);
  }

  /** Whether the run is where the address wants it: until then nothing that stops it may be asked. */
  get hasArrived(): boolean { return this.arriving === undefined; }

  /** Goes where the address wants to be, once the run of its experiment has been there. */
  private travel(s: Snapshot): void {
    const { run, ownFocus, arriving } = this, node = s.graph.nodes[0]?.id;
    if (node !== undefined && !ownFocus.has(this.graph)) ownFocus.set(this.graph, node);
    if (this.focus !== undefined) {
      if (this.focus !== node) run.command(commands.focus(this.focus));
      this.focus = undefined;
    }
    if (!arriving) return;
    if (arriving.epoch !== undefined) {
      const epoch = Math.min(arriving.epoch, s.epochs);
      if (!isOver(s) && (s.phase !== 'distilling' || s.recorded < epoch)) return;
      if (epoch < s.epochs) run.command(commands.rewind({ epoch, step: 0 }));
      run.command(commands.speed(this.address.speed));
      if (!arriving.paused && !isOver(s)) run.command(commands.play());
    }
    this.arriving = undefined;
  }

  /** Writes the address once things have come to rest: browsers take so many writes and no more. */
  private writeSoon(): void {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => this.address.write(), 200);
  }

  /** Says what the trainer refuses. If that is the experiment of the address, the page's own takes its place. */
  private refuse(text: string, code: Code): void {
    const hasRun = this.run.snapshot !== null, isExperiment = code === 'experiment';
    this.timeline.giveUp();
    this.arriving = undefined;
    if (!hasRun && !isExperiment && this.replaced) return; // it was for the experiment that is refused
    this.notices.tell(told(sentence(text)));
    if (hasRun || !isExperiment || this.replaced) return;
    this.replaced = true;
    const shipped = this.experiment.value('data') === shippedData;
    this.experiment.course = shipped ? made() : opening();
    this.notices.add(say(shipped ? 'notice.made' : 'notice.opening'));
    this.address.write();
    this.begin();
  }
}
