// The tables as Markdown, for RESULTS.md.

import type { Agreement } from './race';
import { called, fastest, figure, verdict, type Bar, type Row } from './works';

function table(rows: string[][]): string {
  const width = rows[0]!.map((_, j) => Math.max(...rows.map((r) => r[j]!.length)));
  const line = (cells: string[], pad: string) => `| ${cells.map((c, j) => c.padEnd(width[j]!, pad)).join(' | ')} |`;
  return [line(rows[0]!, ' '), line(width.map(() => ''), '-'), ...rows.slice(1).map((r) => line(r, ' '))].join('\n');
}

export function markdown(names: string[], rows: Row[], agreements: Agreement[], bars: Bar[]): string {
  const cell = (r: Row, name: string) => {
    const s = r.seconds[name]!;
    return figure(s * 1e3) + (r.work.flop ? ` (${figure(r.work.flop / s / 1e9)})` : '');
  };
  const peers = names.filter((name) => !['simd128', 'relaxed'].includes(name));
  const times = table([
    ['work', ...names.map((n) => `${n}, ms (GFLOP/s)`), ...(names.includes('relaxed') ? ['relaxed : simd128'] : []), ...peers.map((n) => `best : ${n}`)],
    ...rows.map((r) => [
      called(r.work), ...names.map((n) => cell(r, n)),
      ...(names.includes('relaxed') ? [figure(r.seconds.simd128! / r.seconds.relaxed!)] : []),
      ...peers.map((n) => figure(r.seconds[n]! / fastest(r))),
    ]),
  ]);
  const losses = agreements.map((a) => `- ${called(a.work)}: ${Object.entries(a.losses).map(([name, l]) => `${name} ${l.map((x) => x.toFixed(6)).join(', ')}`).join('; ')}`);
  const judged = table([
    ['bar', 'reached', 'at least', 'stretch', ''],
    ...bars.map((b) => [b.what, `${figure(b.reached)}×`, `${b.atLeast}×`, `${b.stretch}×`, verdict(b)]),
  ]);
  const met = bars.filter((b) => b.reached >= b.atLeast).length;
  return `${times}\n\na : b says how many times as fast a is as b; best is the faster kernel module.\n\n`
    + `Losses of the first steps of the same student, which have to agree before anything is timed:\n\n${losses.join('\n')}\n\n`
    + `### Bars\n\n${judged}\n\n${met} of ${bars.length} bars met.\n`;
}
