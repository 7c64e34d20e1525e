// What an address says: an experiment, and how the page shows it.

import presetList from '../generated/presets.json';
import schema from '../generated/schema.json';
import { clean, experimentText, formatFragment, parseFragment } from './fragment';
import { scenes } from './scenes';
import type { Control, Settings } from './schema';

export const controls = schema as Control[];

/** Experiments worth seeing; a page without a fragment opens with the first. */
export const presets = presetList as { name: string; experiment: string; why: string }[];

/** Epochs per second; 0 is as fast as it can. */
export const speeds = [1, 3, 6, 12, 0];
export const defaultSpeed = 6;

/** What the trainer computes with; the first is the default. */
export const kernels = [
  { value: 'auto', label: 'the fastest that runs here' },
  { value: 'simd128', label: 'SIMD128: the same bits on every machine' },
  { value: 'none', label: 'plain Go: the same bits, slower' },
];

const isSpeed = (speed: number) => speed >= 0 && speed <= 1e6;

/** Settings of the page itself, kept in the fragment beside the experiment's, and which values they have. */
const pageSettings = new Map<string, (value: string) => boolean>([
  ['speed', (v) => isSpeed(Number(v))],
  ['kernels', (v) => kernels.some((k) => k.value === v)],
  ['scene', (v) => scenes.some((s) => String(s.id) === v)],
  ['changes', () => true],
]);

/** What a link holds. */
export interface Address {
  settings: Settings;
  speed: number;
  kernels: string;
  scene: number;
  /** What the user changed in the run, as text for the command plan. */
  plan: string;
}

/** The link to an experiment. It is never empty: an empty one stands for the first preset. */
export function formatLink(a: Address): string {
  const settings = {
    ...a.settings,
    ...(a.speed === defaultSpeed ? {} : { speed: String(a.speed) }),
    ...(a.kernels === 'auto' ? {} : { kernels: a.kernels }),
    ...(a.scene === 0 ? {} : { scene: String(a.scene) }),
    ...(a.plan === '' ? {} : { changes: a.plan }),
  };
  const first = controls[0]!;
  return `#${formatFragment(controls, settings) || `${first.key}=${first.default}`}`;
}

/** Reads a link's fragment; notice says what of it cannot be set here. */
export function parseLink(fragment: string): Address & { notice: string } {
  const given = parseFragment(fragment);
  const speed = Number(given.speed ?? defaultSpeed);
  const known = Object.fromEntries(Object.entries(given).filter(([key]) => controls.some((c) => c.key === key)));
  const settings = Object.keys(known).length > 0 ? clean(controls, known) : parseFragment(presets[0]!.experiment);
  const dropped = Object.entries(given).filter(([key, value]) => !(pageSettings.get(key)?.(value)
    ?? (Object.hasOwn(settings, key) || controls.find((c) => c.key === key)?.default === value)));
  return {
    settings,
    speed: isSpeed(speed) ? speed : defaultSpeed,
    kernels: kernels.find((k) => k.value === given.kernels)?.value ?? 'auto',
    scene: Math.max(0, scenes.findIndex((s) => String(s.id) === given.scene)),
    plan: given.changes ?? '',
    notice: dropped.length === 0 ? ''
      : `The link asks for ${dropped.map(([key, value]) => `${key}=${value}`).join(', ')}, which cannot be set here; the default is used.`,
  };
}

/** What to tell of settings that stand before the #, where none is read: "" if there are none. */
export function misplaced(search: string): string {
  const found = [...new URLSearchParams(search)].filter(([key]) => pageSettings.has(key) || controls.some((c) => c.key === key));
  return found.length === 0 ? '' : `Settings stand after a #, so these are not read: write #${formatFragment(controls, Object.fromEntries(found))} at the end of the address.`;
}

/** An experiment's text with its defaults left out, whoever wrote it. */
export const keyOf = (experiment: string): string => experimentText(controls, clean(controls, parseFragment(experiment)));
