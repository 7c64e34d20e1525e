declare module 'virtual:digests' {
  const digests: Record<string, string>;
  export default digests;
}
