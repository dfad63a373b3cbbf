// Package render contains the packages that turn answers and a chart into
// values, objects and other formats. None of them accesses a cluster.
//
//	chart     loads a chart from a registry, a repository or a folder and renders it
//	values    builds the values file and the Secrets, and proves their effect
//	proof     verifies rendered objects
//	binding   maps answers to single chart values
//	format    writes values for other tools, and the commands that create the Secrets
//	importer  converts values into answers
package render
