// Package render holds the packages that turn answers and a chart into text and
// objects. None of them talks to a cluster.
//
//	chart     loads a chart from a registry, a repository or a folder and renders it
//	values    builds the values file and the Secrets, and proves their effect
//	proof     looks at rendered objects: what a setting must be seen by
//	binding   tables of answers that are one chart value each, read both ways
//	format    writes values for other tools, and the commands that create the Secrets
//	importer  turns values back into answers
package render
