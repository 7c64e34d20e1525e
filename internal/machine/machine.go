// Package machine tells what the machine has for this process: the memory and
// the disk.
package machine
