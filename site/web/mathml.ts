import type { Plugin } from 'vite';
import { mathOf } from './formula.mjs';

/** Turns the LaTeX of formulas.json into MathML while the page is built, so that none of it is done in the page. */
export function mathml(): Plugin {
  return {
    name: 'mathml',
    enforce: 'pre',
    transform(source, id) {
      if (!id.endsWith('/src/words/formulas.json')) return undefined;
      const groups = JSON.parse(source) as Record<string, Record<string, string>>;
      const rendered = Object.fromEntries(Object.entries(groups).map(([name, group]) => [name,
        Object.fromEntries(Object.entries(group).map(([key, tex]) => [key, mathOf(tex)]))]));
      return JSON.stringify(rendered);
    },
  };
}
