package secrets

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }
