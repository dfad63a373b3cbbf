//go:build !linux

package components

func platform() map[string]Main { return nil }
