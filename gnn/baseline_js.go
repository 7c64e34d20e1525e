package gnn

// baselines are not for the browser, whose programs are to be small.
var baselines []*kind
