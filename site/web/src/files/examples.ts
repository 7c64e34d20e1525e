// A tiny graph in each form that is read: to copy, and to open as it stands.

import { noLabel } from '../generated/data';
import { say } from '../texts/texts';

export const nodesCSV = `id,type,label,split,name,year,f0,f1
p1,paper,graphs,train,Message passing,2017,0.9,0.1
p2,paper,graphs,train,Relations,2018,0.8,0.2
p3,paper,graphs,valid,Deeper,2019,0.7,0.1
p4,paper,text,train,"Words, again",2017,0.1,0.9
p5,paper,text,valid,Sentences,2019,0.2,0.8
p6,paper,text,test,Translation,2020,0.3,0.7
p7,paper,graphs,test,Attention,2020,0.6,0.4
ada,author,,,Ada,,,
bob,author,,,Bob,,,
`;

export const edgesCSV = `source,relation,target
p2,cites,p1
p3,cites,p2
p5,cites,p4
p6,cites,p5
p7,cites,p1
ada,writes,p1
ada,writes,p3
ada,writes,p7
bob,writes,p4
bob,writes,p6
`;

export const graphJSON = `{
  "name": "my graph",
  "nodes": [
    {"id": "p1", "type": "paper", "label": "graphs", "year": 2017, "features": [0.9, 0.1]},
    {"id": "ada", "type": "author", "name": "Ada"}
  ],
  "edges": [
    {"source": "ada", "relation": "writes", "target": "p1"}
  ]
}
`;

/** A column, whether it must be there, and what it means. */
export type Column = [name: string, needed: boolean, means: () => string];

export const nodeColumns: Column[] = [
  ['id', true, () => say('help.node.id')],
  ['type', false, () => say('help.node.type')],
  ['label', true, () => say('help.node.label', { none: noLabel.filter(Boolean).join(', ') })],
  ['split', false, () => say('help.node.split')],
  ['name', false, () => say('help.node.name')],
  ['year', false, () => say('help.node.year')],
  ['f0, f1, …', false, () => say('help.node.features')],
];

export const edgeColumns: Column[] = [
  ['source', true, () => say('help.edge.end')],
  ['relation', false, () => say('help.edge.relation')],
  ['target', true, () => say('help.edge.end')],
];
