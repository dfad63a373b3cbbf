package prerequisite

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Class is a GatewayClass.
type Class struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		ControllerName string `json:"controllerName"`
	} `json:"spec"`
}

// GatewayClasses returns the GatewayClasses of the cluster; none without the Gateway API.
func GatewayClasses(ctx context.Context, client kubernetes.Interface) ([]Class, error) {
	kind := gatewayapi.GatewayClasses
	body, err := client.Discovery().RESTClient().Get().AbsPath("/apis", kind.Group, kind.Version, kind.Resource).
		DoRaw(ctx)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	var list struct {
		Items []Class `json:"items"`
	}
	if err == nil {
		err = json.Unmarshal(body, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("read GatewayClasses: %w", transport.WithoutURL(err))
	}
	return list.Items, nil
}

// findGatewayClasses looks for the GatewayClasses of a controller.
func (s *State) findGatewayClasses(ctx context.Context, client kubernetes.Interface, c Component) error {
	classes, err := GatewayClasses(ctx, client)
	if err != nil {
		return err
	}
	for _, class := range classes {
		switch {
		case class.Metadata.Name == c.GatewayClass:
			s.Serves = true
		case !strings.HasPrefix(class.Spec.ControllerName, c.Controller):
			continue
		}
		s.Classes = append(s.Classes, class.Metadata.Name)
	}
	slices.Sort(s.Classes)
	if len(s.Classes) > 0 {
		s.Found = "GatewayClass " + strings.Join(s.Classes, ", ") + " exists"
	}
	return nil
}
