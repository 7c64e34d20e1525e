import temml from 'temml';

/** The MathML of a formula in LaTeX. Inline styles are dropped: a content security policy refuses them, and the style sheet does without. */
export const mathOf = (tex) => temml
  .renderToString(tex, { displayMode: true, throwOnError: true, annotate: false })
  .replace(/ style="[^"]*"/g, '');
