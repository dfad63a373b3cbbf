package binding

// Binding joins an answer with the chart's setting of the same meaning and the
// variable in which the server finds it. It serves both ways.
type Binding struct {
	Name     string // of the chart, below the server's key
	Answer   string
	Variable string
	At       any // *string, *int, **int or *[]string in the answers
}
