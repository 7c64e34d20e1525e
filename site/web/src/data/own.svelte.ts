// The state of "Your graph": what is being opened, what was wrong with it,
// what it holds.

import type { Lab } from '../state/lab.svelte';
import { saveText } from '../plot/save';
import { limits } from '../generated/data';
import { grouped, plural } from './graph';
import type { Preview } from './preview';
import type { Source } from './read';
import type { Answer, Question } from './reader';
import Reader from './reader?worker&inline'; // part of the page, so that it needs no network later

export class Own {
  preview = $state.raw<Preview | null>(null);
  problems = $state.raw<{ list: string[]; count: number } | null>(null);
  /** What is being read or fetched, "" for nothing. */
  reading = $state('');
  /** The trainer is being given the graph. */
  giving = $state(false);

  private bytes: ArrayBuffer | undefined;
  private reader: Worker | undefined;
  /** Where the pack came from, "" for the user's own disk. */
  private address = '';

  constructor(private readonly lab: Lab) {}

  /** The previewed graph is the one that is trained on. */
  get inUse() { return this.bytes !== undefined && this.lab.experiment.own?.bytes === this.bytes && this.lab.experiment.value('data') === 'pack'; }

  /** What a screen reader is told. */
  get said(): string {
    if (this.reading) return `Reading ${this.reading}.`;
    if (this.problems) return '';
    const p = this.preview;
    return !p ? '' : this.inUse ? `Training on ${p.file}.`
      : `${p.file} is open: ${plural(p.nodes, 'node')}, ${plural(p.edges, 'edge')}, ${plural(p.classes.length, 'class', 'classes')}. Look it over, then train on it.`;
  }

  /** Reads files that were chosen or dropped. */
  open(files: Source[], address = ''): void {
    this.reader?.terminate();
    this.problems = null;
    this.reading = files.map((f) => f.name).join(' and ');
    const reader = new Reader({ name: 'reader' });
    this.reader = reader;
    const end = (a: Answer) => {
      reader.terminate();
      this.reader = undefined;
      this.reading = '';
      if ('problems' in a) return this.refuse(a.problems, a.count, address);
      this.preview = a.opened.preview;
      this.bytes = a.opened.bytes;
      this.address = address;
      if (address && this.lab.experiment.awaited) void this.train();
    };
    reader.onmessage = ({ data }: MessageEvent<Answer>) => end(data);
    reader.onerror = (e) => {
      e.preventDefault();
      end({ problems: [`The file could not be read (${e.message || 'the reader could not be loaded'}). Reload the page and try again.`], count: 1 });
    };
    reader.postMessage({ files, seed: Number(this.lab.experiment.value('seed')) } satisfies Question);
  }

  private refuse(list: string[], count = list.length, address = ''): void {
    this.problems = { list, count };
    if (address) this.lab.notices.tell(list[0]!); // whoever follows a link looks at the top of the page
    this.preview = null;
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
      return this.refuse([`The address of this page asks for a pack at “${given}”, which is no address.`], 1, given);
    }
    if (url.origin !== location.origin) {
      return this.refuse([`The address of this page asks for a pack at ${url.origin}, and only files of this site, ${location.origin}, are opened from an address. Download it, and open it here as a file.`], 1, given);
    }
    const name = url.pathname.split('/').at(-1) || url.pathname;
    this.reading = name;
    try {
      this.open([new File([await fetchWithin(url)], name)], given);
    } catch (err) {
      this.reading = '';
      this.refuse([`${name}: it could not be fetched from this site (${(err as Error).message}).`], 1, given);
    }
  }

  /** Gives the graph to the trainer and begins on it. */
  async train(): Promise<void> {
    const { bytes, preview } = this;
    if (!bytes || !preview) return;
    this.giving = true;
    try {
      await this.lab.trainOn({ bytes, name: preview.file, address: this.address });
    } catch (err) {
      this.problems = { list: [(err as Error).message], count: 1 };
    } finally {
      this.giving = false;
    }
  }

  /** The graph as a file: other programs read it, and ?pack= opens it. */
  save(): void {
    saveText(this.bytes!, 'application/octet-stream', `${this.preview!.file.replace(/\.[^.]*( .*)?$/, '')}.pack`);
  }
}

/** Fetches a file that is no larger than the limit. */
async function fetchWithin(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  const large = () => new Error(`more than ${grouped(limits.bytes)} bytes, which is the most this page takes`);
  if (Number(response.headers.get('content-length')) > limits.bytes) throw large();
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength > limits.bytes) throw large();
  return bytes;
}
