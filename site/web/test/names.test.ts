import { describe, expect, it } from 'vitest';
import { changeText, plain } from '../src/words/changes';
import { nodeName } from '../src/words/report';
import type { Snapshot } from '../src/wire/snapshot';
import { subjectText } from '../src/words/subject';

const long = 'W'.repeat(1 << 20), forged = '\u202ename\u0000';

describe('names of a graph', () => {
  it('are cut wherever they are shown', () => {
    const graph = { types: [long], classes: [long], nodes: [{ type: 0, id: 7, label: 0, teacher: 0, student: 0 }] };
    for (const text of [
      plain(long), plain(`rev_${long}`), changeText(`drop ${long}`), changeText(`cut ${long} 1 2`), changeText(`${long} 1`),
      subjectText(`node teacher 0 ${long} 7`), subjectText(`edge student 0 ${long} 1 2`), subjectText(`param student ${long}`), subjectText(long),
      nodeName({ graph } as unknown as Snapshot, 0),
    ]) expect(text.length, text.slice(0, 80)).toBeLessThan(700);
  });

  it('are spelled out where they would hide something', () => {
    for (const text of [plain(forged), subjectText(`node teacher 0 ${forged} 7`), changeText(`drop ${forged}`)]) expect(text).toContain('\\u{202e}name\\u{0}');
  });
});
