// The state of "Your graph": what is being opened, what was wrong with it,
// what it holds.

import type { Lab } from '../state/lab.svelte';
import { saveText } from '../plot/save';
import { limits, type Opened, type Reading } from '../generated/data';
import { named, read, type Source } from '../wire/files';
import { say } from '../texts/texts';

/** All that is asked for is what the files say. */
const asItIs: Omit<Reading, 'seed'> = { format: '', label: '', features: '', split: '', release: '', directed: false };

export class Own {
  opened = $state.raw<Opened | null>(null);
  /** How the files are read; the seed is that of the page. */
  reading = $state<Omit<Reading, 'seed'>>({ ...asItIs });
  problems = $state.raw<{ list: string[]; count: number } | null>(null);
  /** What is being read or fetched, "" for nothing. */
  busy = $state('');
  /** The trainer is being given the graph. */
  giving = $state(false);

  /** What was chosen last. */
  files = $state.raw<Source[]>([]);
  /** What was opened, by the names of its files. */
  title = $state('');
  private bytes: ArrayBuffer | undefined;
  private running = new AbortController();
  /** Where the pack came from, "" for the user's own disk. */
  private address = '';

  constructor(private readonly lab: Lab) {}

  /** The previewed graph is the one that is trained on. */
  get inUse() { return this.bytes !== undefined && this.lab.experiment.own?.bytes === this.bytes && this.lab.experiment.value('data') === 'pack'; }

  /** What a screen reader is told. */
  get said(): string {
    if (this.busy) return say('own.said.reading', { files: this.busy });
    if (this.problems || !this.opened) return '';
    const { nodes, edges, classes } = this.opened.preview;
    return this.inUse ? say('own.said.training', { title: this.title })
      : say('own.said.open', { title: this.title, nodes: say('count.nodes', { n: nodes }), edges: say('count.edges', { n: edges }), classes: say('count.classes', { n: classes.length }) });
  }

  /** Reads files that were chosen or dropped. */
  open(files: Source[], address = ''): Promise<void> {
    this.reading = { ...asItIs };
    return this.read(files, address);
  }

  private async read(files: Source[], address: string): Promise<void> {
    this.running.abort();
    const running = this.running = new AbortController();
    this.problems = null;
    this.files = files;
    this.busy = named(files);
    const answer = await read(this.lab.supply, files, { ...this.reading, seed: Number(this.lab.experiment.value('seed')) }, running.signal);
    if (running.signal.aborted) return;
    this.busy = '';
    if ('refused' in answer) return this.refuse(answer.refused.problems, answer.refused.count, address);
    this.title = named(files);
    this.opened = answer.opened;
    this.bytes = answer.bytes;
    this.address = address;
    if (address && this.lab.experiment.awaited) await this.train();
  }

  /** Reads the same files in another way. */
  again(): void {
    if (this.files.length > 0) void this.read(this.files, this.address);
  }

  private refuse(list: string[], count = list.length, address = ''): void {
    this.problems = { list, count };
    if (address) this.lab.notices.tell(list[0]!); // whoever follows a link looks at the top of the page
    this.opened = null;
    this.bytes = undefined;
  }

  /** Opens what ?pack= in the page's address names, if it is a file of this site. */
  async openAddress(): Promise<void> {
    const given = new URLSearchParams(location.search).get('pack');
    if (!given) return;
    let url: URL;
    try {
      url = new URL(given, location.href);
    } catch {
      return this.refuse([say('own.address.none', { address: given })], 1, given);
    }
    if (url.origin !== location.origin) {
      return this.refuse([say('own.address.other', { origin: url.origin, here: location.origin })], 1, given);
    }
    const name = url.pathname.split('/').at(-1) || url.pathname;
    this.busy = name;
    try {
      await this.open([new File([await fetchWithin(url)], name)], given);
    } catch (err) {
      this.busy = '';
      this.refuse([say('own.fetch.failed', { name, reason: (err as Error).message })], 1, given);
    }
  }

  /** Gives the graph to the trainer and begins on it. */
  async train(): Promise<void> {
    const { bytes } = this;
    if (!bytes) return;
    this.giving = true;
    try {
      await this.lab.trainOn({ bytes, name: this.title, address: this.address });
    } catch (err) {
      this.problems = { list: [(err as Error).message], count: 1 };
    } finally {
      this.giving = false;
    }
  }

  /** The graph as a file: other programs read it, and ?pack= opens it. */
  save(): void {
    const { pack, preview } = this.opened!;
    saveText(this.bytes!, 'application/octet-stream', `${pack ? this.title.replace(/\.pack$/i, '') : preview.name}.pack`);
  }
}

/** Fetches a file that is no larger than the limit. */
async function fetchWithin(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(say('own.fetch.status', { status: response.status }));
  const large = () => new Error(say('own.fetch.large', { most: limits.bytes }));
  if (Number(response.headers.get('content-length')) > limits.bytes) throw large();
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength > limits.bytes) throw large();
  return bytes;
}
