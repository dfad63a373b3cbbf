// Package kubestatus reads the status of pods and Jobs.
package kubestatus
