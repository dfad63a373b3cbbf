package cmd

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// targetOnly returns answers that say only where: for the commands that work
// on a release that is there.
func targetOnly(c common) (answers.File, error) {
	file := answers.File{Answers: answers.Answers{Version: answers.Version}}
	if err := c.overlay(&file.Answers); err != nil {
		return file, err
	}
	return file, nil
}
