package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// tabWidth is the width of a tab in columns.
const tabWidth = 4

// maxColumns is the maximum width of a line that does not count as long.
const maxColumns = 120

// file contains the metrics of one Go file.
type file struct {
	path      string // slash-separated, relative to the root
	lines     int
	longLines int
	functions []int // lengths in lines
}

// tree is every Go file below a folder, except generated files and fixtures.
type tree struct {
	sources []file
	tests   []file
}

func readTree(root string) (tree, error) {
	var t tree
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error { //nolint:gosec // the folder is the argument
		switch {
		case err != nil:
			return err
		case entry.IsDir() && isSkipped(entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		f, err := readFile(root, path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, "_test.go") {
			t.tests = append(t.tests, f)
		} else {
			t.sources = append(t.sources, f)
		}
		return nil
	})
	return t, err
}

// isSkipped reports whether a folder contains none of our code.
func isSkipped(name string) bool {
	return name == "testdata" || name == "vendor" || len(name) > 1 && name[0] == '.'
}

func readFile(root, path string) (file, error) {
	content, err := os.ReadFile(path) //nolint:gosec // a file of the tree that is measured
	if err != nil {
		return file{}, err
	}
	name, err := filepath.Rel(root, path)
	if err != nil {
		return file{}, err
	}
	f := file{path: filepath.ToSlash(name), lines: bytes.Count(content, []byte("\n"))}
	for line := range strings.Lines(string(content)) {
		if columns(line) > maxColumns {
			f.longLines++
		}
	}
	f.functions, err = functionLengths(path, content)
	return f, err
}

func columns(line string) int {
	line = strings.TrimRight(line, "\n")
	return utf8.RuneCountInString(line) + strings.Count(line, "\t")*(tabWidth-1)
}

// functionLengths returns the number of lines of each declared function,
// including its signature and closing brace.
func functionLengths(path string, content []byte) ([]int, error) {
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, path, content, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var lengths []int
	for _, declaration := range parsed.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok {
			lengths = append(lengths, positions.Position(f.End()).Line-positions.Position(f.Pos()).Line+1)
		}
	}
	return lengths, nil
}
