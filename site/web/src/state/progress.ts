// How far a reader has come in the course. It stays in this browser.

const stored = 'abkd-lessons';

/** What became of a lesson that was played to its answer. */
export interface Done { title: string; guess: string; right: boolean; seed: number; at: string; exam?: Marked }

/** What became of an exam: the settings are those that were handed in last, after a pass the ones that passed. */
export interface Marked { passed: boolean; attempts: number; settings: string }

export type Progress = Record<string, Done>;

export function kept(): Progress {
  try {
    const all: unknown = JSON.parse(localStorage.getItem(stored) ?? '{}');
    return typeof all === 'object' && all !== null ? all as Progress : {};
  } catch {
    return {}; // storage is switched off, or holds what another page has written
  }
}

export function keep(progress: Progress): void {
  try {
    if (Object.keys(progress).length === 0) localStorage.removeItem(stored);
    else localStorage.setItem(stored, JSON.stringify(progress));
  } catch { /* it lasts as long as the page */ }
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

const markedOf = (m: Marked | undefined) => (m ? [m.passed ? 'yes' : 'no', m.attempts, quoted(m.settings)] : ['', '', '']);

/** As a table for a teacher. */
export const csvOf = (progress: Progress): string => [
  'lesson,title,guess,right,seed,time,passed,attempts,settings',
  ...Object.entries(progress).map(([id, d]) => [id, quoted(d.title), quoted(d.guess), d.right ? 'yes' : 'no', d.seed, d.at, ...markedOf(d.exam)].join(',')),
].join('\n') + '\n';
