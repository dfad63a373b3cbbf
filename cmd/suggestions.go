package cmd

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// readSuggestions reads answers files whose database is offered as a choice.
// The first comment line is the title of the choice, the second its help.
func readSuggestions(ctx context.Context, names []string) ([]question.Suggestion, error) {
	var all []question.Suggestion
	for _, name := range names {
		data, err := readInput(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("--suggest: %w", err)
		}
		file, err := answers.Read(name, data)
		if err != nil {
			return nil, fmt.Errorf("--suggest %s:\n%w", name, err)
		}
		title, help := firstComments(data)
		all = append(all,
			question.Suggestion{
				Key: "database.type", Title: cmp.Or(title, filepath.Base(name)), Help: help,
				Answers: withAbsolutePaths(file),
			})
	}
	return all, nil
}

// firstComments returns the first two comment lines.
func firstComments(data []byte) (first, second string) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	var found []string
	for lines.Scan() && strings.HasPrefix(lines.Text(), "#") && len(found) < 2 {
		found = append(found, strings.TrimSpace(strings.TrimPrefix(lines.Text(), "#")))
	}
	found = append(found, "", "")
	return found[0], found[1]
}

// withAbsolutePaths makes the paths in suggested answers independent of the
// current folder.
func withAbsolutePaths(file answers.File) answers.Answers {
	a := file.Answers
	for _, f := range answers.Fields {
		if f.Kind != answers.Secret && f.Kind != answers.Content {
			continue
		}
		source := a.GetSource(f.Key)
		if source.File == "" || filepath.IsAbs(source.File) {
			continue
		}
		if full, err := filepath.Abs(filepath.Join(file.Dir(), source.File)); err == nil {
			source.File = full
			a.SetSource(f.Key, source)
		}
	}
	return a
}
