package cmd

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"
)

// page is a page of the documentation.
type page struct {
	path   string
	blocks []block
	text   string // without the blocks
}

// block is a fenced code block.
type block struct {
	page, language string
	line           int
	text           string
}

// readDocs reads the pages that users read.
func readDocs(t *testing.T) []page {
	t.Helper()
	var pages []page
	for _, pattern := range []string{"../*.md", "../docs/*.md", "../docs/checks/*.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, readPage(path, data))
		}
	}
	return pages
}

func readPage(path string, data []byte) page {
	p := page{path: path}
	var open *block
	scanner := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; scanner.Scan(); n++ {
		line := scanner.Text()
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && open == nil:
			open = &block{page: path, language: fence, line: n}
		case isFence:
			p.blocks = append(p.blocks, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		default:
			p.text += line + "\n"
		}
	}
	return p
}

// shellLanguages are the languages of blocks that contain commands.
var shellLanguages = map[string]bool{"sh": true, "": true}

// commandLine is a command line of the installer in the documentation.
type commandLine struct {
	where   string
	args    []string
	answers string // the content of answers.yaml on this page
}

// inlineCommand matches a command line in a sentence or a table.
var inlineCommand = regexp.MustCompile("`(zenml-installer [^`]*)`")

// commandLines returns the installer's command lines of all pages. An answers
// file applies to what follows it on its page, the first one also to what
// precedes it.
func commandLines(t *testing.T, pages []page) []commandLine {
	t.Helper()
	var found []commandLine
	for _, p := range pages {
		first := firstAnswers(p)
		current := first
		for _, b := range p.blocks {
			switch {
			case isAnswers(b):
				current = b.text
			case shellLanguages[b.language]:
				found = append(found, parseShell(t, b, b.text, current)...)
			case b.language == "yaml":
				for _, script := range scripts(t, b) {
					found = append(found, parseShell(t, b, script, current)...)
				}
			}
		}
		for _, match := range inlineCommand.FindAllStringSubmatch(p.text, -1) {
			found = append(found, parseShell(t, block{page: p.path}, match[1], first)...)
		}
	}
	return found
}

func firstAnswers(p page) string {
	for _, b := range p.blocks {
		if isAnswers(b) {
			return b.text
		}
	}
	return otherAnswers
}

// otherAnswers is the answers file of pages that show none.
const otherAnswers = "version: 1\ndatabase: {type: sqlite}\n" +
	"secretsStore: {type: aws, aws: {authMethod: implicit, region: eu-central-1}}\n"

func isAnswers(b block) bool {
	return b.language == "yaml" && strings.HasPrefix(b.text, "version: 1\n")
}

// scripts returns the shell scripts in a pipeline: what is below run or script.
func scripts(t *testing.T, b block) []string {
	t.Helper()
	var tree yaml.Node
	if err := yaml.Unmarshal([]byte(b.text), &tree); err != nil {
		t.Errorf("%s:%d: %v", b.page, b.line, err)
	}
	var found []string
	var visit func(*yaml.Node, bool)
	visit = func(n *yaml.Node, script bool) {
		if script && n.Kind == yaml.ScalarNode {
			found = append(found, n.Value)
		}
		for i, child := range n.Content {
			key := ""
			if n.Kind == yaml.MappingNode && i%2 == 1 {
				key = n.Content[i-1].Value
			}
			visit(child, key == "run" || key == "script" || script && n.Kind == yaml.SequenceNode)
		}
	}
	visit(&tree, false)
	return found
}

// parseShell parses a script and returns the installer's command lines in it.
func parseShell(t *testing.T, b block, script, answers string) []commandLine {
	t.Helper()
	file, err := syntax.NewParser().Parse(strings.NewReader(script), b.page)
	if err != nil {
		t.Errorf("%s:%d: %v", b.page, b.line, err)
		return nil
	}
	var found []commandLine
	syntax.Walk(file, func(node syntax.Node) bool {
		call, is := node.(*syntax.CallExpr)
		if !is || len(call.Args) == 0 || call.Args[0].Lit() != "zenml-installer" {
			return true
		}
		c := commandLine{where: b.page + ": " + script, answers: answers}
		for _, word := range call.Args[1:] {
			c.args = append(c.args, unquoted(t, word))
		}
		found = append(found, c)
		return true
	})
	return found
}

// unquoted returns the text of a word.
func unquoted(t *testing.T, w *syntax.Word) string {
	t.Helper()
	var text strings.Builder
	for _, part := range w.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			text.WriteString(part.Value)
		case *syntax.SglQuoted:
			text.WriteString(part.Value)
		default:
			t.Errorf("a command line of the documentation contains an expansion")
		}
	}
	return text.String()
}
