// The page's state, part by part, and what joins the parts: what the user asks
// for becomes commands to the trainer, what the trainer says becomes state.

import type { SceneID } from '../generated/lesson';
import type { Code } from '../generated/session';
import { shippedData } from '../generated/setup';
import { commands, type Command } from '../generated/wire';
import { told } from '../wire/foreign';
import { formatPlan } from '../wire/plan';
import type { Snapshot } from '../wire/snapshot';
import type { View } from '../wire/stage';
import { Supply } from '../wire/supply';
import { sentence, type Cause } from '../wire/trainer';
import { Address } from './address.svelte';
import { Attempts } from './attempts';
import { Drawing } from './drawing.svelte';
import { courseText, Experiment, made, opening, type OwnGraph } from './experiment.svelte';
import { Inspected } from './inspected.svelte';
import { Language } from './language.svelte';
import { keyOf, misplaced } from './link';
import { Notices } from './notices.svelte';
import { Outcomes } from './outcomes.svelte';
import { Run } from './run.svelte';
import { Screen } from './screen.svelte';
import { Timeline } from './timeline.svelte';
import { say } from '../texts/texts';

export class Lab {
  readonly supply = new Supply();
  readonly notices = new Notices();
  readonly screen = new Screen();
  readonly language = new Language(this.supply, (text) => this.notices.tell(told(text)));
  readonly drawing = new Drawing();
  readonly outcomes = new Outcomes();
  readonly experiment = new Experiment(() => this.changed());
  readonly address = new Address(this.experiment);
  readonly run = new Run(this.supply, () => this.experiment.own, {
    ready: () => this.begin(),
    graphRefused: (text) => this.notices.tell(told(text)),
    snapshot: (before, bytes) => this.follow(before, bytes),
    refused: (text, code) => this.refuse(text, code),
    untaught: (why) => this.notices.add(say('notice.untaught', { reason: told(why) })),
    slowed: (text) => this.notices.add(text),
    died: (cause) => { this.cause = cause; },
  });
  readonly timeline = new Timeline(this.run, () => this.notices.clear());
  readonly inspected = new Inspected((c) => this.run.command(c));
  private readonly attempts = new Attempts();
  /** Why the trainer is gone. */
  private cause: Cause = 'supply';
  /** The trainer has been told what to begin. */
  private begun = false;
  /** The experiment of the address was refused, and another one runs. */
  private replaced = false;

  /** What the stage is to show. */
  get view(): View {
    const { screen, address, inspected } = this;
    return {
      theme: screen.theme, model: screen.model, tab: screen.narrow && screen.tab !== 'curves' ? screen.tab : '',
      reducedMotion: screen.reducedMotion, visible: screen.showsDrawing && !screen.hidden, speed: address.speed,
      scene: address.scene, select: inspected.subject, light: inspected.light, beat: this.timeline.beat, asked: inspected.quiz + 1,
      temperature: inspected.temperature || Number(this.experiment.value('temperature')) || 4,
    };
  }

  /** Starts training what the address says. */
  open(): void {
    void this.language.open();
    this.readAddress();
    this.start();
  }

  /** Follows a fragment that was changed by hand or by history. */
  followAddress(): void {
    const before = courseText(this.experiment.course);
    this.readAddress();
    if (courseText(this.experiment.course) !== before) this.begin();
    else this.show();
  }

  private readAddress(): void {
    const { address, experiment, notices } = this;
    const before = address.scene, search = new URLSearchParams(location.search);
    notices.tell(address.read());
    notices.add(misplaced(location.search));
    if (address.scene !== before) this.screen.tab = address.told.tab;
    if (experiment.awaitGraph() && !search.has('pack')) {
      notices.add(say('notice.graph'));
    }
  }

  /** Carries out what the drawing asks for. */
  fromStage(text: string): void {
    if (text.startsWith('inspect ')) this.inspected.inspect(text.slice('inspect '.length));
    else this.run.command(text as Command);
  }

  /** Changes what is beside the drawing; the run goes on. */
  tell(scene: SceneID): void {
    if (scene === this.address.scene) return;
    this.address.scene = scene;
    this.screen.tab = this.address.told.tab;
    this.inspected.inspect('', false);
    this.show();
    this.address.write();
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
    this.start();
  }

  /** Gives the trainer a graph of the user's own and begins on it; rejects with a sentence if it is refused. */
  async trainOn(own: OwnGraph): Promise<void> {
    const suggested = await this.run.give(own);
    if (!own.address) history.replaceState(null, '', location.pathname); // a pack that it names is not what is trained on
    this.experiment.takeGraph(own, suggested);
  }

  /** Starts another trainer, on what the last one did unless that was its end. */
  retry(): void {
    const other = this.begun ? this.attempts.instead(this.experiment.course, this.cause) : undefined;
    if (other) {
      this.experiment.course = other.course;
      this.notices.tell(say('notice.instead', { which: other.hasRun ? 'last' : 'opening' }));
      this.address.write();
    }
    this.start();
  }

  private start(): void {
    this.begun = false;
    this.supply.for(this.experiment.value('data'))?.catch(() => { /* told when the trainer asks for it */ });
    this.run.start(this.address.kernels);
  }

  /** Begins what the user has chosen. */
  private changed(): void {
    this.notices.clear();
    this.address.write();
    this.begin();
  }

  private begin(): void {
    const { experiment, run } = this;
    this.begun = true;
    this.timeline.begin();
    run.command(commands.speed(this.address.speed));
    run.command(commands.begin(experiment.text));
    if (experiment.plan) run.command(commands.plan(experiment.plan));
    this.show();
    this.inspected.inspectAgain();
  }

  /** Tells the trainer what the scene shows; nothing else is computed for show. */
  private show(): void { this.run.command(commands.show(this.address.told.shows)); }

  /** Takes over what the trainer says. */
  private follow(before: Snapshot | null, bytes: ArrayBuffer): void {
    const { experiment, timeline } = this, s = this.run.snapshot!;
    timeline.follow(s, before);
    const plan = formatPlan(s.changes);
    if (before && plan !== experiment.plan) {
      experiment.plan = plan;
      this.address.write();
    }
    if (this.address.scene === 'collapse') this.outcomes.keep(s, timeline.longest);
    if (s.epoch > 0 && keyOf(s.experiment) === experiment.text) this.attempts.note(experiment.course);
    this.drawing.show(bytes);
  }

  /** Says what the trainer refuses. If that is the experiment of the address, the page's own takes its place. */
  private refuse(text: string, code: Code): void {
    const hasRun = this.run.snapshot !== null, isExperiment = code === 'experiment';
    this.timeline.giveUp();
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
