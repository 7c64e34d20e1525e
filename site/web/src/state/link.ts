// What an address says: an experiment, where in it, and how the page shows it.

import { scenes, type SceneID } from '../generated/lesson';
import presetList from '../generated/presets.json';
import schema from '../generated/schema.json';
import { defaultData, defaultSpeed, fastest, shippedData, type Control as Listed } from '../generated/setup';
import { readSubject } from '../generated/wire';
import { listed, quote, shown } from '../wire/foreign';
import { clean, experimentText, formatFragment, longest, parseFragment, readPairs } from './fragment';
import { allows, decimal, offered, valueOf, wanted, worded, type Settings } from './schema';
import { say } from '../texts/texts';

export const controls = worded(schema as Listed[]);

/** Experiments worth seeing; a page without a fragment opens with the first. */
export const presets = offered(presetList);

/** Epochs per second; 0 is as fast as it can. */
export const speeds = [1, 3, 6, 12, 0];
export { defaultSpeed };

/** What the trainer computes with; the first is the default. */
export const kernels = [
  { value: 'auto', get label() { return say('kernels.auto'); } },
  { value: 'simd128', get label() { return say('kernels.simd128'); } },
  { value: 'none', get label() { return say('kernels.none'); } },
];

/** The speed that a text says, undefined if it says none. */
function speedOf(text = ''): number | undefined {
  const v = decimal(text);
  return v !== undefined && v >= 0 && v <= fastest ? v : undefined;
}

const opening = scenes[0]!.id;

/** The scene that a text names, by its word or, as links of before did, by its place. */
const sceneOf = (text: string | undefined): SceneID | undefined => scenes.find((s, place) => s.id === text || String(place) === text)?.id;

/** A setting of the page itself, kept in the fragment beside the experiment's. */
interface PageSetting {
  allows: (value: string) => boolean;
  wanted: () => string;
  /** What is used in place of what is not allowed. */
  otherwise: string;
}

/** A count that a text says, undefined if it says none. */
const countOf = (text = ''): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

/** Parts of the page that a link may leave out. */
export const hideable = ['rail', 'story', 'transport', 'settings'] as const;
export type Hideable = (typeof hideable)[number];
const hiddenIn = (text = ''): Hideable[] => hideable.filter((part) => text.split(',').includes(part));

/** The seed of whoever opens the link: another for each. */
export const anySeed = 'student';
/** A seed that was not chosen. */
export const drawnSeed = (): string => String(1 + Math.floor(Math.random() * 9999));

const pageSettings = new Map<string, PageSetting>([
  ['speed', { allows: (v) => speedOf(v) !== undefined, wanted: () => say('link.speed', { most: fastest }), otherwise: String(defaultSpeed) }],
  ['kernels', { allows: (v) => kernels.some((k) => k.value === v), wanted: () => say('link.one', { values: kernels.map((k) => k.value).join(', ') }), otherwise: kernels[0]!.value }],
  ['scene', { allows: (v) => sceneOf(v) !== undefined, wanted: () => say('link.one', { values: scenes.map((s) => s.id).join(', ') }), otherwise: opening }],
  ['step', { allows: (v) => (countOf(v) ?? 0) > 0, wanted: () => say('link.step'), otherwise: '1' }],
  ['node', { allows: (v) => countOf(v) !== undefined, wanted: () => say('link.node'), otherwise: '' }],
  ['open', { allows: (v) => readSubject(v) !== undefined, wanted: () => say('link.open'), otherwise: '' }],
  ['epoch', { allows: (v) => countOf(v) !== undefined, wanted: () => say('link.epoch'), otherwise: '' }],
  ['paused', { allows: (v) => v === 'on', wanted: () => 'on', otherwise: '' }],
  ['messages', { allows: (v) => v === 'teacher' || v === 'student', wanted: () => say('link.one', { values: 'student, teacher' }), otherwise: 'student' }],
  ['layer', { allows: (v) => layerOf(v) !== undefined, wanted: () => say('link.layer'), otherwise: '' }],
  ['present', { allows: (v) => v === 'on', wanted: () => 'on', otherwise: '' }],
  ['hide', { allows: (v) => v.split(',').every((part) => hideable.some((h) => h === part)), wanted: () => say('link.some', { values: hideable.join(',') }), otherwise: '' }],
  ['lesson', { allows: (v) => lessonOf(v) !== undefined, wanted: () => say('link.lesson'), otherwise: '' }],
  ['beside', { allows: () => true, wanted: () => '', otherwise: '' }],
  ['changes', { allows: () => true, wanted: () => '', otherwise: '' }],
]);

/** Where in the story and in the run the page is; what is not given is as a run begins. */
export interface Place {
  scene: SceneID;
  /** The step of the scene, counted from 0. */
  step: number;
  /** The target node in focus. */
  node?: number | undefined;
  /** The subject whose arithmetic is open, "" for none. */
  open: string;
  /** The epoch that is shown; a run that goes on has none. */
  epoch?: number | undefined;
  paused: boolean;
  /** Whose messages the drawing shows. */
  messages: 'student' | 'teacher';
  /** The layer whose sums are shown. */
  layer?: Layer | undefined;
  /** The page is shown to a hall. */
  present: boolean;
  /** What of the page is left out. */
  hide: Hideable[];
  /** The lesson that is played, "" for the list of the course. */
  lesson?: string | undefined;
  /** The course that stands beside the one of the link, as A. */
  beside?: { settings: Settings; plan: string } | null | undefined;
}

/** A layer, counted from 0. */
export interface Layer { model: 'student' | 'teacher'; layer: number }

/** The lesson that a text names, by its word or by the address of its file on this site, "" for their list; undefined if it names none. */
const lessonOf = (text = ''): string | undefined => (text === 'list' ? '' : /^([a-z][a-z0-9-]{0,39}|[\w./-]{1,200}\.md)$/.test(text) ? text : undefined);

function layerOf(text = ''): Layer | undefined {
  const [, model, layer] = /^(student|teacher)-([1-9]\d?)$/.exec(text) ?? [];
  return model ? { model: model as Layer['model'], layer: Number(layer) - 1 } : undefined;
}

/** What a link holds. */
export interface Address extends Place {
  settings: Settings;
  speed: number;
  kernels: string;
  /** What the user changed in the run, as text for the command plan. */
  plan: string;
}

/** The link to an experiment. It always names its graph: one that does not is of before links did, see opened. */
export function formatLink(a: Address): string {
  const settings = {
    data: valueOf(controls, a.settings, 'data'), ...a.settings,
    ...(a.speed === defaultSpeed ? {} : { speed: String(a.speed) }),
    ...(a.kernels === 'auto' ? {} : { kernels: a.kernels }),
    ...(a.scene === opening ? {} : { scene: a.scene }),
    ...(a.step === 0 ? {} : { step: String(a.step + 1) }),
    ...(a.node === undefined ? {} : { node: String(a.node) }),
    ...(a.open === '' ? {} : { open: a.open }),
    ...(a.epoch === undefined ? {} : { epoch: String(a.epoch) }),
    ...(a.paused ? { paused: 'on' } : {}),
    ...(a.messages === 'student' ? {} : { messages: a.messages }),
    ...(a.layer ? { layer: `${a.layer.model}-${a.layer.layer + 1}` } : {}),
    ...(a.present ? { present: 'on' } : {}),
    ...(a.hide.length === 0 ? {} : { hide: a.hide.join(',') }),
    ...(a.lesson === undefined ? {} : { lesson: a.lesson || 'list' }),
    ...(a.beside ? { beside: formatBeside(a.beside) } : {}),
    ...(a.plan === '' ? {} : { changes: a.plan }),
  };
  return `#${formatFragment(controls, settings)}`;
}

/** A course as the value of one setting: pairs like the link's own, with semicolons between. */
function formatBeside({ settings, plan }: NonNullable<Place['beside']>): string {
  const all = { data: valueOf(controls, settings, 'data'), ...settings, ...(plan === '' ? {} : { changes: plan }) };
  return Object.entries(all).map(([key, value]) => `${key}=${value.replace(/[%;&]/g, encodeURIComponent)}`).join(';');
}

/** Reads what formatBeside writes, and says what of it cannot be set. */
function readBeside(text: string): { beside: Place['beside']; sentences: string[] } {
  if (text === '') return { beside: null, sentences: [] };
  const given = parseFragment(text.replaceAll(';', '&')), { changes: plan = '', ...rest } = given;
  const known = Object.fromEntries(Object.entries(rest).filter(([key]) => controlOf(key))), settings = opened(known);
  const strange = Object.keys(rest).filter((key) => !controlOf(key));
  return { beside: { settings, plan }, sentences: [
    ...Object.entries(known).map(([key, value]) => corrected(key, value, settings)).filter((s) => s !== '').map((what) => say('link.beside', { what })),
    ...(strange.length === 0 ? [] : [say('link.beside', { what: say('link.strange', { names: listed(strange, mostTold) }) })]),
  ] };
}

/** What a link is told as. */
export interface Told {
  /** What of it cannot be set here, and what is used instead; "" if all can. */
  notice: string;
  /** Its seed was drawn for whoever opens it. */
  drawn: boolean;
}

/** Reads a link's fragment. */
export function parseLink(fragment: string): Address & Told {
  const read = readPairs(fragment);
  const given = new Map<string, string>(), strange = new Set<string>(), repeated = new Set<string>();
  for (const { key, value } of read.pairs) {
    if (value === undefined || !isSetting(key)) {
      strange.add(key);
      continue;
    }
    if (given.has(key) && given.get(key) !== value) repeated.add(key);
    given.set(key, value);
  }
  const drawn = given.get('seed') === anySeed;
  if (drawn) given.set('seed', drawnSeed());
  const known = Object.fromEntries([...given].filter(([key]) => controlOf(key)));
  const settings = opened(known), seedAlone = 'seed' in known && Object.keys(known).length === 1;
  const scene = sceneOf(given.get('scene')) ?? opening, steps = scenes.find((s) => s.id === scene)!.steps.length;
  const { beside, sentences: ofBeside } = readBeside(given.get('beside') ?? '');
  const sentences = [...[...given].map(([key, value]) => corrected(key, value, settings)).filter((text) => text !== ''), ...ofBeside];
  return {
    settings,
    speed: speedOf(given.get('speed')) ?? defaultSpeed,
    kernels: kernels.find((k) => k.value === given.get('kernels'))?.value ?? 'auto',
    scene,
    step: Math.min(steps, countOf(given.get('step')) || 1) - 1,
    node: countOf(given.get('node')),
    open: readSubject(given.get('open') ?? '') ? given.get('open')! : '',
    epoch: countOf(given.get('epoch')),
    paused: given.get('paused') === 'on',
    messages: given.get('messages') === 'teacher' ? 'teacher' : 'student',
    layer: layerOf(given.get('layer')),
    present: given.get('present') === 'on',
    hide: hiddenIn(given.get('hide')),
    lesson: lessonOf(given.get('lesson')),
    beside,
    drawn,
    plan: given.get('changes') ?? '',
    notice: [
      read.cutFrom === 0 ? '' : say('link.cut', { length: read.cutFrom, most: longest }),
      seedAlone ? say('link.seed', { before: shippedData, link: `#data=${defaultData}&seed=${shown(settings.seed ?? '1', 40)}` }) : '',
      (countOf(given.get('step')) ?? 0) <= steps ? '' : say('link.steps', { step: quote(given.get('step')!), scene, n: steps }),
      ...sentences.slice(0, mostSentences),
      sentences.length <= mostSentences ? '' : say('link.more', { n: sentences.length - mostSentences }),
      strange.delete('embed') ? say('link.embed') : '',
      strange.size === 0 ? '' : say('link.strange', { names: listed([...strange], mostTold) }),
      repeated.size === 0 ? '' : say('link.repeated', { names: listed([...repeated], mostTold) }),
    ].filter((text) => text !== '').join(' '),
  };
}

/**
 * What the settings of a link mean. A link without any, or with a seed alone,
 * says nothing of the method: it is of what the page opens with. Any other that
 * names no graph is of before the page opened with a graph that ships, and links
 * named theirs: what it leaves out has the defaults that it had then.
 */
function opened(known: Settings): Settings {
  const method = Object.keys(known).some((key) => key !== 'seed');
  return clean(controls, method ? known : { ...parseFragment(presets[0]!.experiment), ...known });
}

/** So many corrected values are told one by one. */
const mostSentences = 8;
/** So many names of what cannot be set are told. */
const mostTold = 3;

const controlOf = (key: string) => controls.find((c) => c.key === key);
const isSetting = (key: string) => pageSettings.has(key) || controlOf(key) !== undefined;

/** What is wrong with a value of the link and what is used instead, "" if nothing is. */
function corrected(key: string, value: string, settings: Settings): string {
  const own = pageSettings.get(key), control = controlOf(key);
  if (own ? own.allows(value) : !control || allows(control, value) || value === control.default) return '';
  const used = own ? own.otherwise : valueOf(controls, settings, key);
  const name = own ? key : `${control!.label} (${key})`;
  return say('link.corrected', { name, value: quote(value), wanted: own?.wanted() ?? wanted(control!), used: used === '' ? say('link.default') : used });
}

/** What stands before the # of an address, and what after it. */
export interface Halves { search: string; fragment: string }

/**
 * Reads what stands before the # of an address: ?embed=1 asks for the page as a part of another one, and &step=SCENE.N
 * says where in the story it opens. That is put where every link has it; what the fragment itself says of it counts.
 */
export function readSearch({ search, fragment }: Halves): Halves & { embedded: boolean; notice: string } {
  const given = new URLSearchParams(search.slice(0, longest)), embed = given.get('embed'), place = given.get('step');
  if (embed === null) return { search, fragment, embedded: false, notice: '' };
  if (embed !== '1') return { search, fragment, embedded: false, notice: say('link.corrected', { name: 'embed', value: quote(embed), wanted: '1', used: say('link.whole') }) };
  given.delete('step');
  const [, name, step] = /^(\w+)\.([1-9]\d{0,8})$/.exec(place ?? '') ?? [], scene = sceneOf(name);
  return {
    search: `?${given}`, embedded: true,
    fragment: scene ? `#scene=${scene}&step=${step}${fragment.length > 1 ? `&${fragment.slice(1)}` : ''}` : fragment,
    notice: scene || place === null ? '' : say('link.corrected', { name: 'step', value: quote(place), wanted: say('link.place'), used: opening }),
  };
}

/** What to tell of settings that stand before the #, where none is read: "" if there are none. */
export function misplaced(search: string): string {
  const found = [...new URLSearchParams(search.slice(0, longest))].filter(([key]) => isSetting(key));
  return found.length === 0 ? '' : say('link.misplaced', { settings: shown(formatFragment(controls, Object.fromEntries(found)), 200) });
}

/** An experiment's text with its defaults left out, whoever wrote it. */
export const keyOf = (experiment: string): string => experimentText(controls, clean(controls, parseFragment(experiment)));
