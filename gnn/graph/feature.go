package graph

// MaxFeature is the largest that a feature may be, and -MaxFeature the smallest,
// whatever it is read from: so that scale·127 of a pack is finite, however it is
// rounded.
const MaxFeature = 1e38

// FeatureRange is what readers want of a number out of that range.
const FeatureRange = "a number from -1e+38 to 1e+38"
