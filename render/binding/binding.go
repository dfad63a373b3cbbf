package binding

// Binding maps an answer to a chart value and to the variable in which the
// server reads it, for export and import.
type Binding struct {
	Name     string // chart value, below the server's root key
	Answer   string
	Variable string
	At       any // *string, *int, **int or *[]string in the answers
}
