// Package chart loads Helm charts and renders them in memory. Apart from
// install, no other package imports Helm.
package chart
