// What the teacher in a pack says of where it comes from.

/** More than this of a text of the file is cut. */
const most = 300;

const cut = (text: string): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** The metadata of a safetensors file, none where it cannot be read: the trainer says what is wrong with it. */
function metadata(file: Uint8Array): Record<string, unknown> {
  try {
    const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    return (header as { __metadata__?: Record<string, unknown> }).__metadata__ ?? {};
  } catch {
    return {};
  }
}

/** Sentences on what the teacher was trained on, and in what that differs from the pack. */
export function originOf(teacher: Uint8Array): string[] {
  const { split, data, notes } = metadata(teacher);
  if (typeof split !== 'string' || split === '') {
    return ['The teacher does not say on which data and split it was trained: its training nodes may be among the test nodes here.'];
  }
  const told = typeof notes === 'string' ? notes.split('\n').filter(Boolean) : [];
  const of = typeof data === 'string' && data !== '' ? ` of ${cut(data)}` : '';
  return [`The teacher was trained on split “${cut(split)}”${of}.`, ...told.slice(0, 8).map((note) => `When it was packed: ${cut(note)}.`)];
}
