import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** The folders of the page, level by level: a module imports from its own level and from those before it. */
const order = [['generated', 'texts', 'wire'], ['words'], ['plot'], ['state'], ['parts'], ['files', 'studies', 'lessons'], ['scenes'], ['room'], ['']];

const src = new URL('../src/', import.meta.url);
const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');
const level = (path: string) => order.findIndex((folders) => folders.includes(folderOf(path)));

test('data flows one way: no module imports from a folder above its own', () => {
  const modules = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((f) => /\.(ts|svelte)$/.test(f) && folderOf(f) !== 'bench');
  expect(modules.length).toBeGreaterThan(60);
  const upward = modules.flatMap((file) => {
    const specs = [...readFileSync(new URL(file, src), 'utf8').matchAll(/(?:from|import) '(\.[^'?]+)/g)].map((m) => m[1]!);
    return specs.map((spec) => normalize(join(dirname(file), spec))).filter((to) => !to.startsWith('..'))
      .filter((to) => level(to) < 0 || level(to) > level(file)).map((to) => `${file} imports ${to}`);
  });
  expect(upward).toEqual([]);
});
