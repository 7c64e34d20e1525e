// Where the run is in time, what moves it there, and what it was before the
// user changed it.

import { beats, type Ask, type Beat } from '../generated/lesson';
import { commands, type Edit } from '../generated/wire';
import type { Ghost } from '../plot/curves';
import { learner } from '../words/report';
import type { Lane, Snapshot } from '../wire/snapshot';
import type { Run } from './run.svelte';

export class Timeline {
  /** The part of a training step that is shown in slow motion; "" for none. */
  beat = $state<Beat | ''>('');
  /** The run as it was before the last change, null before one. */
  ghost = $state.raw<Ghost | null>(null);
  /** What the reader has guessed of this run, by the question. */
  guesses = $state<Partial<Record<Ask, string>>>({});
  /** The questions whose answer the page has shown of this run: what was guessed of them stays. */
  told = $state<Partial<Record<Ask, true>>>({});
  /** The longest histories of the run since the last change. */
  longest: Lane[] = [];
  /** Where the scrubber went last, and what the trainer has not answered yet. */
  private scrub: { wanted: number; sent: number } | undefined;

  /** changing is called before the user changes the run; extending when a run that is over gets more epochs for it. */
  constructor(private readonly run: Run, private readonly changing: () => void, private readonly extending: (epochs: number) => void) {}

  /** Forgets the run of before: another one begins. */
  begin(): void {
    this.longest = [];
    this.ghost = null;
    this.scrub = undefined;
    this.beat = '';
    this.guesses = {};
    this.told = {};
  }

  guess(ask: Ask, option: string): void { if (!this.told[ask]) this.guesses[ask] = option; }

  /** The answer to a question has been shown. */
  tell(ask: Ask): void { if (!this.told[ask]) this.told[ask] = true; }

  /** To the first moment of the run, standing still. */
  toStart(): void { this.rewind(0); }

  /** Follows the run to a snapshot. */
  follow(s: Snapshot, before: Snapshot | null): void {
    const lane = learner(s), known = this.longest.at(-1);
    if (s.phase !== before?.phase || s.experiment !== before.experiment || (lane?.history.length ?? 0) >= (known?.history.length ?? 0)) this.longest = s.lanes;
    this.scrubOn(s);
  }

  /** What was asked for last has been refused. */
  giveUp(): void { this.scrub = undefined; }

  playOrPause(): void {
    const { plays, snapshot: s } = this.run;
    if (plays) return this.run.command(commands.pause());
    if (s && s.phase !== 'teaching' && s.phase !== 'distilling') this.run.command(commands.reset());
    this.run.command(commands.play());
  }

  step(): void {
    this.beat = '';
    this.run.command(commands.step());
  }

  /** Makes one step and takes it apart: the drawing and the formulas show part by part what it did. */
  slow(): void {
    this.run.command(commands.step());
    this.beat = 'forward';
  }

  nextBeat(): void {
    this.beat = beats[beats.indexOf(this.beat as Beat) + 1] ?? '';
  }

  /** To the beginning of this epoch, or of the one before. */
  stepBack(): void {
    const s = this.run.snapshot;
    if (s) this.rewind(s.step > 0 ? s.epoch : s.epoch - 1);
  }

  /** Begins the same run again, whose answers are the same: a guess of one that was shown stays. */
  reset(): void {
    this.beat = '';
    this.ghost = null;
    for (const ask of Object.keys(this.guesses) as Ask[]) if (!this.told[ask]) delete this.guesses[ask];
    this.run.command(commands.reset());
  }

  /** Goes to the state after an epoch of this phase. While one is being computed only the last one asked for waits. */
  rewind(epoch: number): void {
    const wanted = Math.max(0, Math.min(epoch, this.run.snapshot?.recorded ?? 0));
    this.beat = '';
    if (this.scrub) {
      this.scrub.wanted = wanted;
      return;
    }
    this.scrub = { wanted, sent: wanted };
    this.run.command(commands.rewind({ epoch: wanted, step: 0 }));
  }

  /** Sends the next epoch that was asked for once the last one has been reached. */
  private scrubOn(s: Snapshot): void {
    if (!this.scrub || s.running || s.epoch !== this.scrub.sent) return;
    const { wanted, sent } = this.scrub;
    this.scrub = undefined;
    if (wanted !== sent) this.rewind(wanted);
  }

  /** Changes something of the run between two steps; it goes on from there, and what it was stays as a ghost. One that is over gets half as many epochs more. */
  change(edit: Edit): void {
    const s = this.run.snapshot;
    this.haunt();
    if (s?.phase === 'finished') {
      const epochs = s.epochs + Math.ceil(s.epochs / 2);
      this.extending(epochs);
      this.run.command(commands.extend(epochs));
    }
    this.run.command(commands.change(edit));
  }

  /** Takes the last change back. */
  undo(): void {
    this.haunt();
    this.run.command(commands.undo());
  }

  private haunt(): void {
    const s = this.run.snapshot;
    if (!s) return;
    this.changing();
    this.ghost = { epoch: s.epoch, phase: s.phase, lanes: this.longest };
    this.longest = [];
  }
}
