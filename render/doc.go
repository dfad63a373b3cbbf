// Package render turns answers into what the chart takes: the values file,
// the Secrets that the values reference, and the proof that every answer shows
// in the rendered objects.
//
// A section of the answers is a small function in a file of its own. It puts
// settings on a draft; a setting carries its value, the comment over its block,
// the answers it comes from and what must be seen of it in the rendered
// objects, so that the values and their proof are one thing.
//
// Whether a chart can do something is read from that chart's own defaults. The
// package knows neither Helm nor a cluster: rendered objects are handed to it.
package render
