// The state of the page: what is set, what the trainer last said, what is
// wrong. Parts of the page read it and call its methods; nothing else is shared.

import { scenes, type Scene, type SceneID, type Tab } from '../generated/lesson';
import type { Code } from '../generated/session';
import { commands, type Command, type Edit, type Subject } from '../generated/wire';
import { beats } from '../words/beats';
import type { Ghost } from '../plot/curves';
import { told } from '../lib/foreign';
import { clean, experimentText, parseFragment } from './fragment';
import { controls, defaultSpeed, formatLink, keyOf, misplaced, parseLink, presets } from './link';
import { mirrorOf } from './mirror';
import { paramNames } from '../wire/params';
import { formatPlan, isMade } from '../wire/plan';
import { learner, taught } from '../words/report';
import { withValue, valueOf, type Settings } from './schema';
import type { Change, Lane, Snapshot } from '../wire/snapshot';
import type { ModelName } from '../words/subject';
import type { Beat, Stage, View } from '../wire/stage';
import { Supply } from '../wire/supply';
import { sentence, Trainer, type Cause } from '../wire/trainer';

/** The data set that is the user's own graph. */
const ownData = 'pack';

export type Theme = View['theme'];

/** A graph of the user's own as a pack; address says where on this site it came from, "" for the user's disk. */
export interface OwnGraph { bytes: ArrayBuffer; name: string; address: string }

/** An experiment with what the user changed in it, as text for the command plan. */
interface Run { settings: Settings; plan: string }

export class Lab {
  settings = $state.raw<Settings>({});
  speed = $state(defaultSpeed);
  kernels = $state('auto');
  /** The implementation of the inner loops that the trainer runs. */
  backend = $state('');
  snapshot = $state.raw<Snapshot | null>(null);
  /** Why the trainer is gone, "" while it lives. */
  trainerError = $state('');
  stageError = $state('');
  /** What the trainer or the link's settings were refused for. */
  notice = $state('');
  theme = $state<Theme>('light');
  tab = $state<Tab>('graph');
  narrow = $state(false);
  reducedMotion = $state(false);
  hidden = $state(false);
  /** Whose messages the stage shows. */
  model = $state<View['model']>('student');
  /** The stage has drawn; until then the precomputed picture stands in. */
  drawn = $state(false);
  /** The scene that is told beside the drawing. */
  scene = $state<SceneID>('start');
  /** What is inspected, as the trainer's command names it; "" for nothing. */
  subject = $state('');
  /** How often the user has asked for an inspection: the inspector comes into sight each time. */
  asked = $state(0);
  /** What is pointed at outside the drawing. */
  light = $state('');
  /** What the pointer is on in the drawing, named like a subject. */
  pointed = $state('');
  /** The column of a node's sum that the reader is to find, -1 for none. */
  quiz = $state(-1);
  /** The part of a training step that is shown in slow motion. */
  beat = $state<Beat>('');
  /** The run as it was before the last change, null before one. */
  ghost = $state.raw<Ghost | null>(null);

  /** The graph of data=pack, null before one has been opened. It stays while the page does. */
  own = $state.raw<OwnGraph | null>(null);
  /** What a link asks for on a graph that has yet to be opened. */
  awaited: Run | undefined;
  /** How often a graph was asked for while none was open: the button that opens one takes the focus each time. */
  asksForGraph = $state(0);
  /** The settings before the user's own graph was opened. */
  private builtIn: Settings = {};

  /** What the user changed in the run of the link, as text for the command plan. */
  private plan = '';
  /** What experiments came to that this page has run, by keyOf, for the scene of the collapse. */
  kept = $state.raw<Record<string, Lane[]>>({});
  /** The longest histories of the run since the last change. */
  private longest: Lane[] = [];
  /** The experiment of the address was refused, and another one runs. */
  private replaced = false;
  /** Where the scrubber went last, and what the trainer has not answered yet. */
  private scrub: { wanted: number; sent: number } | undefined;
  /** The experiments that came to an epoch, the latest last, two at most. */
  private ran: Run[] = [];
  /** The experiment that a trainer has ended with, as text. */
  private endedWith = '';
  /** Why the trainer is gone. */
  private cause: Cause = 'supply';
  /** The trainer has been told what to begin. */
  private begun = false;
  readonly supply = new Supply();
  private trainer: Trainer | undefined;
  private stage: Stage | undefined;

  get running() { return this.snapshot?.running ?? false; }
  get failed() { return this.trainerError !== ''; }

  get view(): View {
    const onStage = !this.narrow || this.tab !== 'curves';
    return {
      theme: this.theme, model: this.model, tab: this.narrow && this.tab !== 'curves' ? this.tab : '',
      reducedMotion: this.reducedMotion, visible: onStage && !this.hidden, speed: this.speed,
      scene: this.scene, select: this.subject, light: this.light, beat: this.beat, asked: this.quiz + 1,
    };
  }

  /** Starts training what the address says. */
  open(): void {
    this.readAddress();
    this.startTrainer();
    this.mirror();
  }

  private startTrainer(): void {
    this.trainer?.close();
    this.trainerError = '';
    this.begun = false;
    const trainer = new Trainer(this.supply, {
      ready: (backend) => {
        this.backend = backend;
        if (this.own) {
          trainer.graph(this.own).catch((err: Error) => { if (this.trainer === trainer) this.notice = told(err.message); });
        }
        this.begin();
      },
      untaught: (why) => this.tellMore(`The teacher's weights could not be loaded, so it is trained here instead: ${told(why)}`),
      snapshot: (s, bytes) => {
        this.take(s);
        this.stage?.snapshot(bytes);
        this.mirror();
      },
      refused: (text, code) => this.refuse(text, code),
      slowed: (text) => this.tellMore(text),
      died: (text, cause) => {
        this.trainerError = text;
        this.cause = cause;
        if (this.snapshot) this.snapshot = { ...this.snapshot, running: false };
        this.mirror();
      },
    }, this.kernels);
    this.trainer = trainer;
  }

  /** Says what the trainer refuses. If that is the experiment of the address, the page's own takes its place. */
  private refuse(text: string, code: Code): void {
    this.scrub = undefined;
    const ofCommand = code !== 'experiment';
    if (!this.snapshot && ofCommand && this.replaced) return; // it was for the experiment that is refused
    this.notice = told(sentence(text));
    if (this.snapshot || ofCommand || this.replaced) return;
    this.replaced = true;
    ({ settings: this.settings, plan: this.plan } = opening());
    this.tellMore('The experiment that the page opens with runs instead.');
    this.writeAddress();
    this.begin();
  }

  /** Makes s what is shown. */
  private take(s: Snapshot): void {
    const before = this.snapshot;
    this.snapshot = s;
    const lane = learner(s), known = this.longest.at(-1);
    if (s.phase !== before?.phase || s.experiment !== before.experiment || (lane?.history.length ?? 0) >= (known?.history.length ?? 0)) this.longest = s.lanes;
    const plan = formatPlan(s.changes);
    if (before && plan !== this.plan) {
      this.plan = plan;
      this.writeAddress();
    }
    if (s.phase !== 'teaching' && s.changes.length === 0 && this.scene === 'collapse') {
      this.kept = { ...this.kept, [keyOf(s.experiment)]: this.longest };
    }
    if (s.epoch > 0 && keyOf(s.experiment) === experimentText(controls, this.settings)) {
      this.ran = [...this.ran.filter((r) => textOf(r) !== textOf(this.run)), this.run].slice(-2);
    }
    this.scrubOn(s);
  }

  /** What an experiment with the seed of now came to here, if it was run beside the scene of the collapse. */
  came(experiment: string): Lane[] {
    return this.kept[keyOf(`${experiment}&seed=${this.value('seed')}`)] ?? [];
  }

  /** Starts another trainer, on what the last one did unless that was its end. */
  retryTrainer(): void {
    if (this.begun) this.turnBack();
    this.startTrainer();
  }

  /** Leaves an experiment that has taken the trainer's memory, that never came to an epoch, or that trainers ended with before. */
  private turnBack(): void {
    const text = textOf(this.run), others = this.ran.filter((r) => textOf(r) !== text);
    const harmless = this.cause === 'run' && others.length < this.ran.length && this.endedWith !== text;
    this.endedWith = text;
    if (harmless) return;
    this.ran = others;
    const next = others.at(-1) ?? opening();
    if (textOf(next) === text) return;
    ({ settings: this.settings, plan: this.plan } = next);
    this.notice = `What the trainer stopped with is not begun again: ${others.length > 0 ? 'the last experiment that ran' : 'the experiment that the page opens with'} runs instead.`;
    this.writeAddress();
  }

  private get run(): Run { return { settings: this.settings, plan: this.plan }; }

  attach(stage: Stage | undefined): void { this.stage = stage; }

  /** Carries out a command of the trainer's, whoever gave it. */
  command(c: Command): void { this.trainer?.command(c); }

  /** Carries out what the drawing asks for. */
  fromStage(text: string): void {
    if (text.startsWith('inspect ')) this.inspect(text.slice('inspect '.length));
    else this.command(text as Command);
  }

  private begin(): void {
    this.begun = true;
    this.longest = [];
    this.ghost = null;
    this.scrub = undefined;
    this.beat = '';
    this.command(commands.speed(this.speed));
    this.command(commands.begin(experimentText(controls, this.settings)));
    if (this.plan) this.command(commands.plan(this.plan));
    this.look();
    if (this.subject) this.command(commands.inspect(this.subject as Subject));
  }

  /** Tells the trainer what the scene shows; nothing else is computed for show. */
  private look(): void { this.command(commands.show(this.told.shows)); }

  /** The scene that is told. */
  get told(): Scene { return scenes.find((s) => s.id === this.scene)!; }

  /** Changes what is beside the drawing; the run goes on. */
  tell(scene: SceneID): void {
    if (scene === this.scene) return;
    this.scene = scene;
    this.tab = this.told.tab;
    this.inspect('', false);
    this.look();
    this.writeAddress();
    this.mirror();
  }

  /** Inspects a subject, "" for nothing. The inspector comes into sight if the user asked for it. */
  inspect(subject: string, asked = true): void {
    this.subject = subject;
    if (asked && subject) this.asked++;
    this.command(commands.inspect((subject || 'none') as Subject));
  }

  /** Changes something of the run between two steps; it goes on from there, and what it was stays as a ghost. */
  change(edit: Edit): void {
    this.keep();
    this.command(commands.change(edit));
  }

  /** Takes the last change back. */
  undo(): void {
    this.keep();
    this.command(commands.undo());
  }

  private keep(): void {
    const s = this.snapshot;
    if (!s) return;
    this.notice = '';
    this.ghost = { epoch: s.epoch, phase: s.phase, lanes: this.longest };
    this.longest = [];
  }

  /** The changes that have been made by now, the last of each kind and object included. */
  get changes(): Change[] {
    const s = this.snapshot;
    return s ? s.changes.filter((c) => isMade(c, s)) : [];
  }

  /** The weight matrices of a model. */
  paramNames(model: ModelName): string[] {
    const s = this.snapshot;
    const layers = model === 'teacher' ? s?.teacher.layers : s && taught(s)?.model.layers;
    return s && layers ? paramNames(s.graph, this.value('model'), layers) : [];
  }

  /** Goes to the state after an epoch of this phase. While one is being computed only the last one asked for waits. */
  rewind(epoch: number): void {
    const wanted = Math.max(0, Math.min(epoch, this.snapshot?.recorded ?? 0));
    this.beat = '';
    if (this.scrub) {
      this.scrub.wanted = wanted;
      return;
    }
    this.scrub = { wanted, sent: wanted };
    this.command(commands.rewind({ epoch: wanted, step: 0 }));
  }

  /** Sends the next epoch that was asked for once the last one has been reached. */
  private scrubOn(s: Snapshot): void {
    if (!this.scrub || s.running || s.epoch !== this.scrub.sent) return;
    const { wanted, sent } = this.scrub;
    this.scrub = undefined;
    if (wanted !== sent) this.rewind(wanted);
  }

  playOrPause(): void {
    if (this.running) return this.command(commands.pause());
    if (this.snapshot && this.snapshot.phase !== 'teaching' && this.snapshot.phase !== 'distilling') this.command(commands.reset());
    this.command(commands.play());
  }

  step(): void {
    this.beat = '';
    this.command(commands.step());
  }

  /** Makes one step and takes it apart: the drawing and the formulas show part by part what it did. */
  slow(): void {
    this.command(commands.step());
    this.beat = 'forward';
  }

  nextBeat(): void {
    const at = beats.findIndex((b) => b.name === this.beat);
    this.beat = beats[at + 1]?.name ?? '';
  }

  /** To the beginning of this epoch, or of the one before. */
  stepBack(): void {
    const s = this.snapshot;
    if (s) this.rewind(s.step > 0 ? s.epoch : s.epoch - 1);
  }

  reset(): void {
    this.beat = '';
    this.ghost = null;
    this.command(commands.reset());
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.command(commands.speed(speed));
    this.writeAddress();
  }

  /** Changes what the trainer computes with: another trainer begins the experiment again. */
  setKernels(kernels: string): void {
    this.kernels = kernels;
    this.writeAddress();
    this.startTrainer();
  }

  value(key: string): string { return valueOf(controls, this.settings, key); }

  /** Gives the trainer a graph of the user's own and begins on it; rejects with a sentence if it is refused. */
  async trainOn(own: OwnGraph): Promise<void> {
    if (!this.trainer || this.failed) throw new Error('The trainer has stopped. Start it again with Retry, above.');
    const experiment = await this.trainer.graph(own);
    this.own = own;
    if (this.value('data') !== ownData) this.builtIn = this.settings;
    const { settings, plan } = this.awaited ?? { settings: withValue(controls, clean(controls, parseFragment(experiment)), 'seed', this.value('seed')), plan: '' };
    this.settings = settings;
    if (!own.address) history.replaceState(null, '', location.pathname);
    this.changed(plan);
  }

  /** Goes back to the settings before the user's own graph. */
  useBuiltIn(): void {
    this.settings = this.builtIn;
    this.changed();
  }

  /** Changes one setting and begins again with it. */
  set(key: string, value: string): void {
    if (key === 'data' && value === ownData && !this.own) {
      this.asksForGraph++;
      return;
    }
    this.settings = withValue(controls, this.settings, key, value);
    this.changed();
  }

  private changed(plan = ''): void {
    this.notice = '';
    this.awaited = undefined;
    this.plan = plan;
    this.writeAddress();
    this.begin();
  }

  /** The preset that is set, whatever the seed. */
  get preset() {
    const { seed: _, ...rest } = this.settings;
    return presets.find((p) => p.experiment === experimentText(controls, rest));
  }

  /** Begins a preset with the seed of now. */
  choose(experiment: string, seed = this.value('seed')): void {
    this.settings = withValue(controls, parseFragment(experiment), 'seed', seed);
    this.changed();
  }

  /** The link to this experiment. */
  get link(): string {
    return formatLink({ settings: this.settings, speed: this.speed, kernels: this.kernels, scene: this.scene, plan: this.plan });
  }

  private writeAddress(): void { history.replaceState(null, '', this.link); }

  private readAddress(): void {
    const told = this.told;
    ({ settings: this.settings, speed: this.speed, kernels: this.kernels, scene: this.scene, plan: this.plan, notice: this.notice } = parseLink(location.hash));
    if (this.notice) this.writeAddress(); // it says what runs, not what was asked for
    this.tellMore(misplaced(location.search));
    if (this.told !== told) this.tab = this.told.tab;
    this.awaitGraph();
  }

  /** Adds a sentence to what is told, once. */
  tellMore(text: string): void {
    if (!this.notice.includes(text)) this.notice = `${this.notice} ${text}`.trim();
  }

  /** Where the address asks for a graph that is not open, the built-in one stands in until it is. */
  private awaitGraph(): void {
    this.awaited = undefined;
    if (this.settings.data !== ownData || this.own) return;
    this.awaited = { settings: this.settings, plan: this.plan };
    ({ settings: this.settings, plan: this.plan } = opening());
    if (!new URLSearchParams(location.search).has('pack')) {
      this.tellMore('This address is for a graph of your own, which is kept nowhere but in your file: open it again below, under “Your graph”. Until then the built-in graph is shown.');
    }
  }

  /** Follows a fragment that was changed by hand or by history. */
  addressChanged(): void {
    const before = textOf(this.run);
    this.readAddress();
    if (textOf(this.run) !== before) this.begin();
    else this.look();
    this.mirror();
  }

  mirror(): void {
    window.__abkd = mirrorOf(this.snapshot, this.backend, this.trainerError || this.stageError, this.scene, () => this.stage?.frames ?? 0);
  }
}

/** What the page opens with, and returns to. */
const opening = (): Run => ({ settings: parseFragment(presets[0]!.experiment), plan: '' });

const textOf = ({ settings, plan }: Run): string => `${experimentText(controls, settings)} ${plan}`;
