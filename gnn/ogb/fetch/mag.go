//go:build !js

package fetch

// magFiles are the published sizes and sums of files of OGBN-Mag.
var magFiles = []FileSum{
	{"raw/node-feat/paper/node-feat.csv.gz", 332255875, "f7dab1c6b992ace908d903c2612cf22b294e87d9727797ec27a8e52d89bbb3a9"},
	{"raw/node-feat/paper/node_year.csv.gz", 287779, "204c49c872a02c927557c5fed679edcc9428e937e73189c97bbb756b41b34f62"},
	{"raw/node-label/paper/node-label.csv.gz", 876345, "739b5027dfb9940c4c8c31175eb16b304652a79c0964573d0d26c51feb50f031"},
	{"raw/num-node-dict.csv.gz", 109, "3fa66146608b4ce46c67004da2354844f359f0ca1a8e950f123fecd80eb5b089"},
	{"raw/relations/author___affiliated_with___institution/edge.csv.gz", 4438951, "c746058c1dde1d16452bea0bb8745effd5db748d365aa70b5d7abc9d90560896"},
	{"raw/relations/author___affiliated_with___institution/edge_reltype.csv.gz", 2084, "5241808f389f918f298fbd09bc3656ede04c036beeba781e8b6d35426626318b"},
	{"raw/relations/author___affiliated_with___institution/num-edge-list.csv.gz", 52, "ff23a72500064ddf075fc72297093395950d1494beb3e49d15de8f926672f100"},
	{"raw/relations/author___writes___paper/edge.csv.gz", 30744057, "c29f6dd80d7f039e40e2bc2d7b7281cdc8f09585e5b166c14a97e6f9b2d3a6d0"},
	{"raw/relations/author___writes___paper/edge_reltype.csv.gz", 13949, "5c47b27db9e614a0c7e605ccbfb95f0d1c26e5247faff33f805d4e29a56e1739"},
	{"raw/relations/author___writes___paper/num-edge-list.csv.gz", 52, "e778ed876cb40a264b8566fb03fa3b21fd722074908819124af365ee48f0bddc"},
	{"raw/relations/paper___cites___paper/edge.csv.gz", 24949993, "5875efe73c4bf68d7499b5186008f335d9dce29b39b41fa4658f1864122f6307"},
	{"raw/relations/paper___cites___paper/edge_reltype.csv.gz", 10585, "6e462093b5c15b45ae65a1b53a360094ef0d27a93fba868ffa634d3e7aa40c75"},
	{"raw/relations/paper___cites___paper/num-edge-list.csv.gz", 52, "e400fbbf04943be45c13b46e2fc30feb081aa6549b665a32aeefd3bd71f1994b"},
	{"raw/relations/paper___has_topic___field_of_study/edge.csv.gz", 27524600, "5e98dd3ad2f29eec00fb0a4c198cf35f623cfa7672b0635a1691bf892e7fb43b"},
	{"raw/relations/paper___has_topic___field_of_study/edge_reltype.csv.gz", 14645, "f0bc1635d3137c26778731b5ddb18eb41a324630d2018594f2390ebb3b107938"},
	{"raw/relations/paper___has_topic___field_of_study/num-edge-list.csv.gz", 52, "71dccdc6975e426ed3e2bee5f5604b5b96cd59151a7ebfb5beda7e5a8b17a8d5"},
	{"raw/split/time/nodetype-has-split.csv.gz", 101, "0f4e1ec33d274a04b364a5a74520fef059f3f0588692de25416bbe5b668c3348"},
	{"raw/split/time/paper/test.csv.gz", 95806, "12e29c6ebee8bd43f1157da47d4516609b39c8ae2bb2b8a1a3567b7b91876f1b"},
	{"raw/split/time/paper/train.csv.gz", 1339910, "7a272bf0891f54b098aef9845359877ea201910f871a85f54fe165131f6b8a56"},
	{"raw/split/time/paper/valid.csv.gz", 146611, "f11c8b8415446a7b3f120973c6b6d6e230a56b2d33e4920fb013f312208bb3ac"},
}
