declare module 'virtual:files' {
  /** Generated files by their names: where each is, from the page, and what fetch takes as its integrity. */
  const files: Record<string, { path: string; integrity: string }>;
  export default files;
}
