package proof

import (
	"k8s.io/apimachinery/pkg/api/resource"
)

// Quantity parses a size. An invalid size returns zero, which equals no
// rendered size.
func Quantity(text string) resource.Quantity {
	q, err := resource.ParseQuantity(text)
	if err != nil {
		return resource.Quantity{}
	}
	return q
}
