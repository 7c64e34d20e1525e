declare module 'virtual:files' {
  /** Generated files by their names: where each is, from the page, and what fetch takes as its integrity. */
  const files: Record<string, { path: string; integrity: string }>;
  export default files;
}
declare module 'virtual:stage' {
  /** The document of the frame that draws; "" where it has an address of its own. */
  const stage: string;
  export default stage;
}
declare module 'virtual:later-messages' {
  /** What is said in English by what the page does not begin with. */
  const messages: Record<string, never[]>;
  export default messages;
}
