//go:build !linux

package realnode

func snapshotter(string) string { return "overlayfs" }
