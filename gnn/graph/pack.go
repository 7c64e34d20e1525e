package graph

// A Pack is a graph, and perhaps a teacher trained for it, in one small file:
// what a browser opens in place of a folder of CSV files. Encode writes it and
// DecodePack reads it.
//
// All numbers are little-endian. u32 is an unsigned and i32 a signed integer
// of four bytes; a text is a u32 of its length and as many bytes of UTF-8; [n]
// is n times what stands before it.
//
//	"ABKDPACK"          8 bytes
//	u32                 version, 1, or 2 if the origin stands at the end
//	u32                 CRC-32C of all that follows the next field
//	u64                 number of bytes that follow
//	text                name of the graph
//	u32                 number of node types, and for each
//	    text            its name
//	    u32             n, its nodes
//	    u8              bits: 1 features are means, 2 nodes have names, 4 years, 8 features are FastRP's
//	    u8              features: 0 none, 1 float32, 2 int8
//	    u32             p, their width, 0 for none
//	    f32 [n × p]     features: float32, row-major
//	    f32 [p] i8 [n × p]        or int8: scale of each column, then x = scale·i
//	    text [n]        names
//	    i32 [n]         years
//	u32                 number of relations, reverses included, and for each
//	    u32 text u32    source type, name, destination type
//	    u32             e, its edges
//	    u32 [n]         in-degree of each destination
//	    u32 [e]         sources of the edges, by destination, increasing
//	u32                 target type
//	u32                 c, classes
//	u8                  1 if classes have names
//	text [c]            their names
//	i32 [n]             label of each target node, -1 for none
//	u32                 number of splits, and for each
//	    text            its name
//	    3 × u32 u32 [k] training, validation and test nodes
//	u32 u8 [k]          checkpoint of a teacher, k = 0 for none
//	text                in version 2 the origin of the graph
//
// Every node takes at least one byte of the file, so that no small file can
// claim a large graph.
type Pack struct {
	Graph   *Graph
	Teacher []byte // a checkpoint made for Graph, nil for none
	Int8    bool   // features are stored in a byte each
}

// What a pack begins with, and what its numbers may be.
const (
	PackMagic   = "ABKDPACK"
	PackVersion = 2 // of a graph whose origin is known; of others it is 1
	packHeader  = len(PackMagic) + 4 + 4 + 8

	MaxPackClasses = 1 << 16
)

// How the features of a type are stored.
const (
	packNone = iota
	packFloat32
	packInt8
)

// What a type has, as bits.
const (
	packDerived = 1 << iota
	packNames
	packYears
	packFastRP
)
