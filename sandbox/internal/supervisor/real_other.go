//go:build !linux

package supervisor

import (
	"context"
	"errors"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/storage"
)

func (s *Supervisor) openReal(context.Context) (host, error) {
	return nil, errors.New("real nodes need Linux: use simulated ones")
}

func (s *Supervisor) realFolders() storage.Folders { return storage.Folders{} }
