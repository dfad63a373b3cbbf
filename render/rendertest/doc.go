// Package rendertest has what the tests of the packages of render share: the
// stand-in charts, sample answers and golden files.
package rendertest
