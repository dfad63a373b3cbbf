//go:build !linux

package main

func platformHelpers() map[string]func([]string) int { return nil }
