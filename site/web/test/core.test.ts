import { afterEach, expect, test } from 'vitest';
import english from '../public/generated/core-en.json';
import chineseCore from '../public/generated/core-zh-Hans.json';
import chinese from '../public/generated/messages-zh-Hans.json';
import { learnCore, reworded } from '../src/texts/core';
import { speak, type Catalogue } from '../src/texts/texts';
import { sentence } from '../src/wire/trainer';

afterEach(() => speak('en'));

function speakChinese() {
  speak('zh-Hans', chinese as Catalogue);
  learnCore(english as Catalogue, chineseCore as Catalogue);
}

const texts: [string, string][] = [
  ['All terms together.', '所有项之和。'],
  ['What layer 2 says of paper 3 “Deep. Nets”: the logits, one for each class. The largest is the prediction.', '第 2 层对论文 3“Deep. Nets” 的回答：logits，每个类别一个。最大的就是预测。'],
  ['What layer 1 computed for the neighbours and of the node itself, last: 3 nodes of type paper: 1, 2, 4.', '第 1 层为邻居和节点自身（最后一个）：3 个论文节点：1, 2, 4 计算的结果。'],
  ["The mean over the 200 compared nodes of what the teacher's layer 2 computed in this step. There are too many to list.", '教师第 2 层在此步的计算结果，在 200 个被比较节点上的均值。太多，无法列出。'],
  ['inspect: this run has no teacher', '无法查看：此运行没有教师'],
  ['edges.csv, row 3: target "zz" is that of no node: every edge joins two nodes by their identifiers', 'edges.csv 第 3 行：target "zz" 不是任何节点的标识：每条边用标识连接两个节点'],
  ['a.zip, b.csv (in the form of DGL): these are nodes alone: give the file of the edges too', 'a.zip, b.csv（DGL 的形式）：这里只有节点：请同时给出边的文件'],
  ['a.json, line 2: this is no JSON (unexpected end): want one object, {"nodes": [{"id": …}, …], "edges": [{"source": …, "target": …}, …]}', 'a.json 第 2 行：这不是 JSON（unexpected end）：应为一个对象：{"nodes": [{"id": …}, …], "edges": [{"source": …, "target": …}, …]}'],
  ['x.gz: this is a zip archive, want a file with a graph', 'x.gz：这是 zip 归档，需要一个含有图的文件'],
  ['mine.pack: teacher: gnn: checkpoint: safetensors: header: byte 9: string has no end', 'mine.pack：教师：权重文件：safetensors：文件头第 9 字节：字符串没有结尾'],
  ['students: "2y8", want layers x width such as 2x8, up to 64x4096', '学生："2y8"，应为“层数x宽度”，例如 2x8，最大 64x4096'],
  ['writes', '撰写'],
];

test.each(texts)('“%s” is said in Chinese', (text, want) => {
  expect(reworded(text)).toBe(text);
  speakChinese();
  expect(reworded(text)).toBe(want);
});

test('what no message says is shown as it is', () => {
  speakChinese();
  for (const text of ['', 'a bug', 'What they never say. All terms together.']) expect(reworded(text)).toBe(text);
});

test.each([
  ['sim: lr is "x", want a number from 1e-06 to 1', 'Lr is "x", want a number from 1e-06 to 1.', 'Lr 是 "x"，应为从 1e-06 到 1 的数。'],
  ['sim: command change: drop: cites is dropped already', 'Command change: drop: cites is dropped already.', '无法改动：关闭：引用已经关闭。'],
  ['sim: it fell apart', 'It fell apart.', 'It fell apart。'],
])('a refusal, “%s”, is a sentence', (text, inEnglish, inChinese) => {
  expect(sentence(text)).toBe(inEnglish);
  speakChinese();
  expect(sentence(text)).toBe(inChinese);
});

test('each message is found by its English text', () => {
  speakChinese();
  /** A message with a name of nothing in place of each argument, and of a problem one that is said. */
  const plain = (message: Catalogue[string], problem: string) => message.map((part) => (typeof part === 'string' ? part : (part as { arg: string }).arg.replace(/^(?=.)/, 'x').replace('xproblem', problem))).join('');
  for (const [key, message] of Object.entries(english as Catalogue)) {
    expect(reworded(plain(message, 'the file is empty')), key).toBe(plain((chineseCore as Catalogue)[key]!, '文件是空的'));
  }
});
