// Whether the page is served by "abkd lab", where trainers run natively: that
// program says so in the document. Other pages ask nobody.

export interface Native {
  /** What people call the graph. */
  graph: string;
  /** The experiment with which the main run begins. */
  experiment: string;
  /** How many trainers there may be beside the main run. */
  places: number;
  /** It has a folder of studies. */
  studies: boolean;
  /** What a page must know to be given one. */
  token: string;
}

const kept = 'abkd-token', given = /^#token=([0-9A-Z]+)$/;

/** What the document says of the program that serves it; undefined of another server. The secret leaves the address for the tab's own storage, so that it is in no link and no history. */
export function native(): Native | undefined {
  const said = document.querySelector<HTMLMetaElement>('meta[name=abkd-lab]')?.content;
  if (!said) return undefined;
  const token = given.exec(location.hash)?.[1];
  if (token) {
    sessionStorage.setItem(kept, token);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return { ...JSON.parse(said) as Omit<Native, 'token'>, token: token ?? sessionStorage.getItem(kept) ?? '' };
}
