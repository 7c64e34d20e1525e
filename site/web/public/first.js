// Before the page's own script runs: the language that the user chose here, or
// the first of the browser's that there is, and the theme. Of what the document
// says in all languages that one stays.
(() => {
  const languages = JSON.parse(document.currentScript.dataset.languages), root = document.documentElement;
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off
    }
  };
  /** Language and script of a tag, both named or implied. */
  const meant = (tag) => {
    try {
      const { language, script } = new Intl.Locale(tag).maximize();
      return `${language} ${script}`;
    } catch {
      return '';
    }
  };
  const asked = navigator.languages.map((tag) => languages.find((l) => meant(l.tag) === meant(tag)));
  const language = languages.find((l) => l.tag === stored('abkd-language')) ?? asked.find((l) => l) ?? languages[0];
  root.lang = language.tag;
  root.dir = language.direction;
  document.title = language.title;
  const system = matchMedia('(prefers-contrast: more)').matches ? 'contrast' : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  root.dataset.theme = stored('abkd-theme') ?? system;
  const others = new MutationObserver(() => {
    for (const e of document.querySelectorAll('.shell')) if (e.lang !== language.tag) e.remove();
  });
  others.observe(root, { childList: true, subtree: true });
  addEventListener('DOMContentLoaded', () => others.disconnect());
})();
