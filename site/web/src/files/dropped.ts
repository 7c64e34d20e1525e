// What is dropped on the page: files, and those in folders.

import type { Source } from '../wire/files';

/** The files that are dragged; those in folders are named with them. Hidden ones are left out, as abkd import does. */
export async function dropped(data: DataTransfer): Promise<Source[]> {
  const entries = [...data.items].filter((i) => i.kind === 'file').map((i) => i.webkitGetAsEntry());
  if (!entries.some((e) => e?.isDirectory)) return [...data.files];
  return (await Promise.all(entries.map((e) => (e ? within(e) : [])))).flat();
}

async function within(entry: FileSystemEntry): Promise<Source[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((take, fail) => { (entry as FileSystemFileEntry).file(take, fail); });
    return [{ name: entry.fullPath.slice(1), size: file.size, arrayBuffer: () => file.arrayBuffer() }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader(), found: Source[] = [];
  for (;;) { // a hundred at a time
    const some = await new Promise<FileSystemEntry[]>((take, fail) => { reader.readEntries(take, fail); });
    if (some.length === 0) return found;
    for (const e of some) if (!e.name.startsWith('.')) found.push(...await within(e));
  }
}
