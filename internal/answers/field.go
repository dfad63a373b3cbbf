package answers

import (
	"slices"
	"strings"
)

// Kind is what an answer consists of.
type Kind int

// The kinds of answers.
const (
	Text    Kind = iota // one line
	Integer             // a whole number
	Boolean             // yes or no
	Choice              // one of Options
	Secret              // a Source whose content is secret
	Content             // a Source whose content is public: a certificate
	Tree                // a mapping of anything: raw chart values
	List                // texts
	Pairs               // names, each with a text
	Secrets             // names, each with a Source whose content is secret
	Items               // mappings, each with keys of its own
)

// Step is the part of the guided install that asks for a field.
type Step string

// The steps of the guided install, in the order in which they are taken.
const (
	StepCluster  Step = "Cluster"
	StepDatabase Step = "Database"
	StepSecrets  Step = "Secrets"
	StepAccess   Step = "Access"
	StepExtras   Step = "Extras"
)

// Steps is the order in which the steps are taken.
var Steps = []Step{StepCluster, StepDatabase, StepSecrets, StepAccess, StepExtras}

// Option is one value of a Choice.
type Option struct {
	Value string
	Title string // as on the screen
	Help  string // one sentence: what it means, when to take it
}

// Field describes one answer: it is the same on the screen, in the line
// prompter, in a file's validation and on the reference page.
type Field struct {
	Key     string // its path in the answers file: "database.mysql.host"
	Step    Step
	Title   string
	Help    string // what it is
	Why     string // why it matters, what goes wrong without it
	Kind    Kind
	Options []Option
	Default string // what counts when there is no answer, in the form of Set
	Example string

	// FileOnly fields are not asked by the guided install.
	FileOnly bool
	// When tells whether the field has a meaning beside the other answers;
	// nil means always. An answer to a field without meaning is a fault.
	When func(Answers) bool
	// Only says in words when that is: it ends the sentence "it counts only …".
	AppliesText string
	// Needed tells whether it must be answered; nil means never.
	Needed func(Answers) bool
	// Check says what is wrong with an answer, in the form of Get, and what to
	// do; of a List with each text, of Pairs with each value.
	Check func(value string) (problem, remedy string)
	// CheckName says what is wrong with a name of Pairs or Secrets.
	CheckName func(name string) (problem, remedy string)
	// CheckTyped says what is wrong with a secret that a person types, beside
	// Check: what stands in a file may be older than the rule, and must stay.
	CheckTyped func(value string) (problem, remedy string)
	// Generable allows {generate: true} for a Secret.
	Generable bool
	// Twice has a person type the secret twice: it is typed blind, and nothing
	// would tell of a slip before it is too late.
	Confirm bool
}

// Applies tells whether the field has a meaning beside the other answers.
func (f Field) Applies(a Answers) bool { return f.When == nil || f.When(a) }

// Required tells whether the field must be answered.
func (f Field) Required(a Answers) bool { return f.Needed != nil && f.Applies(a) && f.Needed(a) }

// Values lists the values that a Choice allows.
func (f Field) Values() []string {
	values := make([]string, len(f.Options))
	for i, o := range f.Options {
		values[i] = o.Value
	}
	return values
}

// Fields is the one list of everything that can be answered, in the order in
// which it is asked.
var Fields = slices.Concat(
	clusterFields,
	databaseFields, backupFields, payloadFields,
	storeFields, backupStoreFields,
	exposeFields, adminFields,
	serverFields, podFields, authFields, networkFields, prerequisiteFields, rawFields,
)

// FieldByKey returns the field with that key.
func FieldByKey(key string) (Field, bool) {
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return Fields[i], true
}

// Asked returns the fields that the guided install asks in a step, beside the
// other answers.
func Asked(step Step, a Answers) []Field {
	var asked []Field
	for _, f := range Fields {
		if f.Step == step && !f.FileOnly && f.Applies(a) {
			asked = append(asked, f)
		}
	}
	return asked
}

func oneOf(f Field, value string) (problem, remedy string) {
	if slices.Contains(f.Values(), value) {
		return "", ""
	}
	return quoted(value) + " is not one of its values", "use one of " + strings.Join(f.Values(), ", ")
}
