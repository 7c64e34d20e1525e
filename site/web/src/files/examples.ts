// A tiny graph in each form that is read: to copy, and to open as it stands.

import { noLabel } from '../generated/data';

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

/** Columns, whether they must be there, and what they mean. */
export const nodeColumns: [string, string, string][] = [
  ['id', 'needed', 'any text, once'],
  ['type', '', 'paper, author, …; “node” without the column'],
  ['label', 'needed', `the class, on nodes of one type; where unknown, empty or one of ${noLabel.filter(Boolean).join(', ')}, in any case`],
  ['split', '', 'train, valid or test; drawn without the column: 60, 20 and 20 % of each class. Nodes without a label are left out of it'],
  ['name', '', 'what it is called'],
  ['year', '', 'a whole number'],
  ['f0, f1, …', '', 'features, numbers; as many for all nodes of a type. Without any, degrees stand in'],
];

export const edgeColumns: [string, string, string][] = [
  ['source', 'needed', 'an id of nodes.csv'],
  ['relation', '', 'cites, writes, …; “to” without the column'],
  ['target', 'needed', 'an id of nodes.csv'],
];
