// Package plan compares what an install would write with what is in the cluster.
// It writes nothing. Start reading at Compute.
package plan
