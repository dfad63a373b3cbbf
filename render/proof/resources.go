package proof

import (
	"k8s.io/apimachinery/pkg/api/resource"
)

// Quantity reads a size that the answers' validation has accepted; what it
// has not is zero and equals no rendered size.
func Quantity(text string) resource.Quantity {
	q, err := resource.ParseQuantity(text)
	if err != nil {
		return resource.Quantity{}
	}
	return q
}
