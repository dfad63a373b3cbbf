// Package rendertest contains what the tests of render's packages share:
// stand-in charts, sample answers and golden files.
package rendertest
