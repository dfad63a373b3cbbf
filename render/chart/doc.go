// Package chart loads Helm charts and renders them in memory. With install it is
// the only package that knows Helm.
package chart
